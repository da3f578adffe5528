#!/bin/sh
# Makes the two databases of compose.yaml, each with a user and password of its own, when PostgreSQL first starts.
set -eu
for name in izp prefect; do
    password=$(cat "/run/secrets/database-$name")
    psql --set ON_ERROR_STOP=1 --username postgres --set name="$name" --set password="$password" <<'SQL'
CREATE ROLE :"name" LOGIN PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"name";
SQL
done
