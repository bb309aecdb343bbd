# What the scripts need to know of the machine they run on. Sourced by build, run and test; does nothing by itself.

say() {
  printf '%s\n' "$*"
}

fail() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    fail "this needs root rights and there is no sudo: $*"
  fi
}

# Installs the Debian packages among the arguments that are missing; silent if none is.
need_packages() {
  local package missing=()
  for package in "$@"; do
    if ! dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed'; then
      missing+=("$package")
    fi
  done
  if [ "${#missing[@]}" -eq 0 ]; then
    return
  fi
  command -v apt-get >/dev/null || fail "please install: ${missing[*]}"
  say "installing: ${missing[*]}"
  # The package lists of a fresh machine may be missing or old; a failure here shows in the next line if it matters.
  as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq || true
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# The same, but the absence of a package only means that the tests that want it are skipped.
want_packages() {
  local package
  for package in "$@"; do
    (need_packages "$package") || say "not installed: $package (the tests that use it are skipped)"
  done
}

# The native libraries whose code the binary contains, and what links it.
need_build_packages() {
  need_packages clang zlib1g-dev libzstd-dev liblz4-dev libsnappy-dev
}

need_dotnet() {
  command -v dotnet >/dev/null || fail "the .NET SDK 10 is missing. Install the package dotnet-sdk-10.0, or see the" \
    "download page of .NET, and make sure that the command 'dotnet' is found."
  dotnet --version >/dev/null 2>&1 || fail "the .NET SDK 10 is missing; found: $(dotnet --list-sdks | tr '\n' ' ')"
  export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
}

runtime_identifier() {
  case "$(uname -m)" in
    x86_64) say linux-x64 ;;
    aarch64) say linux-arm64 ;;
    *) fail "no native build for $(uname -m)" ;;
  esac
}
