# SPDX-License-Identifier: BSD-3-Clause
# git: a small history, diff, log, gc, clone.
. "$TEST_SRCDIR/tests/lib.sh"

need git
GIT_CONFIG_NOSYSTEM=1
GIT_AUTHOR_NAME=A GIT_AUTHOR_EMAIL=a@example.org
GIT_COMMITTER_NAME=C GIT_COMMITTER_EMAIL=c@example.org
export GIT_CONFIG_NOSYSTEM GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL
export GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL
set -e
git init -q -b main repo
cd repo
for i in 1 2 3 4 5 6 7 8; do
	seq 1 $((i * 1000)) >numbers
	seq $i 7 9000 >"file$i"
	git add .
	GIT_AUTHOR_DATE="$((1000000000 + i)) +0000"
	GIT_COMMITTER_DATE=$GIT_AUTHOR_DATE
	export GIT_AUTHOR_DATE GIT_COMMITTER_DATE
	git commit -q -m "commit $i"
done
git log --stat --format='%H %s'
git diff HEAD~3 HEAD | cksum
git checkout -q -b side HEAD~2
echo side >side
git add side
git commit -q -m side
git merge -q -m merge main
git gc -q
git fsck --no-progress
git clone -q . ../clone
git -C ../clone log --oneline --graph
git blame numbers | cksum
git grep -c 99
