#!/usr/bin/env bash
# Builds the site into a new folder. Whatever the inputs hold is an argument, never a piece of a script.
set -euo pipefail

out=$(mktemp -d "$RUNNER_TEMP/waypost-docs-XXXXXX")
words=(--out "$out/site" --format github)
if [ -n "$ENTITY" ]; then words+=(--entity "$ENTITY"); fi
if [ "$IS_PULL" = true ]; then words+=(--preview); fi
echo "out=$out/site" >> "$GITHUB_OUTPUT"

exec "$WAYPOST" docs build "${words[@]}" -- "$FOLDER"
