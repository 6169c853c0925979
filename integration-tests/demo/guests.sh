# Stations that are QEMU guests with a small Linux, started by ./vnet vm. Read by demo.sh.
stations_are="virtual machines"

# Says what guests lack here, if anything.
lacking() {
  PATH=$PATH:/usr/sbin:/sbin command -v qemu-system-x86_64 >/dev/null || { echo "qemu-system-x86_64 is not installed (apt-get install --no-install-recommends qemu-system-x86)"; return 0; }
  # shellcheck disable=SC2086 # two folders
  "$here/../product/guest/image.sh" $VNET_GUEST_FOLDERS 2>&1 >/dev/null | tee >(sed -un 's/^downloading/  &/p' >&2) | grep -v ^downloading
  return $((PIPESTATUS[0] == 0))
}
in_words() { echo "./vnet vm run $1 '$2'"; }
vm() { "$vnet" vm "$@" --name "$name"; }
inside() { vm run "$@"; }

make_stations() {
  local i station said began=$SECONDS
  for i in 0 1 2; do
    station=${stations[i]}
    typed "./vnet vm $station --switch sw1 --access ${vlans[i]} --address $(address "$station")/24 --mac $(mac "$station")"
    said=$(vm "$station" --switch sw1 --access "${vlans[i]}" --address "$(address "$station")/24" --mac "$(mac "$station")" 2>&1) || fail "$said"
    shown <<<"$said"
  done
  for station in "${stations[@]}"; do inside "$station" "echo 1 >/proc/sys/net/ipv6/conf/eth0/disable_ipv6" || fail "guest $station does not boot"; done
  note "all three have booted, after $((SECONDS - began)) s"
  typed "./vnet vm list"
  vm list | sed "s|$run/|.../|" | shown
}
begin_pinging() { inside web1 "ping -i $interval $(address web2) >/tmp/pings 2>&1 &"; }
pings() { inside web1 "{ $1; } </tmp/pings"; }
end_pinging() { inside web1 "killall -INT ping"; }
copy_from_web2() {
  left=$(inside web2 "head -c 8000000 /dev/urandom >/tmp/file; md5sum </tmp/file | cut -c 1-32; httpd -h /tmp")
  typed "./vnet vm run web1 'wget -q -O - http://10.0.0.2/file | md5sum'"
  began=${EPOCHREALTIME/[.,]/}
  arrived=$(inside web1 "wget -q -O - http://10.0.0.2/file | md5sum | cut -c 1-32")
}
guest_processes() { grep -slF -- "$run/vm/" /proc/[0-9]*/cmdline | cut -d/ -f3; }
clean_up_story() {
  local process
  for process in $(guest_processes); do kill "$process"; done
  for process in $(guest_processes); do
    for _ in $(seq 100); do has_ended "$process" && break; sleep 0.05; done
    has_ended "$process" || kill -9 "$process"
  done
}
