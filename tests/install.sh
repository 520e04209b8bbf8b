#!/bin/sh
# What the tests need beyond Python: Debian's chromium, to see pages as people do, the npm packages that make Markdown
# look and draw as on GitHub, and another emulator of GitHub to hold the sandbox against. Installed where we are root
# or the tools are there; elsewhere the tests that need them are skipped and say so.
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
if ! command -v initdb >/dev/null 2>&1 && ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 && is_root; then
  debian postgresql  # tests/postgres.py starts its own, on a free port
fi
if ! command -v nginx >/dev/null 2>&1 && ! [ -x /usr/sbin/nginx ] && is_root; then
  debian nginx-light  # reads deploy/nginx.conf.template in tests/unit/test_deploy.py; it is not started
fi
# The lock file is older than what was installed from it, or nothing was: install anew.
for folder in browser second_opinion actions/parser; do
  if command -v npm >/dev/null 2>&1 && ! [ $folder/node_modules/.package-lock.json -nt $folder/package-lock.json ]; then
    echo "installing the npm packages of tests/$folder" >&2
    (cd $folder && npm ci --ignore-scripts --no-progress --loglevel=error && touch node_modules/.package-lock.json) ||
      echo "npm could not install them: the tests in tests/$folder will be skipped" >&2
  fi
done

# What the pipelines of the generated projects use: their own pinned packages, and the linters that judge them.
skeletons=../catalog-repo-template/templates
tools=templates/.tools
# The runs of the generated pipelines (tests/create/test_golden_paths.py) install the npm packages again, from here.
export NPM_CONFIG_CACHE="$PWD/$tools/npm-cache"
python=../.venv/bin/python
[ -x "$python" ] || python=python3

is_current() { # DONE FILE...: nothing is newer than what was installed
  done_at=$1
  shift
  [ -e "$done_at" ] && [ -z "$(find "$@" -newer "$done_at")" ]
}

service=$skeletons/python-service/skeleton/requirements-dev.txt
site=$skeletons/docs-site/skeleton/requirements.txt
if ! is_current $tools/python/.done "$service" "$site" templates/tools.txt; then
  echo "installing the linters of tests/templates" >&2
  "$python" -m venv --clear $tools/python
  $tools/python/bin/pip install --quiet --require-hashes -r "$service"
  $tools/python/bin/pip install --quiet --require-hashes -r "$site"
  $tools/python/bin/pip install --quiet --no-deps -r templates/tools.txt
  touch $tools/python/.done
fi
if ! is_current $tools/checkov/.done templates/checkov.txt; then
  echo "installing checkov" >&2
  "$python" -m venv --clear $tools/checkov
  $tools/checkov/bin/pip install --quiet --no-deps -r templates/checkov.txt
  touch $tools/checkov/.done
fi
package=$skeletons/node-service/skeleton
if command -v npm >/dev/null 2>&1 && ! is_current $tools/node/.done "$package/package.json" "$package/package-lock.json"; then
  echo "installing the npm packages of the Node templates" >&2
  rm -rf $tools/node && mkdir -p $tools/node
  for file in package.json package-lock.json; do
    sed 's/\${{ values.description | dump }}/"generated"/; s/\${{ values.name }}/generated/' "$package/$file" >"$tools/node/$file"
  done
  (cd $tools/node && npm ci --ignore-scripts --no-progress --no-audit --no-fund --loglevel=error >/dev/null && touch .done) ||
    echo "npm could not install them: the lint tests of the Node templates will be skipped" >&2
fi
