#!/usr/bin/env bash
# Rehearses the live tests and the sweepers: the emulator's program stands in for a real environment, and is reached as one is, by
# the VOLTAGE_ variables alone. An accepted write takes a while, as there.
set -euo pipefail
cd "$(dirname "$0")/../.."

make --no-print-directory build
dir=$(mktemp -d)
trap 'kill "$emulator" 2>/dev/null || true; rm -rf "$dir"' EXIT
./bin/voltage-emulator -delay 300ms -exports "$dir/exports" >"$dir/log" 2>&1 &
emulator=$!
until [ -s "$dir/exports" ]; do
  kill -0 "$emulator" || { cat "$dir/log" >&2; exit 1; }
  sleep 0.1
done
# shellcheck source=/dev/null
source "$dir/exports"
unset VOLTAGE_BEARER_TOKEN VOLTAGE_ACC_NETWORK VOLTAGE_ACC_ALLOW_PRODUCTION
# The emulator's line of credit in btc on mutinynet: emulator.StagingLineID.
export VOLTAGE_ACC_LINE_OF_CREDIT_ID=c4f1b6a8-3d52-4e9a-b7d0-6e5a2c8f1b04

make --no-print-directory testacc-live
make --no-print-directory sweep
[ -n "$(./bin/voltage-emulator requests -operation create_webhook)" ] || { echo "the tests have not reached the emulator" >&2; exit 1; }
if grep '^contract:' "$dir/log" >&2; then
  echo "the contract was broken" >&2
  exit 1
fi
