#!/usr/bin/env bash
# Runs each fuzz target of the repository for a time, and prints how often. A package's tests are built once for all of its targets.
set -euo pipefail
cd "$(dirname "$0")/../.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# CI begins with the seeds alone: a short time would be over before the finds of earlier runs were read.
cache=$(go env GOCACHE)/fuzz
[ "${CI:-}" != true ] || cache=$work/finds
for folder in $(grep -rl --include='*_test.go' '^func Fuzz' internal | xargs -n 1 dirname | sort -u); do
  go test -c -fuzz . -o "$work/tests" "./$folder"
  for target in $(cat "$folder"/*_test.go | sed -n 's/^func \(Fuzz[A-Za-z0-9]*\).*/\1/p'); do
    out=$(cd "$folder" && "$work/tests" -test.run '^$' -test.fuzz "^$target\$" -test.fuzztime "${1:-10s}" \
      -test.fuzzcachedir "$cache/$(go list .)" 2>&1) || { echo "$out"; exit 1; }
    executions=$(echo "$out" | sed -n 's/.*execs: \([0-9]*\).*/\1/p' | tail -n 1)
    echo "$target: ${executions:-0} executions"
  done
done
