#!/usr/bin/env bash
# Calls `waypost validate` with the inputs of the action. Whatever they hold is an argument, never a piece of a script.
set -euo pipefail

words=(--format github --report "$RUNNER_TEMP/waypost-$GITHUB_RUN_ID-$$.jsonl" --fail-on "$FAIL_ON")
if [ -n "$CATALOG" ]; then words+=(--catalog "$CATALOG"); fi
if [ "$TEMPLATES" = true ]; then words+=(--templates); fi
if [ "$COMMENT" = true ]; then
  words+=(--comment)
  export GITHUB_TOKEN=$TOKEN
fi
words+=(--)
while IFS= read -r path; do
  path="${path#"${path%%[![:space:]]*}"}"
  path="${path%"${path##*[![:space:]]}"}"
  if [ -n "$path" ]; then words+=("$path"); fi
done <<< "$PATHS"

exec "$WAYPOST" validate "${words[@]}"
