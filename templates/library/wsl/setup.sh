#!/usr/bin/env bash
# Puts wsl.conf and wslconfig beside this script where WSL reads them. Run it as often as you like: what is there already is left as
# it is, and what was there before the first run comes back with --undo.
set -euo pipefail

usage() {
  cat <<'TEXT'
Usage: ./setup.sh [--dry-run] [--undo] [--help]

  --dry-run  print the commands, run none
  --undo     bring back the two files from before the first run
  --help     print this text
TEXT
}

powershell=/mnt/c/Windows/System32/WindowsPowerShell/v1.0/powershell.exe

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

# The home folder of the user in Windows, as Linux sees it: WINDOWS_HOME where Windows cannot be asked.
windows_home() {
  if [ -n "${WINDOWS_HOME:-}" ]; then
    printf '%s\n' "$WINDOWS_HOME"
  elif [ -x "$powershell" ] && have wslpath; then
    wslpath -u "$("$powershell" -NoProfile -Command '[Environment]::GetFolderPath("UserProfile")' | tr -d '\r')"
  fi
}

# put SOURCE TARGET [sudo]: what was there is kept once, beside it; a file that was not there leaves an empty mark.
put() {
  local source=$1 target=$2 before=$2.before-palier
  shift 2
  if cmp -s "$source" "$target"; then
    say "$target is as it should be."
    return
  fi
  if [ ! -e "$before" ] && [ ! -e "$before.none" ]; then
    if [ -e "$target" ]; then run "$@" cp -p "$target" "$before"; else run "$@" touch "$before.none"; fi
  fi
  run "$@" cp "$source" "$target"
}

put_back() {
  local target=$1 before=$1.before-palier
  shift
  if [ -e "$before" ]; then
    run "$@" mv "$before" "$target"
  elif [ -e "$before.none" ]; then
    run "$@" rm -f "$target" "$before.none"
  else
    say "$target: palier put nothing there."
  fi
}

look_at_gpu() {
  local driver=/usr/lib/wsl/lib/nvidia-smi
  if [ -x "$driver" ] && ! "$driver" -L; then say "The GPU does not answer: update NVIDIA's driver in Windows."; fi
  if have dpkg-query && dpkg-query -W -f '${db:Status-Status}\n' 'nvidia-driver-*' 2>/dev/null | grep -qx installed; then
    say "A Linux driver of NVIDIA is installed and hides the one of Windows: sudo apt remove 'nvidia-driver-*'"
  fi
}

dry_run=no
undo=no
while [ $# -gt 0 ]; do
  case $1 in
    --dry-run) dry_run=yes ;;
    --undo) undo=yes ;;
    -h | --help)
      usage
      exit 0
      ;;
    *) die "unknown option '$1'; see --help" 2 ;;
  esac
  shift
done

cd "$(dirname "${BASH_SOURCE[0]}")"
grep -qi microsoft "${ROOT:-}/proc/sys/kernel/osrelease" || die "this is no WSL: run it in the distribution"
home=$(windows_home)
if [ ! -d "$home" ]; then die "your home folder in Windows is not found: WINDOWS_HOME=/mnt/c/Users/YOU ./setup.sh"; fi
if [ "$undo" = yes ]; then
  put_back "${ROOT:-}/etc/wsl.conf" sudo
  put_back "$home/.wslconfig"
else
  put wsl.conf "${ROOT:-}/etc/wsl.conf" sudo
  put wslconfig "$home/.wslconfig"
  look_at_gpu
fi
say "It counts after this, in PowerShell (it ends everything that runs under WSL): wsl --shutdown"
