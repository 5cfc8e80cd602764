# SPDX-License-Identifier: BSD-3-Clause
# Completions of the command's options for shells. A packager may set where they
# are installed: make install zshcompletiondir=DIR.
bashcompletiondir = $(datadir)/bash-completion/completions
fishcompletiondir = $(datadir)/fish/vendor_completions.d
zshcompletiondir = $(datadir)/zsh/site-functions
if WITH_TOOLS
dist_bashcompletion_DATA = completions/vmmalloc.bash
dist_fishcompletion_DATA = completions/vmmalloc.fish
dist_zshcompletion_DATA = completions/_vmmalloc
endif
EXTRA_DIST += \
	completions/_vmmalloc \
	completions/vmmalloc.bash \
	completions/vmmalloc.fish
