#!/bin/bash
# SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
# Real frames through the program: three hosts on one switch, a tagged trunk, an upcall tap; beside it the same on a Linux
# bridge. `test` checks behaviour, `setup` leaves everything standing (remove it with `clean`).
set -u
cd "$(dirname "$0")"
P=${VNET_PREFIX:-vn$$}   # prefix of everything we create
[ "${1:-}" = clean ] && P=$2
RUN=/tmp/vnet-$P
failed=0

ns() { ip netns exec "$P-$1" "${@:2}"; }
sw() { ns h ./vnet-tool "$RUN/bpf/s" "$@"; }
mac() { ns "$1" cat /sys/class/net/eth0/address; }
now_mac() { echo "02:00:00:00:00:$1"; }

clean() {
    for n in h a b c xh xa xb xc; do ip netns del "$P-$n" 2>/dev/null; done
    mountpoint -q "$RUN/bpf" && umount "$RUN/bpf"
    rm -rf "$RUN"
}

host() { # host <switch namespace> <namespace> <device at the switch> <number>
    ip netns add "$P-$2"
    ns "$2" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
    ns "$1" ip link add "$3" type veth peer name eth0 netns "$P-$2"
    ns "$2" ip link set eth0 address "$(now_mac "0$4")"
    ns "$2" ip addr add "10.99.0.$4/24" dev eth0
    ns "$2" ip link set lo up
    ns "$2" ip link set eth0 up
    ns "$1" ip link set "$3" up
}

switch_namespace() {
    ip netns add "$P-$1"
    ns "$1" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
    ns "$1" sysctl -qw net.bridge.bridge-nf-call-iptables=0 net.bridge.bridge-nf-call-ip6tables=0 net.bridge.bridge-nf-call-arptables=0 2>/dev/null
    ns "$1" ip link set lo up
}

setup() {
    mkdir -p "$RUN/bpf"
    mount -t bpf bpf "$RUN/bpf"
    mkdir "$RUN/bpf/s"
    switch_namespace h
    host h a pa 1; host h b pb 2; host h c pc 3
    ns h ip link add t0 type veth peer name t1      # the trunk: ports 4 and 5, joined by a cable
    ns h ip link set t0 up; ns h ip link set t1 up
    sw load ../vnet.bpf.o
    sw tap up0
    sw port 1 pa peer "$(mac a)"; sw port 2 pb peer "$(mac b)"; sw port 3 pc peer "$(mac c)"
    sw port 4 t0; sw port 5 t1
    flows_direct
}

flows_direct() {
    sw flow 1 "$(mac b)" output:2 >"$RUN/slot12"
    sw flow 2 "$(mac a)" output:1 >"$RUN/slot21"
    sw flow 1 broadcast output:2 output:3 >/dev/null
    sw flow 2 broadcast output:1 output:3 >/dev/null
    sw flow 5 "$(mac b)" pop output:2 >/dev/null    # from the trunk, tagged
    sw flow 4 "$(mac a)" pop output:1 >/dev/null
}

bridge() {
    switch_namespace xh
    host xh xa pa 1; host xh xb pb 2; host xh xc pc 3
    ns xh ip link add br0 type bridge stp_state 0
    for p in pa pb pc; do ns xh ip link set "$p" master br0; done
    ns xh ip link set br0 up
}

check() { # check <name> <command...>
    if "${@:2}" >"$RUN/out" 2>&1; then echo "ok     $1"; else echo "FAILED $1"; sed 's/^/       /' "$RUN/out" | tail -5; failed=1; fi
}

iperf() { # iperf <server> <client> <seconds> <client options>: Gbit/s
    ns "$1" timeout $(($3 + 5)) iperf3 -s -1 >/dev/null 2>&1 &
    local server=$!
    for _ in $(seq 50); do ns "$1" ss -ltn | grep -q 5201 && break; sleep 0.05; done
    ns "$2" iperf3 -J -c 10.99.0.2 -A 0,1 -t "$3" "${@:4}" >"$RUN/iperf.json"
    wait $server
    python3 -c 'import json,sys; print("%.2f" % (json.load(open(sys.argv[1]))["end"]["sum_received"]["bits_per_second"] / 1e9))' "$RUN/iperf.json"
}

# What the tests need of packet sockets and taps: send <hex> [count] | receive <seconds> | guest <tap> <hex|superframe>
cat_python() { cat <<'PY'
import fcntl, os, socket, struct, sys, time
TYPES = {0: "host", 1: "broadcast", 2: "multicast", 3: "otherhost"}
command = sys.argv[1]
if command == "send":
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    s.bind(("eth0", 0))
    for _ in range(int(sys.argv[3]) if len(sys.argv) > 3 else 1):
        s.send(bytes.fromhex(sys.argv[2]))
elif command == "receive":
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    s.bind(("eth0", 3))
    s.setsockopt(263, 8, 1)  # SOL_PACKET, PACKET_AUXDATA
    s.settimeout(float(sys.argv[2]))
    print("ready", flush=True)
    try:
        while True:
            data, extra, _, address = s.recvmsg(70000, 200)
            if address[2] == 4:
                continue
            status, _, _, _, _, tci, tpid = struct.unpack("IIIHHHH", extra[0][2])
            tag = "%04x:%04x" % (tpid, tci) if status & 16 else "-"
            print(TYPES[address[2]], "tag", tag, "size", len(data), data[:64].hex(), flush=True)
    except socket.timeout:
        pass
elif command == "guest":
    fd = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(fd, 0x400454CA, struct.pack("16sH22x", sys.argv[2].encode(), 0x5002))  # TUNSETIFF, TAP | NO_PI | VNET_HDR
    if len(sys.argv) < 4:  # stay, so that the port has a link
        print("ready", flush=True)
        time.sleep(60)
    header, frame = bytes(10), sys.argv[3]
    if frame == "superframe":  # 30,000 bytes of TCP in segments of 1,000 with the checksum left to us
        tcp = struct.pack(">HHIIHHHH", 1, 2, 1, 1, 0x5010, 1000, 0, 0) + bytes(30000)
        ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(tcp), 1, 0, 64, 6, 0, bytes([10, 99, 0, 9]), bytes([10, 99, 0, 2]))
        frame = "0200000000020200000000090800" + (ip + tcp).hex()
        header = struct.pack("<BBHHHH", 1, 1, 54, 1000, 34, 16)
    os.write(fd, header + bytes.fromhex(frame))
PY
}
py() { ns "$1" python3 "$RUN/frames.py" "${@:2}"; }

# during <namespace> <seconds> <command...>: what the namespace receives while the command runs, in $RUN/received
during() {
    : >"$RUN/received"
    py "$1" receive "$2" >"$RUN/received" &
    local reader=$!
    for _ in $(seq 100); do grep -q ready "$RUN/received" && break; sleep 0.05; done
    "${@:3}" >/dev/null
    wait $reader
}
upcalls_during() { # the same for the tap
    ns h ./vnet-tool "$RUN/bpf/s" upcalls up0 "$1" >"$RUN/upcalls" &
    local reader=$!
    sleep 0.3
    "${@:2}" >/dev/null
    wait $reader
}
received() { grep -Eq "$1" "$RUN/received" || { echo "expected $1 in:"; cat "$RUN/received"; return 1; }; }
went_up() { grep -Eq "$1" "$RUN/upcalls" || { echo "expected $1 in:"; head -5 "$RUN/upcalls"; return 1; }; }
stat() { sw stats | sed -n "s/^port $1 .*\b$2 \([0-9]*\)\( $3\)\?.*/\1/p"; }   # stat <port> <word before> [<word after>]
field() { sw stats | grep "^port $1 " | grep -oE "$2" | grep -oE '[0-9]+' | head -1; }
equal() { [ "$1" = "$2" ] || { echo "$1 (expected: $2)"; return 1; }; }
balanced() { ! sw stats | grep -q NOT; }

F=020000000002020000000001      # from A to B
IP=080045000028000140004006$(printf '0000')0a6300010a6300029c4001bb0000000100000002501803e800000000000000000000

run_tests() {
    setup
    cat_python >"$RUN/frames.py"
    local slot hairpin n

    check "three hosts resolve and ping" ns a ping -q -c 20 -i 0.02 -W 1 10.99.0.2
    check "the books balance" balanced

    slot=$(cat "$RUN/slot12")
    during b 0.5 py a send $F$IP
    check "a frame for the peer arrives by bpf_redirect_peer" received "^host tag - size 60 $F$IP"
    n=$(field 2 '[0-9]+ by peer')
    sw flow 1 02:00:00:00:00:77 output:2 >/dev/null
    during b 0.5 py a send 020000000077020000000001$IP
    check "an unknown unicast stays marked as another's" received "^otherhost .* 020000000077"
    check "and does not go by bpf_redirect_peer" equal "$(field 2 '[0-9]+ by peer')" "$n"
    sw set 2 peer 02:00:00:00:00:77
    during b 0.5 py a send 020000000077020000000001$IP
    check "NB: by bpf_redirect_peer it would look like the host's own" received "^host .* 020000000077"
    sw set 2 peer "$(mac b)"

    during b 0.5 py a send ${F}8100a064$IP
    check "a tag arrives beside the frame, through the peer" received "^host tag 8100:a064 size 60"
    during b 0.5 py a send ${F}88a800058100a064$IP
    check "two tags arrive, the outer one beside the frame" received "^host tag 88a8:0005 size 64 ${F}8100a064"
    during c 0.5 py a send ffffffffffff0200000000018100a064$IP
    check "a flooded frame keeps its tag" received "^broadcast tag 8100:a064 size 60"

    hairpin=$(sw flow 1 02:00:00:00:00:55 dst:02:00:00:00:00:01 src:02:00:00:00:00:55 output:1)
    during a 0.5 py a send 020000000055020000000001$IP
    check "an output to the ingress port comes back (hairpin)" received "^host .* 020000000001020000000055"

    upcalls_during 1.5 py a send 020000000066020000000001$IP
    check "a miss goes up with its prefix" went_up "^port 1 slot -1 generation 0 reason 0 tag 0000:0000 size 60 .* 020000000066020000000001"
    upcalls_during 1.5 py a send 0200000000660200000000018100a064$IP
    check "a tag comes up inside the prefix" went_up "^port 1 .* tag 8100:a064 size 60 .* 02000000006602000000000108004500"
    upcalls_during 1.5 py a send 02000000006602000000000188a800058100a064$IP
    check "of two tags the outer one comes up inside the prefix" went_up "^port 1 .* tag 88a8:0005 size 64 .* 0200000000660200000000018100a064"

    sw replace "$slot" inspect:7 output:2
    upcalls_during 1.5 iperf b a 1
    check "superframes come up whole, checksum and segments pending" went_up "reason 7 tag 0000:0000 size 6[0-9]{4} gso 1/1448 header [0-9]+ csum 1@34"
    sw replace "$slot" push:100 push:5:0x88a8 inspect:8 pop pop output:2
    upcalls_during 1.5 iperf b a 1
    check "superframes with two tags too" went_up "reason 8 tag 88a8:0005 size 6[0-9]{4} gso 1/1448 header [0-9]+ csum 1@38 .*8100006408004500"
    check "the books balance" balanced

    sw replace "$slot" push:100 output:4
    during b 0.5 py a send $F$IP
    check "push, trunk, pop delivers the frame as it was" received "^host tag - size 60 $F$IP"
    check "TCP runs over the tagged trunk" test -n "$(iperf b a 1 | grep -v '^0')"
    sw replace "$slot" dscp:46 output:2
    during b 0.5 py a send $F$IP
    check "DSCP is set" received "$F""080045b8"
    check "TCP runs with DSCP set, so checksums are right" test -n "$(iperf b a 1 | grep -v '^0')"
    sw replace "$slot" output:2

    sw set 2 down
    n=$(sw stats | sed -n 's/  drops 4: //p')
    py a send $F$IP 5
    check "outputs to a port that is not UP are dropped and counted" equal "$(sw stats | sed -n 's/  drops 4: //p')" $((${n:-0} + 5))
    sw set 2 up
    n=$(sw stats | sed -n 's/  drops 6: //p')
    ns h ip link set pb down
    py a send ffffffffffff020000000001$IP 5
    ns h ip link set pb up
    check "copies to a device that is down are dropped and counted" equal "$(sw stats | sed -n 's/  drops 6: //p')" $((${n:-0} + 5))
    sw set 2 mtu 100
    py a send $F$IP 1
    py a send "$F$IP$(printf '00%.0s' $(seq 100))"
    check "what is longer than the mtu is dropped and counted" equal "$(sw stats | sed -n 's/  drops 9: //p')" 1
    sw set 2 mtu 0

    # A guest: a tap port. Its link is up while someone holds it.
    ns h ip tuntap add g0 mode tap vnet_hdr
    ns h ip link set g0 up
    sw port 6 g0
    sw flow 6 "$(mac b)" output:2 >/dev/null
    during b 0.5 py h guest g0 ${F}8100a064$IP
    check "a guest's tag arrives beside the frame" received "^host tag 8100:a064 size 60"
    during b 0.5 py h guest g0 superframe
    check "a guest's superframe arrives whole" received "^host tag - size 30054"
    check "and counts as 30 frames" equal "$(field 6 'rx [0-9]+')" 31
    check "of 54 + 1000 bytes" equal "$(field 6 'frames [0-9]+')" $((30 * 1054 + 64))

    for p in 1:pa 3:pc 6:g0; do
        check "port ${p%:*}: skbs equal the kernel's rx_packets" equal "$(sw stats | sed -n "s/^port ${p%:*} rx .* bytes \([0-9]*\) skbs, tx.*/\1/p")" \
            "$(ns h cat "/sys/class/net/${p#*:}/statistics/rx_packets")"
    done
    check "the books balance" balanced
}

case "${1:-}" in
test) trap clean EXIT; run_tests; exit $failed ;;
setup) setup; bridge; cat_python >"$RUN/frames.py"; echo "$P" ;;
clean) clean ;;
*) echo "usage: namespaces.sh test | setup | clean <prefix>"; exit 2 ;;
esac
