#!/usr/bin/env bash
# keycloak.sh DIST RUN PORT MANAGEMENT_PORT [OPTION…]: one Keycloak on 127.0.0.1 whose data lives in RUN.
# DIST is shared by all runs and never written to: its parts are linked into RUN, which becomes Keycloak's home.
# It becomes the server's process: end it with SIGTERM.
set -euo pipefail
dist=$1 run=$2 port=$3 management=$4
shift 4
mkdir -p "$run/bin" "$run/data/h2"
cp "$dist/bin/kc.sh" "$run/bin/" # a copy: the script takes its home from its own real path
for part in lib conf providers themes; do ln -sfn "$dist/$part" "$run/$part"; done
# The database as the first start left it (schema, master realm, admin): saves 4 of 13 seconds.
if [ -d "$dist/seed" ] && [ ! -e "$run/data/h2/keycloakdb.mv.db" ]; then cp "$dist"/seed/*.mv.db "$run/data/h2/"; fi
# cache=local: without it Keycloak looks for a cluster and listens beyond the loopback.
exec "$run/bin/kc.sh" start --optimized --cache=local --http-enabled=true --hostname-strict=false \
  --http-host=127.0.0.1 --http-port="$port" --http-management-port="$management" --log-level=warn "$@"
