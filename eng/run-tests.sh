#!/usr/bin/env bash
# Runs the test projects given as arguments, one after the other, and adds up what they report. Without arguments: all of
# them, and then the form of the sources, the main job with foreign clients and Apache Kafka's own tests in small form.
# The last line is: N passed, N failed, N skipped. The exit code is not 0 if a test failed or a project did not run.
set -euo pipefail
cd "$(dirname "$0")/.."
. eng/machine.sh

configuration=${CONFIGURATION:-Release}
results=test-results
rm -rf "$results"
mkdir -p "$results"
if [ "$#" -gt 0 ]; then
  projects=("$@") scripts=()
else
  projects=(tests/*.Tests/*.Tests.csproj) scripts=(tests/Form/run tests/MainJob/run tests/KafkaSuite/run)
fi

passed=0 failed=0 skipped=0 broken=0

# The value of one counter in the summary of a result file.
count() {
  grep -o -m1 "<Counters [^>]*>" "$1" | grep -o " $2=\"[0-9]*\"" | tr -dc 0-9
}

for project in "${projects[@]}"; do
  name=$(basename "$project" .csproj)
  started=$SECONDS
  status=0
  timeout --kill-after=30 1500 \
    dotnet test "$project" --configuration "$configuration" --no-build --nologo --results-directory "$results" \
    --logger "trx;LogFileName=$name.trx" --blame-hang-timeout 10min >"$results/$name.log" 2>&1 || status=$?
  trx=$results/$name.trx
  if [ ! -f "$trx" ]; then
    if [ "$status" -eq 0 ] && grep -q "No test is available" "$results/$name.log"; then
      say "$name: no tests"
      continue
    fi
    broken=$((broken + 1))
    say "$name: DID NOT RUN (exit code $status)"
    tail -n 30 "$results/$name.log"
    continue
  fi
  total=$(count "$trx" total)
  p=$(count "$trx" passed)
  f=$((total - p - $(count "$trx" notExecuted)))
  s=$((total - p - f))
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
  say "$name: $p passed, $f failed, $s skipped ($((SECONDS - started)) s)"
  if [ "$status" -ne 0 ] || [ "$f" -ne 0 ]; then
    grep -E '^\s*(Failed |  Error Message|  Stack Trace|    )' "$results/$name.log" | head -n 60 || true
    # A process that died after its tests passed has failed too.
    if [ "$f" -eq 0 ]; then
      broken=$((broken + 1))
      tail -n 20 "$results/$name.log"
    fi
  fi
done

for script in "${scripts[@]}"; do
  name=$(basename "$(dirname "$script")")
  started=$SECONDS
  status=0
  timeout --kill-after=30 900 "$script" --ci >"$results/$name.log" 2>&1 || status=$?
  grep -E '^(WRONG|FAILED|skip|  |      )' "$results/$name.log" | head -n 60 || true
  last=$(tail -n 1 "$results/$name.log")
  if [[ $last =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed,\ ([0-9]+)\ skipped$ ]]; then
    passed=$((passed + BASH_REMATCH[1])) failed=$((failed + BASH_REMATCH[2])) skipped=$((skipped + BASH_REMATCH[3]))
    say "$name: $last ($((SECONDS - started)) s)"
    if [ "$status" -ne 0 ] && [ "${BASH_REMATCH[2]}" -eq 0 ]; then
      broken=$((broken + 1))
      tail -n 20 "$results/$name.log"
    fi
  else
    broken=$((broken + 1))
    say "$name: DID NOT RUN (exit code $status)"
    tail -n 30 "$results/$name.log"
  fi
done

# A project that did not run is a failure of its own: it must not vanish from the sum.
failed=$((failed + broken))
say "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
