#!/usr/bin/env bash
# Calls `waypost docs collect` with the inputs of the action. Whatever they hold is an argument, never a piece of a script.
set -euo pipefail

words=(--format github)
if [ "$DRY_RUN" = true ]; then words+=(--dry-run); fi
if [ -n "$MERMAID" ] && [ "$MERMAID" != none ]; then words+=(--mermaid "$MERMAID"); fi

exec "$WAYPOST" docs collect "${words[@]}"
