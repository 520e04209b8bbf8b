#!/bin/sh
# What the tests need beyond Python: Debian's chromium, to see pages as people do. Installed where we are root;
# elsewhere the tests that need it are skipped and say so.
set -eu
if ! command -v chromium >/dev/null 2>&1 && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "installing chromium" >&2
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null
fi
