# Stations that are network namespaces of this user's own: a tap in each, which socat joins to a Unix datagram socket. Read by demo.sh.
stations_are="network namespaces"

# Says what namespaces lack here, if anything.
lacking() {
  local tool missing=()
  for tool in socat unshare nsenter ip ping; do PATH=$PATH:/usr/sbin:/sbin command -v $tool >/dev/null || missing+=($tool); done
  if [ ${#missing[@]} -gt 0 ]; then echo "not installed: ${missing[*]} (apt-get install socat util-linux iproute2 iputils-ping)"
  elif ! unshare -Urn true 2>/dev/null; then echo "unshare: this user may not make namespaces (sysctl user.max_net_namespaces, kernel.unprivileged_userns_clone, kernel.apparmor_restrict_unprivileged_userns)"
  elif ! { : <>/dev/net/tun; } 2>/dev/null; then echo "/dev/net/tun: this user may not open it (as root: chmod 666 /dev/net/tun)"
  else return 1; fi
}
in_words() { echo "nsenter -t \$$1 -U -n --preserve-credentials $2"; }
declare -gA process_of=()
within() { nsenter -t "${process_of[$1]}" -U -n --preserve-credentials "${@:2}"; }
inside() { within "$1" sh -c "$2"; }

make_stations() {
  local i station
  for i in 0 1 2; do
    station=${stations[i]}
    console "port:add sw1 $station --dgram $scratch/$station.port $scratch/$station --access ${vlans[i]}"
    typed "unshare -Urn sh -c 'ip tuntap add eth0 mode tap; ...; socat TUN,tun-name=eth0,... UNIX-SENDTO:...' &"
    # NB: socat ends when its peer is away, which it is while no host runs.
    unshare -Urn setsid sh -c "echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6
      ip tuntap add eth0 mode tap && ip link set lo up && ip link set eth0 address $(mac "$station") up && ip addr add $(address "$station")/24 dev eth0
      while :; do socat TUN,tun-name=eth0,tun-type=tap,iff-no-pi 'UNIX-SENDTO:$scratch/$station.port,bind=$scratch/$station'; sleep 0.1; done" >"$scratch/$station.log" 2>&1 &
    process_of[$station]=$!
  done
}
entry() { echo "-t ${process_of[$1]} -U -n --preserve-credentials"; }
# Not by way of within: then $! would be a shell between.
# shellcheck disable=SC2046 # several words
begin_pinging() {
  : >"$scratch/pings"
  nsenter $(entry web1) stdbuf -oL ping -n -i $interval "$(address web2)" >"$scratch/pings" 2>&1 &
  pinger=$!
  helpers+=("$pinger")
}
pings() { sh -c "$1" <"$scratch/pings"; }
end_pinging() { kill -INT "$pinger" && wait "$pinger"; }
copy_from_web2() {
  head -c 8000000 /dev/urandom >"$scratch/file"
  left=$(md5sum <"$scratch/file" | cut -c 1-32)
  # shellcheck disable=SC2046
  nsenter $(entry web2) socat -u "OPEN:$scratch/file,rdonly" TCP-LISTEN:80 >/dev/null 2>&1 &
  helpers+=($!)
  await 10 "web2 does not listen" inside web2 "grep -q ':0050 .* 0A ' /proc/net/tcp"
  typed "$(in_words web1 "socat -u TCP:10.0.0.2:80 - | md5sum")"
  began=${EPOCHREALTIME/[.,]/}
  arrived=$(inside web1 "timeout 30 socat -u TCP:10.0.0.2:80 - | md5sum | cut -c 1-32")
}
# Each is the leader of a process group: its shell, socat, and what the shell waits for.
clean_up_story() { local process; for process in "${process_of[@]}"; do kill -KILL -- "-$process"; done; }
