#!/usr/bin/env bash
# ./vnet bench: the product's switch beside a Linux bridge, interleaved, medians of several rounds. As root.
# Everything it makes carries its own prefix and is removed at the end, however that comes about.
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
tools=$here/datapath/ebpf/test
P=bn$$
rounds=${ROUNDS:-5}
seconds=${SECONDS_PER_RUN:-2}
work=$(mktemp -d)
trap 'cleanup' EXIT
trap 'exit 130' INT TERM

cleanup() {
  "$here/vnet" down --name "$P" >/dev/null 2>&1
  for n in a b xa xb xh; do ip netns del "$P-$n" 2>/dev/null; done
  for p in a b; do ip link del "$P$p" 2>/dev/null; done
  rm -rf "$work" "/var/lib/vnetwork/$P" "/run/vnetwork/$P"
}
fail() { echo "bench: $*" >&2; exit 1; }
ns() { ip netns exec "$P-$1" "${@:2}"; }

# host NAMESPACE DEVICE-AT-THE-SWITCH NUMBER [NAMESPACE-OF-THE-SWITCH]
host() {
  ip netns add "$P-$1" || fail "cannot make a network namespace"
  ns "$1" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
  local at=()
  [ -n "${4:-}" ] && at=(ip netns exec "$P-$4")
  "${at[@]}" ip link add "$2" type veth peer name eth0 netns "$P-$1"
  ns "$1" ip link set eth0 address "02:00:00:00:00:0$3"
  ns "$1" ip addr add "10.99.0.$3/24" dev eth0
  ns "$1" ip link set eth0 up
  "${at[@]}" ip link set "$2" up
  "${at[@]}" ethtool -K "$2" gro on >/dev/null 2>&1 # the generator's frames need the other end to poll
}

tcp() { # tcp SERVER CLIENT STREAMS: Gbit/s
  ns "$1" timeout $((seconds + 5)) iperf3 -s -1 >/dev/null 2>&1 &
  local server=$!
  for _ in $(seq 100); do ns "$1" ss -ltn | grep -q :5201 && break; sleep 0.05; done
  ns "$2" iperf3 -J -c 10.99.0.2 -A 0,1 -t "$seconds" -P "$3" >"$work/iperf.json"
  wait "$server"
  python3 -c 'import json,sys; print("%.2f" % (json.load(open(sys.argv[1]))["end"]["sum_received"]["bits_per_second"] / 1e9))' "$work/iperf.json"
}

row() { # row NAME OURS BRIDGE
  python3 -c 'import statistics, sys
o, b = ([float(x) for x in a.split()] for a in sys.argv[2:4])
r = sorted(x / y for x, y in zip(o, b))
print("%-34s %8.3f %8.3f   ratio %.2f (%.2f to %.2f)" % (sys.argv[1], statistics.median(o), statistics.median(b), statistics.median(r), r[0], r[-1]))' "$@"
}

[ "$(id -u)" = 0 ] || fail "needs root: namespaces and eBPF"
make -s -C "$tools" vnet-traffic traffic.bpf.o || fail "the traffic generator did not build; apt-get install gcc clang libbpf-dev"
host a "${P}a" 1
host b "${P}b" 2
ip netns add "$P-xh"
ns xh sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
ns xh sysctl -qw net.bridge.bridge-nf-call-iptables=0 net.bridge.bridge-nf-call-ip6tables=0 net.bridge.bridge-nf-call-arptables=0 2>/dev/null
host xa pa 1 xh
host xb pb 2 xh
ns xh ip link add br0 type bridge stp_state 0
for p in pa pb; do ns xh ip link set "$p" master br0; done
ns xh ip link set br0 up
"$here/vnet" up --daemon --name "$P" --datapath ebpf >/dev/null || fail "the host did not start"
"$here/vnet" sh --name "$P" "switch:create sw1; port:add sw1 a --netdev ${P}a; port:add sw1 b --netdev ${P}b" >/dev/null || fail "the switch was not made"
ns a ping -q -c 3 -i 0.05 10.99.0.2 >/dev/null || fail "no connection through the switch"
ns xa ping -q -c 3 -i 0.05 10.99.0.2 >/dev/null || fail "no connection through the bridge"

printf '%-34s %8s %8s   (%s interleaved rounds: medians, range of the ratio)\n' "$(nproc) CPUs, Linux $(uname -r | cut -d- -f1)" vNetwork bridge "$rounds"
for streams in 1 4; do
  ours='' bridge=''
  for _ in $(seq "$rounds"); do
    ours+=" $(tcp b a "$streams")"
    bridge+=" $(tcp xb xa "$streams")"
  done
  row "TCP, $streams stream(s), Gbit/s" "$ours" "$bridge"
done
small() { (cd "$tools" && ./vnet-traffic "$P-$1" eth0 "$P-$2" eth0 02:00:00:00:00:02 1 1); }
ours='' bridge=''
for _ in $(seq "$rounds"); do
  # The generator's frames are of its own source: the first one is decided, the rest are the kernel's.
  ours+=" $(small b a)"
  bridge+=" $(small xb xa)"
done
row "64 octets, 1 flow, Mpps per core" "$ours" "$bridge"
