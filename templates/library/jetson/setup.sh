#!/usr/bin/env bash
# Sets a Jetson's power mode, clocks and swap as settings.env says. Run it as often as you like: what is so already is left as it is.
set -euo pipefail

usage() {
  cat <<'TEXT'
Usage: sudo ./setup.sh [--dry-run] [--undo] [--help]

  --dry-run  print the commands, run none
  --undo     bring back the power mode, the clocks and the swap from before the first run
  --help     print this text
TEXT
}

root=${ROOT:-}  # another root folder, for images that are not running
state=$root/var/lib/palier-jetson
units=$root/etc/systemd/system
swap_file=$root/var/palier.swap
modes_file=$root/etc/nvpmodel.conf

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

setting() { sed -n "s/^$1='*\([^']*\)'*\$/\1/p" settings.env; }

# The number that this board gives the mode of that name; nothing where it has none.
mode_number() { sed -n "s/^< *POWER_MODEL  *ID=\([0-9][0-9]*\)  *NAME=$1 *>.*/\1/p" "$modes_file" | head -n 1; }

current_mode() { nvpmodel -q | sed -n 's/^NV Power Mode: *//p' | head -n 1; }

# Only the first run knows what was there before palier.
remember() {
  if [ -e "$state/$1" ] || [ "$dry_run" = yes ]; then return; fi
  mkdir -p "$state"
  printf '%s\n' "$2" >"$state/$1"
}

set_mode() {
  local name=$1 number
  number=$(mode_number "$name")
  if [ "$(current_mode)" = "$name" ]; then
    say "The power mode is $name already."
    return
  fi
  # It asks where a mode begins only after a restart, and would wait for the answer.
  run sh -c "echo no | nvpmodel -m $number"
  if [ "$dry_run" = no ] && [ "$(current_mode)" != "$name" ]; then
    say "The power mode $name begins after a restart: sudo nvpmodel -m $number, and say yes."
  fi
}

choose_mode() {
  local name
  for name in $power_modes; do
    if [ -n "$(mode_number "$name")" ]; then
      remember mode "$(current_mode)"
      set_mode "$name"
      return
    fi
  done
  say "This board has none of the power modes $power_modes; it stays at $(current_mode)."
}

install_unit() {
  if cmp -s "$1" "$units/$1"; then return; fi
  run install -D -m 644 "$1" "$units/$1"
  run systemctl daemon-reload
}

lock_clocks() {
  if [ "$lock" != yes ]; then
    if [ -e "$units/palier-clocks.service" ]; then run systemctl disable --now palier-clocks.service; fi
    return
  fi
  install_unit palier-clocks.service
  run systemctl enable --now palier-clocks.service
}

make_swap() {
  local size=$((swap_mib * 1048576))
  if [ "$size" -eq 0 ]; then
    remove_swap
    return
  fi
  if [ ! -e "$swap_file" ] || [ "$(stat -c %s "$swap_file")" != "$size" ]; then
    remove_swap
    run fallocate -l "${swap_mib}M" "$swap_file"
    run chmod 600 "$swap_file"
    run mkswap "$swap_file"
  fi
  # Compressed memory is part of the memory that a model needs.
  if systemctl is-enabled --quiet nvzramconfig.service 2>/dev/null; then
    remember zram enabled
    run systemctl disable nvzramconfig.service
  fi
  install_unit var-palier.swap.swap
  run systemctl enable --now var-palier.swap.swap
}

remove_swap() {
  if [ -e "$units/var-palier.swap.swap" ]; then run systemctl disable --now var-palier.swap.swap; fi
  if [ -e "$swap_file" ]; then run rm -f "$swap_file"; fi
}

undo() {
  local mode
  remove_swap
  if [ -e "$units/palier-clocks.service" ]; then run systemctl disable --now palier-clocks.service; fi
  run rm -f "$units/palier-clocks.service" "$units/var-palier.swap.swap"
  run systemctl daemon-reload
  if [ -e "$state/zram" ]; then run systemctl enable nvzramconfig.service; fi
  if [ -e "$state/mode" ]; then
    mode=$(cat "$state/mode")
    [ -z "$(mode_number "$mode")" ] || set_mode "$mode"
  fi
  run rm -rf "$state"
  say "As it was before."
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
if [ ! -r "$modes_file" ] || ! command -v nvpmodel >/dev/null; then die "this is no Jetson: there is no $modes_file, or no nvpmodel"; fi
if [ -z "$root" ] && [ "$(id -u)" -ne 0 ] && [ "$dry_run" = no ]; then die "only root can do this: sudo ./setup.sh"; fi
power_modes=$(setting POWER_MODES)
lock=$(setting LOCK_CLOCKS)
swap_mib=$(setting SWAP_MIB)
if [ "$undo" = yes ]; then
  undo
else
  choose_mode
  lock_clocks
  make_swap
  say "Done. To undo: sudo ./setup.sh --undo"
fi
