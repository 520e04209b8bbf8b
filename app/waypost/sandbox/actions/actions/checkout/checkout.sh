#!/bin/bash
# Fetch one commit (or everything, with a depth of 0) and check it out as actions/checkout does.
set -euo pipefail

if [ "$(echo $UNKNOWN)" != "false false" ]; then
  echo "::error::the sandbox's checkout knows no submodules, LFS and sparse checkouts"
  exit 1
fi
mkdir -p "$GITHUB_WORKSPACE/$FOLDER"
cd "$GITHUB_WORKSPACE/$FOLDER"
git init -q .
git remote remove origin 2>/dev/null || true
git remote add origin "$GITHUB_SERVER_URL/$REPOSITORY.git"
header="http.$GITHUB_SERVER_URL/.extraheader"
git config "$header" "AUTHORIZATION: basic $(printf 'x-access-token:%s' "$TOKEN" | base64 -w 0)"

wanted=${REF:-HEAD}
branch=${REF#refs/heads/}
if [ -z "$REF" ] && [ "$REPOSITORY" = "$GITHUB_REPOSITORY" ]; then
  wanted=$GITHUB_SHA
  branch=
  case "$GITHUB_REF" in refs/heads/*) branch=${GITHUB_REF#refs/heads/} ;; esac
fi
if [ "$DEPTH" = 0 ]; then
  git fetch -q origin '+refs/heads/*:refs/remotes/origin/*' '+refs/tags/*:refs/tags/*'
  git fetch -q origin "$wanted"
else
  git fetch -q --no-tags --depth "$DEPTH" origin "$wanted"
fi
if [ -n "$branch" ] && [ "$branch" != "$wanted" ]; then
  git checkout -q -f -B "$branch" FETCH_HEAD
else
  git checkout -q -f --detach FETCH_HEAD
fi
if [ "$PERSIST" != true ]; then
  git config --unset "$header"
fi
echo "ref=${REF:-$GITHUB_REF}" >> "$GITHUB_OUTPUT"
echo "commit=$(git rev-parse HEAD)" >> "$GITHUB_OUTPUT"
git log -1 --format='HEAD is now at %h %s'
