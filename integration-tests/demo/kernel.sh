# The demo's story on the eBPF datapath: three network namespaces with real TCP/IP stacks. Read by demo.sh.
# web1 and web2 are in VLAN 10, db1 is in VLAN 20; all three have addresses of one IP network, so that only the VLAN stands between them.
stations=(web1 web2 db1)
vlans=(10 10 20)
address() { case $1 in web1) echo 10.0.0.1;; web2) echo 10.0.0.2;; db1) echo 10.0.0.3;; esac; }
inside() { ip netns exec "$name-$1" "${@:2}"; } # inside STATION COMMAND...: runs it in the station's namespace
# behind STATION FILE COMMAND...: the same in the background, as process $helper with its output in a file.
behind() {
  ip netns exec "$name-$1" "${@:3}" >"$2" 2>&1 & # not by way of inside: then $! would be a shell between
  helper=$!
  helpers+=("$helper")
}
device() { echo "vd$$-$1"; }                    # the switch's end of a station's cable

story() {
  stations_and_switch
  ping_in_and_across
  iperf
  flows_and_trace
  swap_under_ping
  kill_under_iperf
  restart_under_ping
}

stations_and_switch() {
  local i station
  step "Three network namespaces, each on a veth cable, and a switch with two VLANs"
  for i in 0 1 2; do
    station=${stations[i]}
    make_station "$station" "02:00:00:00:00:0$((i + 1))" || fail "namespace $station cannot be made"
    note "namespace $station: eth0 02:00:00:00:00:0$((i + 1)), $(address "$station")/24; the cable's other end is $(device "$station")"
  done
  console "switch:create sw1"
  for i in 0 1 2; do console "port:add sw1 ${stations[i]} --netdev $(device "${stations[i]}") --access ${vlans[i]}"; done
  # The tap that frames come up by outlives a killed host; noted here for the clean-up.
  taps=$(sed -n 's/^iff:[[:space:]]*//p' /proc/"$pid"/fdinfo/* 2>/dev/null | sort -u)
}
make_station() {
  ip netns add "$name-$1" &&
    inside "$1" sh -c 'echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6' && # less talk on the wire
    ip link add "$(device "$1")" type veth peer name eth0 address "$2" netns "$name-$1" &&
    ip link set "$(device "$1")" up &&
    inside "$1" ip addr add "$(address "$1")/24" dev eth0 &&
    inside "$1" ip link set eth0 up
}

# ping_once FROM TO: three pings; their summary in $answer.
ping_once() {
  typed "ip netns exec $1 ping -c 3 -i 0.2 $(address "$2")"
  answer=$(inside "$1" ping -c 3 -i 0.2 -W 1 -q "$(address "$2")" 2>&1 | grep -E 'transmitted|rtt')
  shown <<<"$answer"
}
ping_in_and_across() {
  step "Inside VLAN 10 ping works"
  ping_once web1 web2
  expect ' 3 received' "web1 does not reach web2"
  step "Across VLANs it does not"
  ping_once web1 db1
  expect ' 0 received' "web1 reaches db1, which is in another VLAN"
}

iperf() {
  step "TCP from web1 to web2, in the kernel"
  serve web2
  typed "ip netns exec web1 iperf3 -c $(address web2) -t 2"
  answer=$(inside web1 timeout 20 iperf3 -c "$(address web2)" -t 2 -i 0 -f g 2>&1) || fail "iperf3: $answer"
  grep receiver <<<"$answer" | shown
  expect 'receiver' "iperf3 tells no result"
  ask "port:list sw1"
  local received upcalls
  received=$(column web1 4) upcalls=$(column web1 1)
  note "frames received from web1: $received; of these, Java was asked about $upcalls"
  [ "$received" -gt 1000 ] && [ "$upcalls" -lt $((received / 100)) ] || fail "the frames did not stay in the kernel"
}
# serve STATION: an iperf3 server there for one client; returns when it listens.
serve() {
  behind "$1" /dev/null iperf3 -s -1
  await 10 "iperf3 does not listen" listens "$1"
}
listens() { inside "$1" cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | grep -qi ':1451 .* 0A '; } # port 5201, LISTEN

flows_and_trace() {
  step "What the kernel was told: recorded decisions, each with its mask"
  console "flow:list sw1"
  local id; id=$(awk '/in=web1.*eth_dst=02:00:00:00:00:02/ { print $1; exit }' <<<"$answer")
  [ -n "$id" ] || fail "no flow from web1 to web2: $answer"
  step "One of them: the fields that were read are its mask, the rows that were read are what it depends on"
  console "flow:show sw1 $id"
  expect 'fdb/1\[vlan=10,mac=02:00:00:00:00:02\]' "the flow does not depend on the row of its destination"
  expect '^actions  *output web2$' "the flow does not go to web2"
  step "Why: one packet's way through the pipeline"
  console "flow:trace sw1 --in web1 'eth(src=02:00:00:00:00:01,dst=02:00:00:00:00:02) ipv4(src=10.0.0.1,dst=10.0.0.2) tcp(dst=80)'"
  expect "flow $id matches" "the trace names another flow"
  step "The FDB that the engine learnt"
  console "table:show sw1 fdb"
  expect '10 +02:00:00:00:00:01 +web1 ' "web1 is not in the FDB"
  expect '10 +02:00:00:00:00:02 +web2 ' "web2 is not in the FDB"
}

# A ping every millisecond from web1 to web2, in the background: begin_pings, then end_pings, which sets sent and lost.
begin_pings() {
  typed "ip netns exec web1 ping -i 0.001 $(address web2) &"
  : >"$scratch/pings"
  behind web1 "$scratch/pings" stdbuf -oL ping -n -i 0.001 -c 60000 "$(address web2)"
  pinger=$helper
  more_replies
}
replies() { grep -c 'icmp_seq=' "$scratch/pings"; }
more_replies() { await 20 "the pings get no answer any more" has_replies $(($(replies) + 200)); }
has_replies() { [ "$(replies)" -ge "$1" ]; }
# Counted up to the last answered one: what was under way when ping was stopped is not lost.
end_pings() {
  more_replies
  kill -INT "$pinger" && wait "$pinger"
  grep -q 'packets transmitted' "$scratch/pings" || fail "ping did not end as it should: $(tail -n 1 "$scratch/pings")"
  sent=$(sed -n 's/.*icmp_seq=\([0-9]*\) .*/\1/p' "$scratch/pings" | sort -n | tail -n 1)
  lost=$((sent - $(sed -n 's/.*icmp_seq=\([0-9]*\) .*/\1/p' "$scratch/pings" | sort -nu | wc -l)))
  note "lost / sent: $lost / $sent"
}

swap_under_ping() {
  local before
  step "Another engine, and back, under a ping every millisecond"
  note "db1's port is to carry VLAN 10 too, tagged, so that flooding has somewhere to go."
  console "port:set sw1 db1 --trunk 10,20 --native 20"
  begin_pings
  ask "port:list sw1"; before=$(column db1 3)
  console "engine:swap sw1 flood"
  more_replies
  ask "port:list sw1"
  note "frames sent to db1 meanwhile: $(($(column db1 3) - before))"
  [ "$(column db1 3)" -ge $((before + 200)) ] || fail "the engine flood does not flood"
  console "engine:swap sw1 learning"
  ask "port:list sw1"; before=$(column db1 3)
  end_pings
  [ "$lost" = 0 ] || fail "swapping engines lost $lost frames"
  ask "port:list sw1"
  [ "$(column db1 3)" -lt $((before + 200)) ] || fail "the engine learning floods"
  console "port:set sw1 db1 --access 20"
}

# Bytes per second in iperf3's intervals FIRST to LAST, on average.
rate() { intervals | awk -v first="$1" -v last="$2" 'NR >= first && NR <= last { sum += $1; n++ } END { printf "%.0f", n ? sum / n * 1e6 : 0 }'; }
intervals() { awk '/- - - -/ { exit } /sec .*MBytes\/sec/ { for (i = 2; i <= NF; i++) if ($i == "MBytes/sec") print $(i - 1) }' "$scratch/iperf"; }
has_intervals() { [ "$(intervals | wc -l)" -ge "$1" ]; }
kill_under_iperf() {
  local transfer at
  step "The host's process is killed while TCP runs"
  serve web2
  typed "ip netns exec web1 iperf3 -c $(address web2) -t 6 &"
  : >"$scratch/iperf"
  behind web1 "$scratch/iperf" iperf3 -c "$(address web2)" -t 6 -i 0.5 -f M --forceflush
  transfer=$helper
  await 20 "iperf3 does not start" has_intervals 3
  kill_host
  at=$(intervals | wc -l) # the next interval is the one of the kill
  await 20 "the transfer stands still: $(intervals | tail -n 1) MBytes/s" has_ended "$transfer"
  wait "$transfer" || fail "the transfer broke: $(tail -n 1 "$scratch/iperf")"
  note "bytes/s before: $(rate 1 3), after: $(rate $((at + 2)) 99)"
  [ "$(intervals | tail -n +$((at + 2)) | wc -l)" -ge 2 ] || fail "the transfer was over too early to tell"
  ! intervals | tail -n +$((at + 2)) | grep -qx '0\(\.0*\)\?' || fail "the transfer stood still after the kill"
  ! "$vnet" sh --name "$name" host:status >/dev/null 2>&1 || fail "the killed host still answers"
}

restart_under_ping() {
  step "A new process takes over"
  begin_pings
  start_host
  end_pings
  console "port:list sw1"
  [ "$(grep -c ' up  ' <<<"$answer")" = 3 ] || fail "the ports did not come back"
  console "table:show sw1 fdb"
  expect '10 +02:00:00:00:00:02 +web2 ' "the new process did not learn web2"
  step "And the VLANs still hold"
  ping_once web1 web2
  expect ' 3 received' "web1 does not reach web2"
  ping_once web1 db1
  expect ' 0 received' "web1 reaches db1, which is in another VLAN"
}

clean_up_story() {
  local station device
  for station in "${stations[@]}"; do
    ip link del "$(device "$station")"
    ip netns del "$name-$station"
  done
  # What a killed host left in the kernel, when the demo ended before the next one took over.
  for device in ${taps:-}; do ip link del "$device"; done
  [ ! -d "/sys/fs/bpf/vnetwork/$name" ] || { rm -r "/sys/fs/bpf/vnetwork/$name"; rmdir /sys/fs/bpf/vnetwork; }
}
