# The demo's story on the eBPF datapath: three network namespaces with real TCP/IP stacks. Read by demo.sh.
. "$here/demo/stations.sh"
interval=0.001 every="millisecond" often=200
in_words() { echo "ip netns exec $1 $2"; }
within() { ip netns exec "$name-$1" "${@:2}"; }
inside() { within "$1" sh -c "$2"; }
# behind STATION FILE COMMAND...: in the background, as process $helper with its output in a file.
behind() {
  ip netns exec "$name-$1" "${@:3}" >"$2" 2>&1 & # not by way of within: then $! would be a shell between
  helper=$!
  helpers+=("$helper")
}
begin_pinging() {
  : >"$scratch/pings"
  behind web1 "$scratch/pings" stdbuf -oL ping -n -i $interval -c 60000 "$(address web2)"
  pinger=$helper
}
pings() { sh -c "$1" <"$scratch/pings"; }
end_pinging() {
  kill -INT "$pinger" && wait "$pinger"
  grep -q 'packets transmitted' "$scratch/pings" || fail "ping did not end as it should: $(tail -n 1 "$scratch/pings")"
}
device() { echo "vd$$-$1"; }                    # the switch's end of a station's cable

story() {
  stations_and_switch
  ping_in_and_across
  iperf
  flows_and_trace "the kernel"
  swap_under_ping
  kill_under_iperf
  restart_under_ping
}

stations_and_switch() {
  local i station
  step "Three network namespaces, each on a veth cable, and a switch with two VLANs"
  for i in 0 1 2; do
    station=${stations[i]}
    make_station "$station" "$(mac "$station")" || fail "namespace $station cannot be made"
    note "namespace $station: eth0 $(mac "$station"), $(address "$station")/24; the cable's other end is $(device "$station")"
  done
  console "switch:create sw1"
  for i in 0 1 2; do console "port:add sw1 ${stations[i]} --netdev $(device "${stations[i]}") --access ${vlans[i]}"; done
  # The tap that frames come up by outlives a killed host; noted here for the clean-up.
  taps=$(sed -n 's/^iff:[[:space:]]*//p' /proc/"$pid"/fdinfo/* 2>/dev/null | sort -u)
}
make_station() {
  ip netns add "$name-$1" &&
    inside "$1" 'echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6' && # less talk on the wire
    ip link add "$(device "$1")" type veth peer name eth0 address "$2" netns "$name-$1" &&
    ip link set "$(device "$1")" up &&
    within "$1" ip addr add "$(address "$1")/24" dev eth0 &&
    within "$1" ip link set eth0 up
}

iperf() {
  step "TCP from web1 to web2, in the kernel"
  serve web2
  typed "ip netns exec web1 iperf3 -c $(address web2) -t 2"
  answer=$(within web1 timeout 20 iperf3 -c "$(address web2)" -t 2 -i 0 -f g 2>&1) || fail "iperf3: $answer"
  grep receiver <<<"$answer" | shown
  expect 'receiver' "iperf3 tells no result"
  few_upcalls 1000 "the kernel"
}
# serve STATION: an iperf3 server there for one client; returns when it listens.
serve() {
  behind "$1" /dev/null iperf3 -s -1
  await 10 "iperf3 does not listen" listens "$1"
}
listens() { within "$1" cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | grep -qi ':1451 .* 0A '; } # port 5201, LISTEN

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
  three_ports_are_up || fail "the ports did not come back"
  console "table:show sw1 fdb"
  expect '10 +02:00:00:00:00:02 +web2 ' "the new process did not learn web2"
  step "And the VLANs still hold"
  vlan_is_joined
  vlans_are_apart
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
