#!/usr/bin/env bash
# Compares parse_bolt11 with two decoders of Lightning invoices from npm: run.sh [SEED [EACH]], EACH invoices of each shape.
# It needs Node 18 or newer and a registry of npm; without Node it says so and does nothing.
set -euo pipefail
cd "$(dirname "$0")"

if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
  echo "bolt11: skipped, since Node is not installed here"
  exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp package.json package-lock.json compare.mjs "$work"
# No script of a package is run: secp256k1 then uses its implementation in JavaScript.
npm ci --prefix "$work" --ignore-scripts --no-audit --no-fund --loglevel error >/dev/null
go run . -seed "${1:-1}" -each "${2:-10}" >"$work/invoices"
node "$work/compare.mjs" <"$work/invoices"
