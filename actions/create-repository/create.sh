#!/usr/bin/env bash
# Calls `waypost request` or `waypost create` with the inputs of the action. Whatever they hold is an argument or a file,
# never a piece of a script. Who asks is who started the run: no input says so.
set -euo pipefail

fail() {
  echo "::error title=Waypost::$1"
  exit 1
}

if [ -z "$WAYPOST_CREATE_TOKEN$WAYPOST_WRITER_APP_ID" ]; then
  fail "the input token is empty: hand on a token that may create repositories, or app-id and private-key. A secret of an environment is there only in a job that names the environment."
fi
export WAYPOST_CATALOG_REPOSITORY=${WAYPOST_CATALOG_REPOSITORY:-$GITHUB_REPOSITORY}

words=(--format github "--wait=$WAIT")
case $DRY_RUN in
  true) words+=(--dry-run) ;;
  false | "") ;;
  *) fail "the input dry-run takes true or false." ;;
esac

if [ -n "$ISSUE" ]; then
  export GITHUB_TOKEN=$TOKEN
  exec "$WAYPOST" request "${words[@]}" -- "$ISSUE"
fi

if [ -z "$TEMPLATE" ] || [ -z "$NAME" ]; then
  fail "the inputs template and name are needed, or the number of an issue."
fi
words+=("--name=$NAME" "--owner=$OWNER" "--visibility=$VISIBILITY")
if [ -n "${VALUES//[[:space:]]/}" ]; then
  file=$RUNNER_TEMP/waypost-values-$$.yaml
  printf '%s\n' "$VALUES" > "$file"
  words+=("--values=$file")
fi
exec "$WAYPOST" create "${words[@]}" -- "$TEMPLATE"
