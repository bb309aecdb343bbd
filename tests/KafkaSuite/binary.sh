# Sets the array `barnabas` to the command that runs the node under test. Sourced by format, start and run.
# BARNABAS names another binary (or a barnabas.dll); otherwise it is out/barnabas, and without that the Release build.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
binary=${BARNABAS:-$root/out/barnabas}
[ -e "$binary" ] || [ -n "${BARNABAS:-}" ] || binary=$root/src/Barnabas.Cli/bin/Release/net10.0/barnabas.dll
case $binary in
  *.dll) barnabas=(dotnet "$binary") ;;
  *) barnabas=("$binary") ;;
esac
