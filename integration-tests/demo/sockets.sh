# The demo's story on the user datapath: ports are sockets, and nothing needs root. Read by demo.sh, behind guests.sh or spaces.sh, which make the stations.
. "$here/demo/stations.sh"
interval=0.01 every="hundredth of a second" often=100

story() {
  step "A switch with two VLANs, and three ${stations_are}"
  console "switch:create sw1 --datapath user"
  make_stations
  await 30 "the ports do not come up: $answer" three_ports_are_up
  ping_in_and_across
  copy
  flows_and_trace "the flow cache"
  swap_under_ping
  kill_and_restart
}

copy() {
  step "Eight megabytes by TCP from web2 to web1"
  local began=${EPOCHREALTIME/[.,]/} took
  copy_from_web2
  took=$((${EPOCHREALTIME/[.,]/} - began))
  note "MD5 at web2: $left"
  note "MD5 at web1: $arrived, after $((took / 1000)) ms"
  [[ $arrived =~ ^[0-9a-f]{32}$ ]] && [ "$left" = "$arrived" ] || fail "what arrived is not what was sent"
  few_upcalls 100 "the flow cache"
}

kill_and_restart() {
  step "The host's process is killed: its flows end with it, the ${stations_are} go on"
  begin_pings
  kill_host
  ! "$vnet" sh --name "$name" host:status >/dev/null 2>&1 || fail "the killed host still answers"
  step "A new process takes over, and the ${stations_are} find each other again"
  start_host
  end_pings
  console "port:list sw1"
  three_ports_are_up || fail "the ports did not come back"
  step "And the VLANs still hold"
  vlan_is_joined
  vlans_are_apart
}
