#!/usr/bin/env bash
# Asks who reads the GitHub Pages of this repository, then calls `waypost docs deployable`. Where there are none, nothing
# is deployed and nothing fails.
set -euo pipefail

answer=$RUNNER_TEMP/waypost-pages-$$.json
status=$(curl --silent --show-error --output "$answer" --write-out '%{http_code}' --config - \
  "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/pages" <<< "header = \"Authorization: Bearer $TOKEN\"")
case "$status" in
  200) ;;
  404)
    echo "::notice title=Waypost::GitHub Pages are not switched on here, so no site is deployed; the branch waypost-docs" \
      "has the Markdown. To have one: Settings, Pages, Source: GitHub Actions."
    echo "deploy=false" >> "$GITHUB_OUTPUT"
    exit ;;
  *)
    echo "::error title=Waypost::GitHub answered $status when asked who reads its Pages. The job needs pages: read."
    exit 1 ;;
esac
# what is not known counts as public
readers=public
if grep -Eq '"public" *: *false' "$answer"; then readers=private; fi

exec "$WAYPOST" docs deployable --catalog "$CATALOG" --pages "$readers" --format github -- "$SITE"
