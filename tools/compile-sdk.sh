#!/usr/bin/env bash
# Compiles each package of sdk/ into its bin, which is the package that is published, and lets programs in this
# repository import it by its name. Does nothing where no source is newer.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# compile FOLDER PACKAGE
compile() {
  local sdk=sdk/$1 stamp=sdk/$1/bin/.compiled
  [ -f "$sdk/package.json" ] || { echo "there is no $sdk: run \"make generate\"" >&2; exit 1; }
  if [ ! -f "$stamp" ] || [ -n "$(find "$sdk" -path "$sdk/bin" -prune -o -type f -newer "$stamp" -print -quit)" ]; then
    rm -rf "$sdk/bin"
    tools/node.sh node_modules/typescript/bin/tsc -p "$sdk"
    cp "$sdk/package.json" "$sdk/README.md" LICENSE "$sdk/bin/" # the Pulumi SDK reads its own version from there
    touch "$stamp"
  fi
  mkdir -p node_modules/@seatwise
  ln -sfn "../../$sdk/bin" "node_modules/@seatwise/$2"
}

compile nodejs pulumi
compile cdktf cdktf
compile cdktn cdktn
