#!/usr/bin/env bash
# Runs each fuzz target of the repository for a time, and prints how often.
set -euo pipefail
cd "$(dirname "$0")/../.."

for file in $(grep -rl --include='*_test.go' '^func Fuzz' internal | sort); do
  for target in $(sed -n 's/^func \(Fuzz[A-Za-z0-9]*\).*/\1/p' "$file"); do
    out=$(go test "./$(dirname "$file")" -run '^$' -fuzz "^$target\$" -fuzztime "${1:-10s}" 2>&1) || { echo "$out"; exit 1; }
    echo "$target: $(echo "$out" | sed -n 's/.*execs: \([0-9]*\).*/\1/p' | tail -n 1) executions"
  done
done
