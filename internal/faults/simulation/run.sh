#!/usr/bin/env bash
# Simulates seeds, as many at once as there are processors: run.sh FIRST COUNT STEPS. It ends with an error where one of them fails, and
# prints the shortest history that was found of it. The last line says what was simulated in all.
set -euo pipefail
cd "$(dirname "$0")"

first=${1:?the first seed} count=${2:?how many seeds} steps=${3:?how many steps each workspace makes}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
go test -c -o "$work/simulation.test" .

# Each process has a part of the seeds, because a process simulates one world at a time.
processors=$(getconf _NPROCESSORS_ONLN)
part=$(((count + processors - 1) / processors))
began=$(date +%s)
for ((seed = first; seed < first + count; seed += part)); do
  left=$((first + count - seed))
  GOMAXPROCS=1 "$work/simulation.test" -test.run '^TestSimulate$' -test.timeout 0 -test.v \
    -seed "$seed" -seeds $((left < part ? left : part)) -steps "$steps" >"$work/$seed.log" 2>&1 || touch "$work/failed" &
done
wait
took=$(($(date +%s) - began))

if [ -e "$work/failed" ]; then
  cat "$work"/*.log
  exit 1
fi
sum() { sed -n "s/.*simulated .*[ :]\([0-9]*\) $1.*/\1/p" "$work"/*.log | awk '{n += $1} END {print n + 0}'; }
calls=$(sum "calls of the provider") exchanges=$(sum "exchanges with the API")
echo "simulated $count seeds from $first: $calls calls of the provider and $exchanges exchanges with the API in ${took}s;" \
  "$(((calls + exchanges) / (took > 0 ? took : 1))) operations per second; every invariant held"
