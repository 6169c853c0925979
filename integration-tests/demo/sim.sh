# The demo's story on simulated ports, which need no rights: frames are injected and captured, the clock is warped. Read by demo.sh.
# web1 and web2 are in VLAN 10, db1 is in VLAN 20. What takes real network stacks is told in other words.
web1=02:00:00:00:00:01 web2=02:00:00:00:00:02 db1=02:00:00:00:00:03
request="eth(src=$web1,dst=$web2) ipv4(src=10.0.0.1,dst=10.0.0.2) icmp(type=8)"
reply="eth(src=$web2,dst=$web1) ipv4(src=10.0.0.2,dst=10.0.0.1) icmp(type=0)"
across="eth(src=$web1,dst=$db1) ipv4(src=10.0.0.1,dst=10.0.0.3) icmp(type=8)"

story() {
  step "Three simulated ports, and a switch with two VLANs"
  console "switch:create sw1 --datapath sim"
  console "port:add sw1 web1 --sim --access 10"
  console "port:add sw1 web2 --sim --access 10"
  console "port:add sw1 db1 --sim --access 20"
  ping_in_and_across
  many_frames
  flows_and_trace
  swap_under_traffic
  kill_and_restart
}

# many COUNT COMMAND: the command that often, in one line for the console, without showing it.
many() { ask "$(printf "$2; %.0s" $(seq "$1"))host:status"; }
captured() { ask "packet:capture sw1 $1"; count=$(grep -cE '^ *[0-9]+ ' <<<"$answer"); } # sets count to the frames sent out of a port

ping_in_and_across() {
  step "Inside VLAN 10 a ping arrives, and so does its answer"
  console "packet:inject sw1 web1 '$request'"
  console "packet:capture sw1 web2"
  expect 'icmp\(type=8' "web1 does not reach web2"
  console "packet:inject sw1 web2 '$reply'"
  console "packet:capture sw1 web1"
  expect 'icmp\(type=0' "web2 does not reach web1"
  step "Across VLANs it does not"
  console "packet:inject sw1 web1 '$across'"
  console "packet:capture sw1 db1"
  expect '^none$' "web1 reaches db1, which is in another VLAN"
  console "packet:capture sw1 web2"
  expect "dst=$db1" "unknown unicast was not flooded in its own VLAN"
}

many_frames() {
  local received upcalls
  step "Frames whose kind was decided before meet a flow (iperf3 takes the kernel's datapath)"
  note "200 times packet:inject sw1 web1 '$request'"
  many 200 "packet:inject sw1 web1 '$request'"
  captured web2
  [ "$count" = 200 ] || fail "$count of 200 frames arrived"
  ask "port:list sw1"
  received=$(column web1 4) upcalls=$(column web1 1)
  note "frames received from web1: $received; of these, the engine was asked about $upcalls"
  [ "$received" = 202 ] && [ "$upcalls" -le 5 ] || fail "the frames did not meet a flow"
}

flows_and_trace() {
  local id
  step "The flows: recorded decisions, each with its mask"
  console "flow:list sw1"
  id=$(awk "/in=web1.*eth_dst=$web2/ { print \$1; exit }" <<<"$answer")
  [ -n "$id" ] || fail "no flow from web1 to web2: $answer"
  step "One of them: the fields that were read are its mask, the rows that were read are what it depends on"
  console "flow:show sw1 $id"
  expect "fdb/1\[vlan=10,mac=$web2\]" "the flow does not depend on the row of its destination"
  expect '^actions  *output web2$' "the flow does not go to web2"
  step "Why: one packet's way through the pipeline"
  console "flow:trace sw1 --in web1 '$request'"
  expect "flow $id matches" "the trace names another flow"
  step "The FDB that the engine learnt; a station that is silent for 300 s is forgotten"
  console "table:show sw1 fdb"
  expect "10 +$web1 +web1 " "web1 is not in the FDB"
  expect "10 +$web2 +web2 " "web2 is not in the FDB"
  console "clock:warp sw1 299s"
  console "table:show sw1 fdb"
  expect "10 +$web2 +web2 " "web2 was forgotten early"
  console "clock:warp sw1 5s"
  console "table:show sw1 fdb"
  expect '^none$' "the silent stations are still known"
}

# phase: a hundred pings from web1 to web2; adds to sent and lost, sets flooded to what db1 got of them.
phase() {
  many 100 "packet:inject sw1 web1 '$request'"
  captured web2
  sent=$((sent + 100)) lost=$((lost + 100 - count))
  captured db1
  flooded=$count
  note "100 pings from web1 to web2; at db1 arrived $flooded"
}
swap_under_traffic() {
  step "Another engine, and back, between pings"
  note "db1's port is to carry VLAN 10 too, tagged, so that flooding has somewhere to go."
  console "port:set sw1 db1 --trunk 10,20 --native 20"
  ask "packet:inject sw1 web1 '$request'; packet:inject sw1 web2 '$reply'; packet:capture sw1 web1; packet:capture sw1 web2; packet:capture sw1 db1"
  sent=0 lost=0
  phase
  [ "$flooded" = 0 ] || fail "the engine learning floods"
  console "engine:swap sw1 flood"
  phase
  [ "$flooded" = 100 ] || fail "the engine flood does not flood"
  console "engine:swap sw1 learning"
  phase
  [ "$flooded" = 0 ] || fail "the engine learning floods"
  note "lost / sent: $lost / $sent"
  [ "$lost" = 0 ] || fail "swapping engines lost $lost frames"
  console "port:set sw1 db1 --access 20"
}

kill_and_restart() {
  step "The host's process is killed (in the kernel, flows would go on; simulated ones end with it)"
  kill_host
  ! "$vnet" sh --name "$name" host:status >/dev/null 2>&1 || fail "the killed host still answers"
  step "A new process takes over the configuration"
  start_host
  console "port:list sw1"
  [ "$(grep -c ' up  ' <<<"$answer")" = 3 ] || fail "the ports did not come back"
  step "And the VLANs still hold"
  ask "packet:inject sw1 web2 '$reply'"
  console "packet:inject sw1 web1 '$request'"
  console "packet:capture sw1 web2"
  expect 'icmp\(type=8' "web1 does not reach web2"
  console "packet:inject sw1 web1 '$across'"
  console "packet:capture sw1 db1"
  expect '^none$' "web1 reaches db1, which is in another VLAN"
}
