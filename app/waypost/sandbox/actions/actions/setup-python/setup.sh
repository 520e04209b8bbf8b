#!/bin/bash
# Make an environment of its own, so that `pip install` in a job touches nothing else on this machine.
set -euo pipefail

if [ -z "$VERSION" ] && [ -f "$VERSION_FILE" ]; then
  VERSION=$(sed -n 's/^\(requires-python *= *"[^0-9]*\)\{0,1\}\([0-9][0-9.]*\).*/\2/p' "$VERSION_FILE" | head -n 1)
fi
short=$(printf '%s' "$VERSION" | head -n 1 | grep -o '^[0-9]*\.[0-9]*' || true)
if [ -n "${WAYPOST_SANDBOX_PYTHON:-}" ]; then
  folder=$WAYPOST_SANDBOX_PYTHON
else
  python=python3
  # a name may be there without the version behind it, as with pyenv
  if "python$short" -c '' 2> /dev/null; then python=python$short; fi
  "$python" -c '' || { echo "::error::this machine has no python3"; exit 1; }
  folder=$RUNNER_TEMP/python$short
  "$python" -m venv "$folder"
  folder=$folder/bin
fi
found=$("$folder/python" -c 'import platform; print(platform.python_version())')
if [ -n "$short" ] && [ "$short" != "${found%.*}" ]; then
  echo "::notice::Python $VERSION was asked for; the sandbox has $found"
fi
echo "$folder" >> "$GITHUB_PATH"
echo "version=$found" >> "$GITHUB_OUTPUT"
echo "path=$folder/python" >> "$GITHUB_OUTPUT"
echo "Python $found"
