#!/usr/bin/env bash
# Gets the tools that the demo and the tests run on, and links them into build/tools.
#   tools/get.sh [node] [pulumi] [gen-sdk] [terraform] [keycloak] [scim] [jq]      (all of them, when none is named)
# Each is built once into a cache outside the repository, which every clone of this user shares: SEATWISE_TOOLS,
# or ~/.cache/seatwise-tools. A tool is made in a temporary folder and moved when it is whole, under a lock: an
# interrupted run leaves nothing half-made, and two runs at once build nothing twice.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
repo=$PWD
cache=${SEATWISE_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/seatwise-tools}
all=(node pulumi gen-sdk terraform keycloak scim jq)

keycloak_version=26.7.4
# Pinned once, in go.mod; the npm package of the same version is in package.json.
terraform_version=$(sed -n 's,^require github.com/hashicorp/terraform v,,p' tools/terraform/go.mod)
pulumi_version=$(sed -n 's,^require github.com/pulumi/pulumi/pkg/v3 v,,p' tools/gen-sdk/go.mod)

say() { printf 'tools: %s: %s\n' "$item" "$*"; }

# fail CAUSE NEXT: one shape for every failure.
fail() {
  printf '\ntools: %s: FAILED\n  cause: %s\n  next:  %s\n' "$item" "$1" "$2" >&2
  exit 1
}

need() { command -v "$1" >/dev/null || fail "$1 is not on PATH" "$2"; }

# run WHAT NEXT COMMAND…: the command's output goes to a log; the screen gets a line each 15 seconds.
run() {
  local what=$1 next=$2 log=$cache/log/$item.log started=$SECONDS
  shift 2
  got=1
  say "$what"
  "$@" >"$log" 2>&1 9>&- &
  child=$!
  local beat=0
  while kill -0 "$child" 2>/dev/null; do
    sleep 0.2
    beat=$((beat + 1))
    if [ $((beat % 75)) -eq 0 ]; then
      say "  still at it after $((SECONDS - started)) s: $(tail -n 1 "$log" | tr -d '\r' | cut -c 1-90)"
    fi
  done
  local code=0
  wait "$child" || code=$?
  child=
  if [ "$code" -ne 0 ]; then
    sed 's/^/  | /' "$log" | tail -n 20 >&2
    fail "\"$*\" ended with exit code $code" "$next (whole log: $log)"
  fi
}

# link TARGET NAME: what tests, demo and Makefile use; they know no version and no cache.
link() {
  mkdir -p "$(dirname "build/tools/$2")"
  ln -sfn "$1" "build/tools/$2"
}

# --- the items: each says nothing when it is there already -------------------------------------------------

get_node() {
  need node 'install Node 20 or newer with npm (it only starts npm; the tests run on the Node of the lockfile)'
  need npm 'install npm'
  if ! node tools/lockfile.mjs; then
    run 'npm ci --ignore-scripts' 'see what npm says above; then run "make tools" again' npm ci --ignore-scripts --no-audit --no-fund
    node tools/lockfile.mjs || fail 'node_modules still differs from package-lock.json' 'remove node_modules and run "make tools" again'
  fi
  local version
  version=$(tools/node.sh --version) || fail 'no Node of version 22 or newer' 'put one on PATH: npm serves none for this platform'
  detail="node_modules as locked, Node ${version#v}"
}

go_build() {
  need go 'install Go 1.25.11 or newer'
  export GOFLAGS="${GOFLAGS:-} -mod=readonly -trimpath -buildvcs=false"
  run "$1" 'check that Go is at least the version in tools/gen-sdk/go.mod and reaches its module proxy; then run "make tools" again' \
    go build -C tools/gen-sdk -v "${@:2}"
}

get_pulumi() {
  local dir=$cache/pulumi-$pulumi_version
  if [ ! -x "$dir/pulumi" ]; then
    # Without the version the CLI prints an empty one, and neither the Automation API nor preview works.
    go_build "building the Pulumi CLI $pulumi_version from its Go module (2 to 4 minutes on 2 cores, once)" \
      -ldflags "-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v$pulumi_version" \
      -o "$temp/pulumi" github.com/pulumi/pulumi/pkg/v3/cmd/pulumi
    [ "$(PULUMI_HOME=$temp/home PULUMI_SKIP_UPDATE_CHECK=true "$temp/pulumi" version)" = "v$pulumi_version" ] || fail "the new CLI does not say v$pulumi_version" 'run "go clean -cache" and "make tools" again'
    rm -rf "$temp/home"
    keep "$dir"
  fi
  # Not by a symbolic link: the CLI looks for its language host beside its own real file, and finds ours there.
  mkdir -p build/tools/bin
  if [ -L build/tools/bin/pulumi ] || ! cmp -s "$dir/pulumi" build/tools/bin/pulumi; then
    ln -f "$dir/pulumi" build/tools/bin/.pulumi.$$ 2>/dev/null || cp "$dir/pulumi" build/tools/bin/.pulumi.$$
    mv -f build/tools/bin/.pulumi.$$ build/tools/bin/pulumi
  fi
  detail="Pulumi CLI $pulumi_version"
}

get_gen-sdk() {
  local dir
  dir=$cache/gen-sdk-$pulumi_version-$(cat tools/gen-sdk/{main.go,go.mod,go.sum} | sha256sum | cut -c 1-12)
  if [ ! -x "$dir/gen-sdk" ]; then
    go_build 'building the SDK generator (seconds after the CLI, minutes without)' -ldflags '-s -w' -o "$temp/gen-sdk" .
    keep "$dir"
  fi
  link "$dir/gen-sdk" bin/gen-sdk
  detail="SDK generator on pulumi/pkg $pulumi_version"
}

# The one on PATH where it is of the pinned minor version: what the tests rely on was measured with that.
terraform_found() {
  local found version
  found=$(readlink -f "$(command -v terraform)") && [ -x "$found" ] || return 1 # it may be our own link
  version=$(CHECKPOINT_DISABLE=1 TF_CLI_CONFIG_FILE=/dev/null "$found" version 2>/dev/null | sed -n '1s/^Terraform v//p')
  if [ "${version%.*}" != "${terraform_version%.*}" ]; then
    say "the terraform on PATH is ${version:-not one}; the tests want ${terraform_version%.*}"
    return 1
  fi
  link "$found" bin/terraform
  detail="Terraform $version, found on PATH as $found"
}

# BUSL-1.1: built for the tests of whoever runs this, never shipped (docs/decisions/dependencies.md).
get_terraform() {
  if terraform_found; then return; fi
  local dir
  dir=$cache/terraform-$terraform_version-$(cat tools/terraform/* | sha256sum | cut -c 1-12)
  if [ ! -x "$dir/terraform" ]; then
    need go 'install Go 1.25.11 or newer, or put a Terraform of version '"${terraform_version%.*}"' on PATH'
    mkdir "$temp/source"
    tools/terraform/stand-ins.sh "$temp/source"
    run "building Terraform $terraform_version from its Go module (about 2 minutes on 2 cores, once)" \
      "check that Go reaches its module proxy, or put a Terraform of version ${terraform_version%.*} on PATH; then run \"make tools\" again" \
      env GOFLAGS="${GOFLAGS:-} -mod=readonly -trimpath -buildvcs=false" go build -C "$temp/source" -v \
      -ldflags '-s -w -X github.com/hashicorp/terraform/version.dev=no' -o "$temp/terraform" github.com/hashicorp/terraform
    CHECKPOINT_DISABLE=1 TF_CLI_CONFIG_FILE=/dev/null "$temp/terraform" version | grep -qx "Terraform v$terraform_version" ||
      fail "the new terraform does not say v$terraform_version" 'run "go clean -cache" and "make tools" again'
    rm -rf "$temp/source"
    keep "$dir"
  fi
  link "$dir/terraform" bin/terraform
  detail="Terraform $terraform_version, built from its Go module"
}

get_keycloak() {
  # What the folder holds depends on the version and on how the two scripts set it up.
  local dir again='run "make tools" again'
  need java 'install Java 17 or newer'
  dir=$cache/keycloak-$keycloak_version-$(cat tools/keycloak.sh tools/keycloak-install.sh | sha256sum | cut -c 1-12)
  if [ ! -f "$dir/seed/keycloakdb.mv.db" ]; then
    need mvn 'install Maven (Keycloak comes from its repository)'
    need python3 'install Python 3.11 or newer'
    run "fetching Keycloak $keycloak_version with Maven (177 MB)" "check that Maven reaches its repository; then $again" \
      mvn -B -ntp dependency:copy -Dartifact="org.keycloak:keycloak-quarkus-dist:$keycloak_version:zip" -DoutputDirectory="$temp"
    run 'unpacking it, building it for our features, first start (about a minute)' "see what Keycloak says above; then $again" \
      tools/keycloak-install.sh "$temp" "$keycloak_version"
    keep "$dir"
  fi
  link "$dir" keycloak
  detail="Keycloak $keycloak_version"
}

get_scim() {
  local dir python
  need python3 'install Python 3.11 or newer'
  dir=$cache/scim2-server-$(sha256sum tools/requirements.txt | cut -c 1-12)
  python=$dir/bin/python
  # A cached environment dies with the Python that it was made with: look inside, not only at the folder.
  if ! { [ -x "$python" ] && "$python" -c 'import scim2_server.testserver.cli' 2>/dev/null; }; then
    if ! python3 -c 'import ensurepip' 2>/dev/null; then
      run 'apt-get install python3-venv' 'install the package python3-venv as root; then run "make tools" again' apt-get install -y -q python3-venv
    fi
    run 'making a Python environment' 'see above; then run "make tools" again' python3 -m venv "$temp/env"
    run 'pip install scim2-server' 'check that pip reaches its index; then run "make tools" again' \
      "$temp/env/bin/python" -m pip install --disable-pip-version-check --no-input -r tools/requirements.txt
    mv "$temp"/env/* "$temp"/
    rm -rf "$temp/env" "$dir"
    keep "$dir"
  fi
  link "$dir" scim2-server
  detail="scim2-server $(sed -n 's/^scim2-server\[cursor\]==//p' tools/requirements.txt)"
}

# Only for the tests of a recipe in the documentation.
get_jq() {
  if ! command -v jq >/dev/null; then
    run 'apt-get install jq' 'install jq; then run "make tools" again' \
      sh -c 'apt-get install -y -q jq || { apt-get update -q && apt-get install -y -q jq; }'
  fi
  detail=$(jq --version)
}

# keep DIR: from now on it exists, whole.
keep() {
  rm -rf "$1"
  mv "$temp" "$1"
}

# --- one item, in a process of its own, so that an error ends it and nothing else -------------------------

one() {
  item=$1 child='' detail='' got=''
  mkdir -p "$cache/log" build/tools
  exec 9>"$cache/.lock-$item"
  if command -v flock >/dev/null && ! flock -n 9; then
    say 'another run is getting it; waiting'
    flock 9
  fi
  rm -rf "$cache/.temp-$item".*
  temp=$(mktemp -d "$cache/.temp-$item.XXXXXX")
  chmod 755 "$temp"
  trap '[ -z "$child" ] || kill "$child" 2>/dev/null; rm -rf "$temp"' EXIT
  trap 'exit 130' INT TERM
  local started=$SECONDS
  "get_$item"
  if [ -z "$got" ]; then say "present ($detail)"; else say "got in $((SECONDS - started)) s ($detail)"; fi
}

main() {
  if [ "${1:-}" = --item ]; then one "$2"; return; fi
  item=get.sh
  local wanted=("$@") name
  [ $# -gt 0 ] || wanted=("${all[@]}")
  for name in "${wanted[@]}"; do
    [[ " ${all[*]} " == *" $name "* ]] || fail "there is no tool \"$name\"" "name some of: ${all[*]}"
  done
  local failed=()
  for name in "${wanted[@]}"; do
    local code=0
    bash "$repo/tools/get.sh" --item "$name" </dev/null || code=$?
    if [ "$code" -eq 130 ]; then say 'interrupted; nothing half-made was kept'; exit 130; fi
    [ "$code" -eq 0 ] || failed+=("$name")
  done
  [ ${#failed[@]} -eq 0 ] || fail "not to be had: ${failed[*]}" 'see each one above'
}

main "$@"
