#!/usr/bin/env bash
# stand-ins.sh FOLDER: puts this module there, with a stand-in for each module that Terraform keeps unpublished.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cp "$here/go.mod" "$here/go.sum" "$1/"
sed -n 's,^\t*\(github.com/hashicorp/terraform/internal/[^ ]*\) => \./\(.*\)$,\1 \2,p' "$here/go.mod" | while read -r module folder; do
  mkdir -p "$1/$folder"
  printf 'module %s\n\ngo 1.23.0\n' "$module" >"$1/$folder/go.mod"
  sed "s/^package leftout$/package $(basename "$folder")/" "$here/left-out.go.txt" >"$1/$folder/left-out.go"
done
