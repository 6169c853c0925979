# What the demo shows of stations with real TCP/IP stacks, whatever they are. Read by the stories, which say how a station is reached:
# stations_are what they are; interval, every seconds between pings, in figures and in words, and often, how many are enough;
# in_words STATION COMMAND what would be typed; inside STATION COMMAND runs a shell command there; begin_pinging, pings COMMAND (a shell command
# that reads what ping has printed so far), end_pinging.
# web1 and web2 are in VLAN 10, db1 is in VLAN 20; all three have addresses of one IP network, so that only the VLAN stands between them.
stations=(web1 web2 db1)
vlans=(10 10 20)
address() { case $1 in web1) echo 10.0.0.1;; web2) echo 10.0.0.2;; db1) echo 10.0.0.3;; esac; }
mac() { case $1 in web1) echo 02:00:00:00:00:01;; web2) echo 02:00:00:00:00:02;; db1) echo 02:00:00:00:00:03;; esac; }

# ping_once FROM TO: three pings; their summary in $answer.
ping_once() {
  typed "$(in_words "$1" "ping -c 3 -i 0.2 $(address "$2")")"
  answer=$(inside "$1" "ping -c 3 -i 0.2 -W 1 -q $(address "$2")" 2>&1 | grep -E 'transmitted|rtt|round-trip')
  shown <<<"$answer"
}
vlan_is_joined() { ping_once web1 web2; expect ' 3 (packets )?received' "web1 does not reach web2"; }
vlans_are_apart() { ping_once web1 db1; expect ' 0 (packets )?received' "web1 reaches db1, which is in another VLAN"; }
ping_in_and_across() {
  step "Inside VLAN 10 ping works"
  vlan_is_joined
  step "Across VLANs it does not"
  vlans_are_apart
}

# few_upcalls LEAST WHERE: of the frames from web1, at least so many, few came up to Java.
few_upcalls() {
  ask "port:list sw1"
  local received upcalls
  received=$(column web1 4) upcalls=$(column web1 1)
  note "frames received from web1: $received; of these, Java code was asked about $upcalls"
  [ "$received" -gt "$1" ] && [ "$upcalls" -lt $((received / 20)) ] || fail "the frames did not stay in $2"
}

flows_and_trace() { # flows_and_trace WHO: what the flows are in
  step "What $1 was told: recorded decisions, each with its mask"
  console "flow:list sw1"
  local id; id=$(awk "/in=web1.*eth_dst=$(mac web2)/ { print \$1; exit }" <<<"$answer")
  [ -n "$id" ] || fail "no flow from web1 to web2: $answer"
  step "One of them: the fields that were read are its mask, the rows that were read are what it depends on"
  console "flow:show sw1 $id"
  expect "fdb/1\[vlan=10,mac=$(mac web2)\]" "the flow does not depend on the row of its destination"
  expect '^actions  *output web2$' "the flow does not go to web2"
  step "Why: one packet's way through the pipeline"
  console "flow:trace sw1 --in web1 'eth(src=$(mac web1),dst=$(mac web2)) ipv4(src=10.0.0.1,dst=10.0.0.2) tcp(dst=80)'"
  expect "flow $id matches" "the trace names another flow"
  step "The FDB that the engine learnt"
  console "table:show sw1 fdb"
  expect "10 +$(mac web1) +web1 " "web1 is not in the FDB"
  expect "10 +$(mac web2) +web2 " "web2 is not in the FDB"
}

# Pings from web1 to web2 in the background: begin_pings, then end_pings, which sets sent and lost.
begin_pings() {
  typed "$(in_words web1 "ping -i $interval $(address web2) &")"
  begin_pinging
  more_replies
}
replies() { pings 'grep -c seq='; }
more_replies() { await 20 "the pings get no answer any more" has_replies $(($(replies) + often)); }
has_replies() { [ "$(replies)" -ge "$1" ] 2>/dev/null; }
# Counted from the first to the last answered one: what was under way when ping was stopped is not lost.
end_pings() {
  more_replies
  end_pinging
  read -r sent lost < <(pings 'sed -n "s/.*seq=\([0-9]*\) .*/\1/p" | sort -nu | awk "{ if (!n++) first = \$1; last = \$1 } END { print last - first + 1, last - first + 1 - n }"')
  [ -n "$lost" ] || fail "what ping printed cannot be read"
  note "lost / sent: $lost / $sent"
}

swap_under_ping() {
  local before
  step "Another engine, and back, under a ping every $every"
  note "db1's port is to carry VLAN 10 too, tagged, so that flooding has somewhere to go."
  console "port:set sw1 db1 --trunk 10,20 --native 20"
  begin_pings
  ask "port:list sw1"; before=$(column db1 3)
  console "engine:swap sw1 flood"
  more_replies
  ask "port:list sw1"
  note "frames sent to db1 meanwhile: $(($(column db1 3) - before))"
  [ "$(column db1 3)" -ge $((before + often)) ] || fail "the engine flood does not flood"
  console "engine:swap sw1 learning"
  ask "port:list sw1"; before=$(column db1 3)
  end_pings
  [ "$lost" = 0 ] || fail "swapping engines lost $lost frames"
  ask "port:list sw1"
  [ "$(column db1 3)" -lt $((before + often)) ] || fail "the engine learning floods"
  console "port:set sw1 db1 --access 20"
}
three_ports_are_up() { ask "port:list sw1"; [ "$(grep -c ' up  ' <<<"$answer")" = 3 ]; }
