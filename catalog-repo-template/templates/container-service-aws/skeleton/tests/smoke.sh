#!/bin/sh
# Start the image as production would and wait until it is healthy: sh tests/smoke.sh IMAGE
set -eu

container=$(docker run --detach --read-only --cap-drop ALL --security-opt no-new-privileges "$1")
trap 'docker logs "$container"; docker rm --force "$container" >/dev/null' EXIT

tries=0
until docker exec "$container" python -m service.health; do
  tries=$((tries + 1))
  [ "$tries" -lt 20 ] || exit 1
  sleep 1
done
