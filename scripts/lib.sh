# Shared by the scripts beside it. Sourced, not run.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
jobs=$(nproc)

say() { printf '== %s\n' "$*"; }

# build PRESET [TARGET…]: installs what is missing, configures, builds.
build() {
  local preset=$1
  shift
  "$root/scripts/bootstrap"
  say "configuring ($preset)"
  (cd "$root" && cmake --preset "$preset" >"build.log" 2>&1) || { cat "$root/build.log"; exit 1; }
  rm -f "$root/build.log"
  say "building ($preset)"
  (cd "$root" && cmake --build --preset "$preset" -j "$jobs" ${1:+--target "$@"})
}
