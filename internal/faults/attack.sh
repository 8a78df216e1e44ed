#!/usr/bin/env bash
# Runs every attack on the provider, and prints a table of what was tried. It ends with an error where anything was lost.
set -euo pipefail
cd "$(dirname "$0")/../.."

log=$(mktemp)
trap 'rm -f "$log"' EXIT
run() { ./internal/acctest/run.sh go test -count 1 -timeout 60m -v "$@" ./internal/faults >>"$log" 2>&1 || { grep -A20 -- '--- FAIL' "$log"; exit 1; }; }

run -run 'TestFaultMatrix|TestInterrupted|TestKilled|TestSlowCreations|TestStrayAnswersInWaits|TestDisbelieved|TestTimes|TestSavedPlanElsewhere|TestSecrets'
seeds=${CHAOS_SEEDS:-10} rounds=${ROUNDS:-20}
for seed in $(seq "$seeds"); do
  CHAOS_SEED=$seed CHAOS_ROUNDS=$rounds run -run TestChaos
done
simulated=$(./internal/faults/simulation/run.sh "${SEED:-1}" "${SEEDS:-200}" 14 | tail -n 1)
fuzzed=$(./internal/faults/fuzz.sh "${FUZZTIME:-20s}")

count() { grep -cE "^ *--- PASS: $1/" "$log" || true; }
sum() { sed -n "s/.* chaos: .*[ ,]\([0-9]*\) $1.*/\1/p" "$log" | awk '{n += $1} END {print n + 0}'; }
matrix=$(sed -n 's/.*fault matrix: \(.*\); nothing was lost/\1/p' "$log" | tail -n 1)
cat <<TABLE
| attack | tried | lost |
|---|---|---|
| fault matrix | $matrix | 0 |
| simulation in virtual time | ${simulated%% in *} | 0 |
| chaos with the real Terraform | $seeds seeds of $rounds rounds, $(sum 'faults') faults, $(sum 'applies') applies failed under them | 0 |
| Terraform interrupted (SIGINT) in a write | $(count TestInterrupted) cases | 0 |
| provider killed (SIGKILL) in a write | $(count TestKilled) cases | 0 |
| provider or Terraform killed (SIGKILL) at every request of a creation with \`adopt_existing\` | $(count 'TestKilledCreating/[a-z_]+') cases | 0 |
| creation that takes 5, 9 or 15 seconds interrupted, then applied again, destroyed or killed | $(count TestSlowCreations) cases | 0 |
| answer that is not the API's own in a wait | $(count TestStrayAnswersInWaits) cases | 0 |
| object that one endpoint does not show, or shows as inactive | $(count TestDisbelieved) cases | 0 |
| answers without times, or with times in the future | $(count TestTimes) cases, in each every resource and data source | 0 |
| saved plan applied under another organization or environment | $(count TestSavedPlanElsewhere) cases | 0 |
| search for secrets in logs, plans, states and errors | $(count TestSecrets) credentials, and the preimages of payments | 0 |
| fuzzing | $(echo "$fuzzed" | awk '{n += $2} END {print n}') executions of $(echo "$fuzzed" | wc -l) targets | 0 |
TABLE
