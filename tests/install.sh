#!/bin/sh
# What the tests need beyond Python: Debian's chromium, to see pages as people do, and the npm packages that make
# Markdown look and draw as on GitHub. Installed where we are root or the tools are there; elsewhere the tests that need
# them are skipped and say so.
set -eu
cd "$(dirname "$0")"

is_root() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; }

debian() {
  echo "installing $*" >&2
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

if ! command -v chromium >/dev/null 2>&1 && is_root; then
  debian chromium fonts-dejavu-core libatomic1  # the last for the Node that playwright brings
fi
if ! command -v npm >/dev/null 2>&1 && is_root; then
  debian nodejs npm
fi
# The lock file is older than what was installed from it, or nothing was: install anew.
if command -v npm >/dev/null 2>&1 && ! [ browser/node_modules/.package-lock.json -nt browser/package-lock.json ]; then
  echo "installing the npm packages of tests/browser" >&2
  (cd browser && npm ci --ignore-scripts --no-progress --loglevel=error && touch node_modules/.package-lock.json) ||
    echo "npm could not install them: the browser tests will be skipped" >&2
fi
