#!/usr/bin/env bash
# keycloak-install.sh DIR VERSION: DIR holds the distribution's zip; afterwards it holds Keycloak, built for the
# features that our connectors use, and seed/, the database of a first start. That start also proves that it runs.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
dir=$1 version=$2
python3 -m zipfile -e "$dir/keycloak-quarkus-dist-$version.zip" "$dir"
rm "$dir/keycloak-quarkus-dist-$version.zip"
mv "$dir/keycloak-$version"/* "$dir/"
rmdir "$dir/keycloak-$version"
chmod +x "$dir"/bin/*.sh
# All of these are build options: a start with others would build again, half a minute each time.
"$dir/bin/kc.sh" build --db=dev-file --features=scim-api,user-event-metrics --health-enabled=true \
  --metrics-enabled=true --event-metrics-user-enabled=true

read -r port management < <(python3 -c '
import socket
held = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
print(*[s.getsockname()[1] for s in held])')
export KC_BOOTSTRAP_ADMIN_USERNAME=admin KC_BOOTSTRAP_ADMIN_PASSWORD=admin # a server on the loopback, gone after the test
"$here/keycloak.sh" "$dir" "$dir/first-run" "$port" "$management" &
server=$!
trap 'kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true' EXIT
python3 - "http://127.0.0.1:$management/health/ready" "$server" <<'PY'
import os, sys, time, urllib.request
url, pid = sys.argv[1], int(sys.argv[2])
print(f"waiting for {url}", flush=True)
for _ in range(600):
    try:
        urllib.request.urlopen(url, timeout=5)
        sys.exit(0)
    except OSError:
        time.sleep(0.5)
    os.kill(pid, 0)  # raises when Keycloak has ended
sys.exit("Keycloak was not ready within 5 minutes")
PY
kill "$server"
wait "$server" || true
trap - EXIT
mv "$dir/first-run/data/h2" "$dir/seed"
rm -rf "$dir/first-run"
