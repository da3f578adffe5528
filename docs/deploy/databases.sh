#!/bin/sh
# Makes the two databases of compose.yaml, each with its own user, when PostgreSQL starts for the first time.
set -eu
password=$(cat /run/secrets/database)
for name in izp prefect; do
    psql --set ON_ERROR_STOP=1 --username postgres --set name="$name" --set password="$password" <<'SQL'
CREATE ROLE :"name" LOGIN PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"name";
SQL
done
