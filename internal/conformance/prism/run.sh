#!/usr/bin/env bash
# Prism between the provider and the emulator, and in the emulator's place.
set -euo pipefail
cd "$(dirname "$0")"
go test -v -tags conformance -count 1 -timeout 5m .
