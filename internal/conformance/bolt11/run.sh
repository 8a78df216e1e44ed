#!/usr/bin/env bash
# Compares parse_bolt11 with two decoders of Lightning invoices from npm: run.sh [SEED [EACH]], EACH invoices of each shape.
# ../run.sh installs the decoders.
set -euo pipefail
cd "$(dirname "$0")"
invoices=$(mktemp)
trap 'rm -f "$invoices"' EXIT
go run . -seed "${1:-1}" -each "${2:-10}" >"$invoices"
node compare.mjs <"$invoices"
