#!/usr/bin/env bash
# Fetches from npm what draws diagrams in the readers' browsers: by its hash, into the folder that the cache keeps.
# Where npm has no answer, diagrams stay their source, and a warning says so.
set -euo pipefail

version=11.12.0
sha512=66e755c7bdc1c2b3097c2166492253f38cbabb96eb12857c0ce22d747a2634bcf7dae06336b7a59bb9a0f795fb83e0ba528407fd6ea604b183103bfbdc977106

file=$FOLDER/mermaid-$version.min.js
if ! [ -f "$file" ]; then
  mkdir -p "$FOLDER"
  work=$(mktemp -d "$FOLDER/.new-XXXXXX") # beside its place: the file appears whole
  trap 'rm -rf "$work"' EXIT
  if ! (cd "$work" && npm pack "mermaid@$version" --silent --ignore-scripts >/dev/null); then
    echo "::warning title=Waypost::npm could not fetch mermaid $version, so diagrams are shown as their source." \
      "Make npm reach its registry, or name the file in the input mermaid (none: no diagrams are wanted)."
    exit 0
  fi
  if ! echo "$sha512  $work/mermaid-$version.tgz" | sha512sum --check --status; then
    echo "::error title=Waypost::what npm fetched is not mermaid $version: its hash differs. Look at the registry that npm uses."
    exit 1
  fi
  tar -xzf "$work/mermaid-$version.tgz" -C "$work" package/dist/mermaid.min.js
  mv "$work/package/dist/mermaid.min.js" "$file"
fi
echo "file=$file" >>"$GITHUB_OUTPUT"
