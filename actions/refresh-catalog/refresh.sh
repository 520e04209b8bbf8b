#!/usr/bin/env bash
# Calls `waypost reconcile` with the inputs of the action. Whatever they hold is an argument, never a piece of a script.
set -euo pipefail

words=(--format github --memory "$RUNNER_TEMP/waypost-memory/sealed")
if [ "$DRY_RUN" = true ]; then words+=(--dry-run); fi

exec "$WAYPOST" reconcile "${words[@]}"
