#!/usr/bin/env bash
# Writes what the server knows to backup-DATE/ beside this script: the database as SQL, and the files of the store. Restore: the last lines.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
umask 077
folder=backup-$(date -u +%Y%m%dT%H%M%SZ)
mkdir "$folder"
trap 'rm -rf "$folder"' ERR INT TERM
# The database first: what it names is then in the store.
docker compose exec -T database pg_dump --username=mlflow --format=custom mlflow >"$folder/database.dump"
docker compose cp store:/data "$folder/store"
printf '%s\n' "$folder"
# Restore, with the server stopped:
#   docker compose exec -T database pg_restore --username=mlflow --dbname=mlflow --clean --if-exists <FOLDER/database.dump
#   docker compose cp FOLDER/store/. store:/data
