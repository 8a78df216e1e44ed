#!/usr/bin/env bash
# The application of the guide "Test your application", with the vendor's SDK, tested as the guide says. VOLTAGE_EMULATOR names the binary
# of the emulator.
set -euo pipefail
cd "$(dirname "$0")"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp ../../../examples/guides/test-your-application/* "$work"
ln -s "$PWD/../node_modules" "$work/node_modules"
PATH="$(dirname "$VOLTAGE_EMULATOR"):$PATH"
cd "$work"
npm test 2>&1 | tee log
passed=$(sed -n 's/^.* pass \([0-9]*\)$/\1/p' log)
echo "Application: ${passed:?no test passed} tests of the guide"
