# SPDX-License-Identifier: BSD-3-Clause
# Exported symbols, installed files, documents, and style.
script_tests += \
	tests/package/cells.sh \
	tests/package/documents.sh \
	tests/package/header.sh \
	tests/package/manual.sh \
	tests/package/structure.sh \
	tests/package/style.sh \
	tests/package/symbols.sh
EXTRA_DIST += tests/package/manual-complete.py
