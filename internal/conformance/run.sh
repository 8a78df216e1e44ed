#!/usr/bin/env bash
# Runs the checks of this folder, */run.sh, and prints what each has counted: run.sh [CHECK...], such as run.sh sdk. Without a name it
# runs all of them. Needs Node beside Go; see README.md.
set -euo pipefail
cd "$(dirname "$0")"

wanted=20
hint="https://nodejs.org/en/download. No other target needs it."
version=$(node --version 2>/dev/null || true)
if [ -z "$version" ] || ! command -v npm >/dev/null; then
  echo "make conformance needs Node $wanted or newer with npm, and found none on the PATH: $hint" >&2
  exit 1
fi
major=${version#v}
if [ "${major%%.*}" -lt "$wanted" ]; then
  echo "make conformance needs Node $wanted or newer, and found $version: $hint" >&2
  exit 1
fi

# npm ci takes as long as the checks, so it runs only after the lock file has changed.
if ! cmp -s package-lock.json node_modules/.installed; then
  npm ci
  cp package-lock.json node_modules/.installed
fi

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
go build -o "$dir/voltage-emulator" ../cmd/voltage-emulator
export VOLTAGE_EMULATOR="$dir/voltage-emulator"

failed=""
[ "$#" -gt 0 ] || set -- */
for name in "${@%/}"; do
  [ "$name" != node_modules ] || continue
  printf '\n==> conformance: %s\n' "$name"
  "./$name/run.sh" 2>&1 | tee "$dir/$name.log" || failed="$failed $name"
  # A check says what it did in a line such as "SDK: 21 methods, 100 calls": one that did nothing has none.
  if ! grep -E '^[A-Z][A-Za-z0-9 ]*: [0-9]' "$dir/$name.log" | tail -n 1 >>"$dir/counts"; then
    echo "conformance: $name has counted nothing" >&2
    failed="$failed $name"
  fi
done

printf '\n'
paste -sd '|' "$dir/counts" | sed 's/|/; /g'
[ -z "$failed" ] || { echo "conformance failed:$failed" >&2; exit 1; }
