#!/bin/sh
# Runs the Node of the lockfile, or else the one on PATH when it is 22 or newer.
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
for node in "$here/../node_modules/.bin/node" node; do
  command -v "$node" >/dev/null || continue
  major=$("$node" -p 'process.versions.node.split(".")[0]' 2>/dev/null) || continue
  [ "$major" -ge 22 ] && exec "$node" "$@"
done
echo 'seatwise needs Node 22 or newer: run "npm ci" (it brings one where npm serves it), or put one on PATH.' >&2
exit 1
