#!/bin/sh
# Brings what is new in the history to the online store, from where the last run ended. Safe to run again. FEAST: the command, where it is not
# on the path.
set -eu
cd "$(dirname "$0")/repo"
exec "${FEAST:-feast}" materialize-incremental "$(date -u +%Y-%m-%dT%H:%M:%S)"
