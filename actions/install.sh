#!/usr/bin/env bash
# Installs Waypost for a step of an action, by hashes and from a cache; installs no Python and asks for no secret.
#
#   install.sh key [docs]   step outputs `key`, `restore-key` and `path` for actions/cache, and `is-there`
#   install.sh [docs]       step output `bin`: the full path of the command `waypost`
#
# `docs` also installs what builds documentation. See install.py for where everything goes.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
found=
for python in python3 python3.14 python3.13 python3.12 python3.11 python; do
  if "$python" -I -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    exec "$python" -I -B "$here/install.py" "$@"
  fi
  version=$("$python" --version 2>/dev/null || true)
  found=${found:-$version}
done
echo "::error title=Waypost::this runner has no Python 3.11 or newer (found: ${found:-none}). Take a newer image," \
  "such as runs-on: ubuntu-24.04, or put actions/setup-python before this step."
exit 1
