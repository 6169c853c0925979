#!/usr/bin/env bash
# The demo: one host switches traffic between three stations in two VLANs, and shows how. Run it with ./vnet demo.
# With the eBPF datapath the stations are network namespaces on veth cables (demo/kernel.sh); with the user datapath, which needs no root,
# QEMU guests (demo/guests.sh), or namespaces on taps and sockets (demo/spaces.sh); otherwise simulated ports (demo/sim.sh).
# Everything it makes carries the name demo-PID and is gone when it ends, also after Ctrl-C or a failure.
set -uo pipefail
kinds=(guests spaces)
case "$*" in
  '') datapath=auto;;
  '--datapath sim') datapath=sim;;
  '--datapath user') datapath=user;;
  '--datapath user --stations guests') datapath=user kinds=(guests);;
  '--datapath user --stations namespaces') datapath=user kinds=(spaces);;
  *) echo "demo: $* (expected: nothing, --datapath sim, or --datapath user [--stations guests|namespaces])" >&2; exit 1;;
esac
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
vnet=$here/../vnet
name=demo-$$
run=${VNET_RUN_ROOT:?run ./vnet demo}/$name
scratch=$(mktemp -d "${TMPDIR:-/tmp}/vnet-$name.XXXXXX")
helpers=() # processes in the background, ended by the clean-up

# --- what is shown -----------------------------------------------------------------------------------------------------

step() { printf '\n\033[1m%s\033[0m\n' "$*" | plain; }
note() { printf '  %s\n' "$*"; }
plain() { if [ -t 1 ]; then cat; else sed 's/\x1b\[[0-9;]*m//g'; fi; }
typed() { printf '  $ %s\n' "$*"; }
shown() { sed 's/^/    /'; }

# console COMMAND: types it into the host's console and shows the answer, which stays in $answer.
console() {
  printf '  vnet> %s\n' "$1"
  ask "$1"
  [ -z "$answer" ] || shown <<<"$answer"
}
# ask COMMAND: the same, without showing anything.
ask() { answer=$("$vnet" sh --name "$name" "$1" 2>&1) || fail "$1: $answer"; }

# --- what is expected --------------------------------------------------------------------------------------------------

fail() { printf '\ndemo: failed: %s\n' "$*" >&2; exit 1; }
# expect PATTERN WHAT: the last answer has a line that matches.
expect() { grep -qE -- "$1" <<<"$answer" || fail "$2; expected $1 in:"$'\n'"$answer"; }
# await SECONDS WHAT COMMAND...: waits until the command succeeds.
await() {
  local end=$((SECONDS + $1)) what=$2; shift 2
  until "$@"; do [ $SECONDS -le $end ] || fail "$what"; sleep 0.05; done
}
# column PORT N: from the answer of port:list, the Nth last column of a port (1 upcalls, 2 dropped, 3 sent, 4 received).
column() { awk -v port="$1" -v n="$2" '$2 == port { print $(NF - n + 1) }' <<<"$answer"; }

# --- the host ----------------------------------------------------------------------------------------------------------

start_host() {
  typed "./vnet up --daemon --name $name"
  local said; said=$("$vnet" up --daemon --name "$name" --data "$scratch/data" --datapath $datapath 2>&1) || fail "the host does not start: $said"
  shown <<<"$said"
  ask host:status
  pid=$(awk '$1 == "pid" { print $2 }' <<<"$answer")
  [ -d "/proc/$pid" ] || fail "the host tells no process id: $answer"
}
has_ended() { ! grep -qs '^State:[[:space:]]*[^ZX]' "/proc/$1/status"; }
kill_host() {
  typed "kill -9 $pid"
  kill -9 "$pid"
  await 10 "process $pid survived kill -9" has_ended "$pid"
}
# Processes of this very host: also one that was just starting when the demo was interrupted.
host_processes() { grep -slzxF -- "-Dvnet.run.dir=$run" /proc/[0-9]*/cmdline | cut -d/ -f3; }

# --- the end -----------------------------------------------------------------------------------------------------------

clean_up() {
  local process
  for process in "${helpers[@]}"; do kill "$process" 2>/dev/null && wait "$process" 2>/dev/null; done
  for process in $(host_processes); do
    echo remove >"$run/down" # otherwise what is in the kernel goes on
    kill "$process"
    for _ in $(seq 400); do has_ended "$process" && break; sleep 0.05; done
    has_ended "$process" || kill -9 "$process"
  done
  if declare -F clean_up_story >/dev/null; then clean_up_story; fi
  rm -rf "$run" "$scratch"
  rmdir "$(dirname "$run")" 2>/dev/null
}
leave() {
  local status=$?
  trap '' INT TERM HUP PIPE
  trap - EXIT
  clean_up 2>/dev/null
  [ $status != 130 ] || printf '\ndemo: interrupted; everything was cleaned up\n' >&2
  [ $status != 0 ] || echo "demo: ok"
  exit $status
}
trap leave EXIT
trap 'exit 130' INT TERM HUP PIPE

step "A host, started in the background"
start_host
console host:status
missing=$(for tool in ip ping iperf3; do command -v $tool >/dev/null || echo $tool; done)
# choose_story KIND...: reads the first story whose stations can be had; sets reasons to what the others lack.
choose_story() {
  local kind reason
  for kind in "$@"; do
    . "$here/demo/$kind.sh"
    reason=$(lacking) || { . "$here/demo/sockets.sh"; return 0; }
    reasons+=("no $stations_are: $reason")
  done
  return 1
}
reasons=()
if [ $datapath = sim ]; then
  . "$here/demo/sim.sh"
elif grep -q '^datapath  *ebpf$' <<<"$answer" && [ -z "$missing" ]; then
  . "$here/demo/kernel.sh"
elif ! choose_story "${kinds[@]}"; then
  [ $datapath != user ] || fail "$(printf '%s\n' "${reasons[@]}")"
  for reason in "${reasons[@]}"; do note "$reason"; done
  note "So the frames of this demo are simulated, as with --datapath sim."
  . "$here/demo/sim.sh"
fi
story
step "Everything that the demo made is removed"
