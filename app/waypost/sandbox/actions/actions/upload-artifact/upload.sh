#!/bin/bash
# A single folder's content becomes the artifact; several paths keep their place below the workspace.
set -euo pipefail
shopt -s nullglob globstar

case "$NAME" in */* | *..* | *\"* | *\\* | "") echo "::error::$NAME cannot be the name of an artifact"; exit 1 ;; esac
cd "$GITHUB_WORKSPACE"
found=()
while IFS= read -r line; do
  case "$line" in
    "") continue ;;
    "!"*) echo "::error::the sandbox's upload-artifact knows no exclusions: $line"; exit 1 ;;
  esac
  line=${line#"$GITHUB_WORKSPACE"/}
  if [ -e "$line" ]; then
    found+=("$line")
  else
    IFS=  # a pattern may hold spaces
    # shellcheck disable=SC2206
    found+=($line)
  fi
done <<< "$PATHS"
target=$WAYPOST_SANDBOX_ARTIFACTS/$NAME
if [ ${#found[@]} = 0 ] || [ ! -e "${found[0]}" ]; then
  echo "::$([ "$MISSING" = error ] && echo error || echo warning)::no files were found with the path: $PATHS"
  [ "$MISSING" != error ]
  exit
fi
rm -rf "$target"
mkdir -p "$target"
if [ ${#found[@]} = 1 ] && [ -d "${found[0]}" ]; then
  cp -R "${found[0]}/." "$target"
elif [ ${#found[@]} = 1 ]; then
  cp "${found[0]}" "$target"
else
  cp -R --parents "${found[@]}" "$target"
fi
if [ "$HIDDEN_TOO" != true ]; then
  find "$target" -mindepth 1 -name '.*' -prune -exec rm -rf {} +
fi
told="{\"run\": $GITHUB_RUN_ID, \"name\": \"$NAME\", \"days\": ${DAYS:-0}, \"overwrite\": $OVERWRITE}"
answer=$(curl --silent --show-error --fail-with-body --data "$told" "$GITHUB_API_URL/_sandbox/artifacts") ||
  { echo "::error::$answer"; exit 1; }
field() { sed -n "s/.*\"$1\": *\"\{0,1\}\([^,\"}]*\).*/\1/p" <<< "$answer" | head -n 1; }
{
  echo "artifact-id=$(field id)"
  echo "artifact-url=$(field url)"
  echo "artifact-digest=$(field digest)"
} >> "$GITHUB_OUTPUT"
echo "Artifact $NAME has $(find "$target" -type f | wc -l) files, number $(field id)"
