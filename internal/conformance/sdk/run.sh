#!/usr/bin/env bash
# The vendor's own client against the emulator, whose binary VOLTAGE_EMULATOR names.
set -euo pipefail
cd "$(dirname "$0")"
node --test-reporter=spec sdk.test.js
