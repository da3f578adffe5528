#!/bin/sh
# Makes the two databases of compose.yaml, each with a user and password of its own, when PostgreSQL first starts.
set -eu
for name in izp prefect; do
    # By the environment: what stands in a command line can be read by all on the machine.
    PASSWORD=$(cat "/run/secrets/database-$name")
    export PASSWORD
    psql --set ON_ERROR_STOP=1 --username postgres --set name="$name" <<'SQL'
\getenv password PASSWORD
CREATE ROLE :"name" LOGIN PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"name";
SQL
done
