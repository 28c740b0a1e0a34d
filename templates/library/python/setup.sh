#!/usr/bin/env bash
# Sets up the Python environment that this folder describes, here in this folder and nowhere else.
# Run it as often as you like: what is up to date is left as it is.
set -euo pipefail

usage() {
  cat <<'TEXT'
Usage: ./setup.sh [--tool mamba|conda|pixi|uv|venv] [--dry-run] [--help]

Makes the environment in this folder:
  mamba, conda  .conda/ from environment.yml
  pixi          .pixi/  from pixi.toml
  uv, venv      .venv/  from requirements-torch.txt and requirements.txt

Without --tool the first of mamba, conda, pixi, uv and python3 that is installed is used.
Nothing outside this folder is changed, apart from the tools' own download caches.

  --tool NAME   use this one
  --dry-run     print the commands, run none
  --help        print this text
TEXT
}

say() { printf '%s\n' "$*"; }

die() {
  printf 'setup.sh: %s\n' "$1" >&2
  exit "${2:-1}"
}

run() {
  printf '+'
  printf ' %q' "$@"
  printf '\n'
  if [ "$dry_run" = no ]; then "$@"; fi
}

have() { command -v "$1" >/dev/null 2>&1; }

choose_tool() {
  local candidate
  for candidate in mamba conda pixi uv; do
    if have "$candidate"; then
      echo "$candidate"
      return
    fi
  done
  echo venv
}

# The environment is up to date when it was finished from these very files. The record is written last, so that a run
# that was cut short starts over.
checksum() { cat environment.yml pixi.toml requirements-torch.txt requirements.txt | sha256sum | cut -d ' ' -f 1; }
up_to_date() { [ -f "$1/palier-setup" ] && [ "$(cat "$1/palier-setup")" = "$(checksum)" ]; }
finish() { if [ "$dry_run" = no ]; then checksum >"$1/palier-setup"; fi; }

check_python() {
  have python3 || die "python3 is missing. On Debian and Ubuntu: sudo apt install python3 python3-venv"
  python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' ||
    die "python3 is older than 3.10. Install mamba, conda or uv, which bring their own."
  python3 -c 'import ensurepip' 2>/dev/null ||
    die "python3 has no venv module. On Debian and Ubuntu: sudo apt install python3-venv"
}

set_up_conda() {
  if [ -d .conda/conda-meta ]; then
    run "$tool" env update --prefix ./.conda --file environment.yml --prune
  else
    run "$tool" env create --prefix ./.conda --file environment.yml
  fi
}

# pixi keeps the exact versions in pixi.lock: with it the same environment comes again, here and elsewhere.
set_up_pixi() { run pixi install --manifest-path pixi.toml; }

# PyTorch comes first and from its own index alone, so that the next step finds it there and leaves it.
set_up_uv() {
  run uv venv --allow-existing --python '>=3.10' .venv
  run uv pip install --python .venv/bin/python --requirement requirements-torch.txt
  run uv pip install --python .venv/bin/python --requirement requirements.txt
}

set_up_venv() {
  check_python
  run python3 -m venv .venv
  run .venv/bin/python -m pip install --disable-pip-version-check --requirement requirements-torch.txt
  run .venv/bin/python -m pip install --disable-pip-version-check --requirement requirements.txt
}

say_next() {
  say ""
  say "Ready. Next:"
  case $environment in
    .conda) say "  $tool run --prefix ./.conda jupyter lab start.ipynb" ;;
    .pixi) say "  pixi run lab" ;;
    *) say "  .venv/bin/jupyter lab start.ipynb" ;;
  esac
  say "To undo: remove the folder $PWD/$environment"
}

tool=
dry_run=no
while [ $# -gt 0 ]; do
  case $1 in
    --tool)
      [ $# -ge 2 ] || die "--tool needs a name; see --help" 2
      tool=$2
      shift
      ;;
    --tool=*) tool=${1#--tool=} ;;
    --dry-run) dry_run=yes ;;
    -h | --help)
      usage
      exit 0
      ;;
    *) die "unknown option '$1'; see --help" 2 ;;
  esac
  shift
done

cd "$(dirname "${BASH_SOURCE[0]}")"
[ -n "$tool" ] || tool=$(choose_tool)
case $tool in
  mamba | conda) environment=.conda ;;
  pixi) environment=.pixi ;;
  uv | venv) environment=.venv ;;
  *) die "unknown tool '$tool'; one of mamba, conda, pixi, uv, venv" 2 ;;
esac
if [ "$tool" != venv ] && ! have "$tool"; then die "$tool is not installed"; fi

if up_to_date "$environment"; then
  say "$environment is up to date."
else
  say "Setting up $environment with $tool. The first time this downloads a few hundred MB, with a GPU a few GB."
  case $tool in
    mamba | conda) set_up_conda ;;
    pixi) set_up_pixi ;;
    uv) set_up_uv ;;
    venv) set_up_venv ;;
  esac
  finish "$environment"
fi
say_next
