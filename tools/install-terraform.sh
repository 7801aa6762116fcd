#!/usr/bin/env bash
# Puts the built provider where Terraform and OpenTofu look by themselves, for this platform, and says what to write.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if [ -z "${HOME:-}" ]; then
  printf 'install-terraform: HOME is not set, and the folder that both tools look into is in it\n  next:  set HOME\n' >&2
  exit 1
fi
case $(uname -m) in
  x86_64 | amd64) machine=amd64 ;;
  aarch64 | arm64) machine=arm64 ;;
  armv6l | armv7l) machine=arm ;;
  *) machine=$(uname -m) ;;
esac
system=$(uname -s | tr '[:upper:]' '[:lower:]')
folder=$HOME/.terraform.d/plugins
version=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' package.json)
tools/node.sh tools/mirror.mjs "$folder" "${system/sunos/solaris}_$machine"
cat <<EOF

Installed. Terraform and OpenTofu of this user find it in $folder. In a program write:

  terraform {
    required_providers {
      seatwise = { source = "seatwise/seatwise", version = "$version" }
    }
  }

and run "terraform init". It starts on the Node (22 or newer) that is on PATH then, or the one that SEATWISE_NODE names.
EOF
config=${TF_CLI_CONFIG_FILE:-$HOME/.terraformrc}
if grep -qs provider_installation "$config"; then
  cat <<EOF

But $config has a block provider_installation, and with one they do not look there. Add to that block:

  filesystem_mirror { path = "$folder" }
EOF
fi
