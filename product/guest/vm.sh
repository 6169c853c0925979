# shellcheck shell=bash disable=SC2034,SC2154 # what vnet and this file share
# ./vnet vm: QEMU guests on the ports of a switch. Read by ../../vnet, whose functions it uses.
# A guest has a folder vm/NAME in its host's run folder: pid, about (switch, port, attachment, built-in or no, one a line), console (a Unix
# socket), console.log and console.log.old (the last of what it printed), monitor.in (QEMU's monitor), orders.in and orders.out (commands for
# a built-in guest, and what it says), ready (it has said something), log and log.pid (the pipe into the logs, and its reader), and its sockets.
# ACPI's power button is answered within this time, or the guest is ended.
power_off_seconds=${VNET_POWER_OFF_SECONDS:-20}
# A guest says within this time that it is up, and begins with an order.
guest_seconds=${VNET_GUEST_SECONDS:-120}
log_bytes=262144 # of each of the two logs

help_vm="vm NAME --switch S     starts a QEMU guest on a new port of a switch; also vm list, stop, run, console; vm --help"
vm_usage="usage: ./vnet vm COMMAND

  NAME --switch SWITCH [OPTION...] [-- QEMU-OPTION...]
                         starts a guest on a new port NAME of the switch: a small Linux of its own, unless an image or a kernel is given
  list                   the guests of a host
  run NAME 'COMMAND'     runs a shell command in a guest that has the small Linux, and prints what it prints; what it leaves running there
                         should print into a file, else it waits for a reader once it has printed 64 KiB; $guest_seconds s (VNET_GUEST_SECONDS)
                         for the guest to be up and to begin, then as long as the command takes
  console NAME           joins this terminal to the guest's console; Ctrl-] leaves it
  stop NAME | --all [--now]
                         asks the guest to power off, ends it after $power_off_seconds s (VNET_POWER_OFF_SECONDS; --now: at once), and removes its port

All take --name HOST. Options of a new guest:
  --access VLAN | --trunk VLANS [--native VLAN], --service, --mirror
                         the VLANs of its port, as for port:add
  --attach dgram|stream|tap
                         how it is joined to its port: dgram on a switch with the user datapath unless given, tap on one with ebpf
  --address IP/LENGTH    its address, --gateway IP; for the small Linux
  --image DISK           boots from this disk, a raw or qcow2 file, and writes to it
  --kernel FILE [--initrd FILE] [--append WORDS]
                         boots this kernel
  --memory MIB           128 unless given; 1024 with --image
  --cpus N               1 unless given
  --mac ADDRESS          made from the machine (VNET_MACHINE, else /etc/machine-id, else its name) and the names of host and guest unless given
  --mtu N                what its network card says that packets may have, 68..65535: 1450 where they leave by a VXLAN tunnel; 1500 unless given
  --accel kvm|tcg        kvm where it can be used unless given
  --print                prints the commands that would start it, and changes nothing"

cmd_vm() {
  local verb vm_host=default arguments=() guest_options=()
  while [ $# -gt 0 ]; do # --name may stand anywhere
    case $1 in
      --name) need_value "$@"; vm_host=$2; shift 2;;
      --) guest_options=("${@:2}"); break;;
      -h | --help)
        if [ "${arguments[0]:-}" != run ] || [ ${#arguments[@]} -lt 2 ]; then echo "$vm_usage" | wrapped; return; fi
        arguments+=("$1"); shift;;
      *) arguments+=("$1"); shift;;
    esac
  done
  verb=${arguments[0]:-help} arguments=("${arguments[@]:1}")
  check_name "$vm_host"
  [[ $power_off_seconds =~ ^(0|[1-9][0-9]{0,4})$ ]] || fail "VNET_POWER_OFF_SECONDS: $power_off_seconds (expected: 0..99999)"
  [[ $guest_seconds =~ ^[1-9][0-9]{0,4}$ ]] || fail "VNET_GUEST_SECONDS: $guest_seconds (expected: 1..99999)"
  vms=$run_root/$vm_host/vm
  case $verb in
    list | run | console | stop) "vm_$verb" "${arguments[@]}";;
    help) echo "$vm_usage" | wrapped;;
    -*) fail "vm: $verb (expected: the name of a guest, list, run, console or stop; ./vnet vm --help)";;
    *) vm_start "$verb" "${arguments[@]}";;
  esac
}

# --- what there is -------------------------------------------------------------------------------------------------------

# Sets vm_pid when the guest runs: the pid file's process must be this very guest's.
vm_running() { vm_lives "$vms/$1/pid"; }
# vm_lives FILE: whether the process that a pid file names runs and has that file among its words; sets vm_pid.
vm_lives() {
  vm_pid=$(cat "$1" 2>/dev/null) && [ -n "$vm_pid" ] && ! has_ended "$vm_pid" &&
    tr '\0' '\n' 2>/dev/null <"/proc/$vm_pid/cmdline" | grep -qxF -- "$1"
}
vm_names() { local folder; for folder in "$vms"/*/; do [ ! -d "$folder" ] || basename "$folder"; done; }
# Sets vm_switch, vm_port, vm_attachment, vm_built_in.
vm_about() { { read -r vm_switch && read -r vm_port && read -r vm_attachment && read -r vm_built_in; } <"$vms/$1/about" 2>/dev/null; }
vm_known() {
  check_name "$1"
  [ -d "$vms/$1" ] || fail "vm: $1 (expected: a guest of host \"$vm_host\"$(vm_names | paste -sd, | sed 's/,/, /g;s/^\(.\)/: \1/'))"
}
vm_list() {
  [ $# = 0 ] || fail "vm list: $1 (expected: nothing but --name HOST)"
  local name state
  {
    echo "name switch port attachment state pid console"
    for name in $(vm_names); do
      vm_about "$name" || continue
      if ! vm_running "$name"; then state=ended vm_pid=-
      elif [ "$vm_built_in" = built-in ] && ! vm_ready "$name"; then state=booting
      else state=running; fi
      echo "$name $vm_switch $vm_port $vm_attachment $state $vm_pid $vms/$name/console"
    done
  } | awk '{ for (i = 1; i <= NF; i++) { cell[NR, i] = $i; if (length($i) > width[i]) width[i] = length($i) } }
    END { if (NR == 1) print "none"; else for (r = 1; r <= NR; r++) { line = ""
      for (i = 1; i <= NF; i++) line = line sprintf(i == 6 ? "%" width[i] "s  " : i == NF ? "%s" : "%-" width[i] "s  ", cell[r, i]); print line } }'
}

# --- starting ------------------------------------------------------------------------------------------------------------

vm_start() {
  local name=$1 switch='' vlan=() attach='' address='' gateway='' image='' kernel='' initrd='' append='' memory='' cpus=1 mac='' mtu='' accel='' print=''
  shift
  while [ $# -gt 0 ]; do
    case $1 in
      --switch | --attach | --address | --gateway | --image | --kernel | --initrd | --append | --memory | --cpus | --mac | --mtu | --accel)
        need_value "$@"; printf -v "${1#--}" %s "$2"; shift 2;;
      --access | --trunk | --native) need_value "$@"; vlan+=("$1" "$(vm_quote "$2")"); shift 2;;
      --service | --mirror) vlan+=("$1"); shift;;
      --print) print=yes; shift;;
      *) fail "vm $name: $1 (expected: vm NAME and its options, list, run, console or stop; ./vnet vm --help)";;
    esac
  done
  vm_check
  local dir=$vms/$name datapath said command=() port_command
  [ ${#dir} -lt 99 ] || fail "vm $name: $dir (expected: a folder of at most 98 characters, since it holds sockets: a shorter name of host or guest)"
  running "$vm_host" || fail "vm $name: host \"$vm_host\" is not running (./vnet up --daemon --name $vm_host)"
  if vm_running "$name"; then fail "vm: $name (expected: a name that no other guest of host \"$vm_host\" has; ./vnet vm list shows them)"; fi
  said=$(vm_ask "switch:show $(vm_quote "$switch")") || fail "$said"
  datapath=$(awk '$1 == "datapath" { print $2 }' <<<"$said")
  [ -n "$attach" ] || { [ "$datapath" = ebpf ] && attach=tap || attach=dgram; }
  case $attach in
    dgram) port_command="port:add $switch $name --dgram $dir/port $dir/peer";;
    stream) port_command="port:add $switch $name --stream-to $dir/peer";;
    tap) port_command="port:add $switch $name --tap $(vm_tap "$name")";;
  esac
  vm_boot && vm_command || return 1
  if [ -n "$print" ]; then vm_print; else vm_go; fi
}
vm_check() {
  check_name "$name"
  [ -n "$switch" ] || fail "vm $name: --switch is missing (./vnet vm --help)"
  [[ $attach =~ ^(dgram|stream|tap|)$ ]] || fail "attach: $attach (expected: dgram, stream or tap)"
  [[ $accel =~ ^(kvm|tcg|)$ ]] || fail "accel: $accel (expected: kvm or tcg)"
  [[ $cpus =~ ^[1-9][0-9]{0,2}$ ]] || fail "cpus: $cpus (expected: 1..999)"
  [[ $memory =~ ^([1-9][0-9]{1,6}|)$ ]] || fail "memory: $memory (expected: MiB, 10..9999999)"
  [[ $mac =~ ^([0-9a-fA-F][02468aceACE](:[0-9a-fA-F]{2}){5}|)$ ]] || fail "mac: $mac (expected: a unicast address such as 02:00:00:00:00:01)"
  [[ $mtu =~ ^([1-9][0-9]{1,4}|)$ ]] && [ "${mtu:-68}" -ge 68 ] && [ "${mtu:-68}" -le 65535 ] || fail "mtu: $mtu (expected: 68..65535)"
  [ -z "$image" ] || { [ ! -d "$image" ] && [ -r "$image" ] && [ -w "$image" ]; } || fail "image: $image (expected: a file that can be read and written)"
  [ -z "$kernel" ] || { [ ! -d "$kernel" ] && [ -r "$kernel" ]; } || fail "kernel: $kernel (expected: a file that can be read)"
  [ -z "$initrd" ] || { [ ! -d "$initrd" ] && [ -r "$initrd" ]; } || fail "initrd: $initrd (expected: a file that can be read)"
  [ -n "$kernel" ] || [ -z "$initrd$append" ] || fail "vm $name: --initrd and --append need --kernel"
  [ -z "$image$kernel" ] || [ -z "$address$gateway" ] || fail "vm $name: --address and --gateway are for the small Linux, not for --image or --kernel"
  [ -z "$address" ] || { vm_ip "${address%/*}" && [[ $address =~ /[0-9]{1,3}$ ]] && [ "${address##*/}" -le "$vm_ip_bits" ]; } ||
    fail "address: $address (expected: IP/LENGTH, such as 10.0.0.1/24)"
  [ -z "$gateway" ] || vm_ip "$gateway" || fail "gateway: $gateway (expected: an IP address)"
  [ -z "$accel" ] && { vm_can_kvm && accel=kvm || accel=tcg; }
}
# vm_ip ADDRESS: whether it looks like one; sets vm_ip_bits, how many bits it has.
vm_ip() {
  local octet='(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])'
  if [[ $1 =~ ^($octet\.){3}$octet$ ]]; then vm_ip_bits=32; else vm_ip_bits=128; [[ $1 == *:*:* && $1 =~ ^[0-9a-fA-F:.]+$ ]]; fi
}
# A virtual machine may have the device without the processor's support.
vm_can_kvm() { [ -r /dev/kvm ] && [ -w /dev/kvm ] && grep -qE '^flags.* (vmx|svm)( |$)' /proc/cpuinfo; }
# vm_quote WORD: as the console takes it for one word.
vm_quote() { if [[ $1 =~ ^[A-Za-z0-9_.,:/-]+$ ]]; then echo "$1"; else echo "'${1//\'/\'\\\'\'}'"; fi; }
vm_ask() { timeout 20 "$here/vnet" sh --name "$vm_host" "$1" 2>&1; } # a host that hangs must not keep its guests
# A device's name has at most 15 characters, and hosts share the machine's devices.
vm_tap() {
  if [ "$vm_host" = default ] && [ ${#1} -le 12 ]; then echo "vm-$1"
  else printf 'vm-%s-%06x\n' "${1:0:5}" $(($(cksum <<<"$vm_host/$1" | cut -d' ' -f1) & 0xffffff)); fi
}

# Sets boot, the options that say what the guest boots from.
vm_boot() {
  local given
  [ -z "$root" ] || install "run guests" "${guest_packages[@]}"
  has qemu-system-x86_64 || fail "qemu-system-x86_64: not found (as root: apt-get install --no-install-recommends qemu-system-x86)"
  built_in=no boot=()
  [ -z "$image" ] || boot+=(-drive "if=virtio,format=$(vm_format "$image"),file=$(vm_comma "$(readlink -f "$image")")")
  [ -z "$kernel" ] || boot+=(-kernel "$kernel")
  [ -z "$initrd" ] || boot+=(-initrd "$initrd")
  [ -z "$append" ] || boot+=(-append "$append")
  : "${memory:=$([ -n "$image" ] && echo 1024 || echo 128)}"
  [ ${#boot[@]} = 0 ] || return 0
  built_in=built-in
  # shellcheck disable=SC2086 # two folders
  given=$("$here/product/guest/image.sh" $guest_folders) || return 1
  boot=(-no-reboot -kernel "${given%%$'\n'*}" -initrd "${given#*$'\n'}"
    -append "console=ttyS0 quiet panic=-1 vnet.name=$name${address:+ vnet.address=$address}${gateway:+ vnet.gateway=$gateway}")
}
vm_format() { [ "$(head -c 3 "$1" | tr -d '\0')" = QFI ] && echo qcow2 || echo raw; }
vm_comma() { echo "${1//,/,,}"; } # QEMU's way to write a comma in a value
# What tells this machine from those that a guest may meet, the same after every start.
vm_machine() { if [ -n "${VNET_MACHINE:-}" ]; then echo "$VNET_MACHINE"; else grep -s . /etc/machine-id || uname -n; fi; }
# Sets command, QEMU's, without the options that put it into the background.
vm_command() {
  local netdev path; path=$(vm_comma "$dir")
  : "${mac:=02:76$(cksum <<<"$(vm_machine)/$vm_host/$name" | awk '{ for (i = 0; i < 4; i++) { printf ":%02x", $1 % 256; $1 = int($1 / 256) } }')}"
  case $attach in
    dgram) netdev=dgram,id=n,local.type=unix,local.path=$path/peer,remote.type=unix,remote.path=$path/port;;
    stream) netdev=stream,id=n,server=on,addr.type=unix,addr.path=$path/peer;;
    tap) netdev=tap,id=n,ifname=$(vm_tap "$name"),script=no,downscript=no;;
  esac
  command=(qemu-system-x86_64 -name "$name" -M q35 -accel "$accel" -cpu "$([ "$accel" = kvm ] && echo host || echo max)" -m "$memory" -smp "$cpus"
    -nodefaults -no-user-config -display none "${boot[@]}"
    -netdev "$netdev" -device "virtio-net-pci,netdev=n,romfile=,mac=$mac${mtu:+,host_mtu=$mtu}" "${guest_options[@]}")
}
vm_print() {
  local word
  echo "mkdir -p $dir"
  echo "./vnet sh --name $vm_host '$port_command${vlan:+ ${vlan[*]}}'"
  [ -z "$mtu" ] || [ "$attach" != tap ] || echo "ip link set dev $(vm_tap "$name") mtu $mtu"
  for word in "${command[@]}" -serial mon:stdio; do
    if [[ $word =~ ^[A-Za-z0-9_./:=,@%+-]+$ ]]; then printf '%s ' "$word"; else printf '%s ' "${word@Q}"; fi
  done
  echo
}
vm_tap_mtu() { PATH=$PATH:/usr/sbin:/sbin ip link set dev "$(vm_tap "$name")" mtu "$mtu"; }
vm_go() {
  local said path pipe log reader; path=$(vm_comma "$dir")
  # What is left of a guest of this name that has ended.
  [ ! -d "$dir" ] || vm_forget "$name"
  mkdir -p "$vms" && mkdir "$dir" 2>/dev/null || fail "vm $name: $dir cannot be made (another guest of this name may be starting)"
  printf '%s\n' "$switch" "$name" "$attach" "$built_in" >"$dir/about"
  mkfifo "$dir"/{monitor.in,orders.in,orders.out,log} && ln -s /dev/null "$dir/monitor.out" # QEMU would wait for a reader of its monitor
  said=$(vm_ask "$port_command${vlan:+ ${vlan[*]}}") || {
    # The port of a guest that ended while the host did not run is still there.
    [ -n "$(vm_ports "$name")" ] && vm_remove_ports "$name" && said=$(vm_ask "$port_command${vlan:+ ${vlan[*]}}")
  } || { rm -rf "$dir"; rmdir "$vms" 2>/dev/null; fail "$said"; }
  # Who sends to a tap takes its device's for the guest's.
  [ -z "$mtu" ] || [ "$attach" != tap ] || said=$(vm_tap_mtu 2>&1) || { vm_forget "$name"; fail "mtu: $mtu: ${said##*$'\n'} (expected: one that a tap takes)"; }
  exec {log}<>"$dir/log" {reader}<"$dir/log" # so that both ends are there, whoever comes first
  vm_keep_log
  said=$(timeout "$guest_seconds" "${command[@]}" -daemonize -pidfile "$dir/pid" \
    -chardev "socket,id=console,path=$path/console,server=on,wait=off,logfile=$path/log" -serial chardev:console \
    -chardev "pipe,id=orders,path=$path/orders" -serial chardev:orders \
    -chardev "pipe,id=monitor,path=$path/monitor" -mon chardev=monitor,mode=readline 2>&1 {log}>&- {reader}<&-)
  pipe=$?
  exec {log}>&- {reader}<&-
  [ $pipe = 0 ] || { vm_forget "$name"; fail "vm $name: ${said##*$'\n'}"; }
  vm_running "$name" || { vm_forget "$name"; fail "vm $name: it ended at once: $said"; }
  echo "guest \"$name\" is up, pid $vm_pid, port $name of $switch ($attach, $accel)"
}
# QEMU knows no bound for a log file: a process beside it, which ends when it does, keeps the last of what the console says.
vm_keep_log() {
  # shellcheck disable=SC2016 # for that process
  setsid bash -c 'cd "$1" && while stdbuf -o0 head -c "$2" >console.log && [ "$(stat -c %s console.log)" = "$2" ]; do mv console.log console.log.old; done' \
    "$dir/log.pid" "$dir" $log_bytes <&"$reader" {log}>&- {reader}<&- >/dev/null 2>&1 &
  echo $! >"$dir/log.pid"
}

# --- ending --------------------------------------------------------------------------------------------------------------

vm_stop() {
  local names=() now='' name status=0
  while [ $# -gt 0 ]; do
    case $1 in
      --all) mapfile -t names < <(vm_names); shift; [ ${#names[@]} -gt 0 ] || { echo "no guest is running"; return 0; };;
      --now) now=yes; shift;;
      -*) fail "vm stop: $1 (expected: NAME or --all, --now, --name HOST)";;
      *) vm_known "$1"; [[ " ${names[*]} " == *" $1 "* ]] || names+=("$1"); shift;;
    esac
  done
  [ ${#names[@]} -gt 0 ] || fail "vm stop: which? (expected: NAME or --all)"
  vm_end "$now" "${names[@]}"
}
# vm_end NOW NAME...: ends guests, all at the same time, and removes what was theirs.
vm_end() {
  local now=$1 name forced soon=$((power_off_seconds < 2 ? power_off_seconds : 2)); shift
  for name in "$@"; do
    { [ -z "$now" ] && vm_running "$name"; } || continue
    # The small Linux has nothing to lose, and does not hear the button before it is up.
    if vm_about "$name" && [ "$vm_built_in" = built-in ] && ! vm_ready "$name"; then kill "$vm_pid"
    else echo system_powerdown 1<>"$vms/$name/monitor.in"; fi
  done
  if [ -z "$now" ] && ! vm_wait $soon "$@"; then
    say "waiting for $(vm_in_words "${waiting[@]}") to power off, $power_off_seconds s at most"
    vm_wait $((power_off_seconds - soon)) "${waiting[@]}"
  else vm_wait 0 "$@"; fi
  forced=" ${waiting[*]} "
  vm_kill -TERM; vm_wait 5 "${waiting[@]}" || { vm_kill -KILL; vm_wait 5 "${waiting[@]}"; }
  vm_forget "$@"
  for name in "$@"; do
    if [ -n "$now" ] || [[ $forced != *" $name "* ]]; then echo "guest \"$name\" stopped"
    else echo "guest \"$name\" stopped, as it did not power off within $power_off_seconds s"; fi
  done
}
# end_guests HOST: all of them.
end_guests() {
  local vm_host=$1 vms=$run_root/$1/vm names
  mapfile -t names < <(vm_names)
  [ ${#names[@]} = 0 ] || vm_end '' "${names[@]}"
}
# vm_wait SECONDS NAME...: until they have ended; sets waiting, those that have not.
vm_wait() {
  local end=$((${EPOCHREALTIME/[.,]/} + $1 * 1000000)) name running; shift
  waiting=("$@")
  while :; do
    running=()
    for name in "${waiting[@]}"; do ! vm_running "$name" || running+=("$name"); done
    waiting=("${running[@]}")
    [ ${#waiting[@]} -gt 0 ] || return 0
    [ "${EPOCHREALTIME/[.,]/}" -lt $end ] || return 1
    sleep 0.05
  done
}
vm_in_words() { local all; printf -v all '%s, ' "$@"; echo "${all%, }"; }
# vm_kill SIGNAL: sends it to those of waiting.
vm_kill() {
  local name
  for name in "${waiting[@]}"; do ! vm_running "$name" || kill "$1" "$vm_pid"; done
}
# Removes the ports, if they are still the guests', and the folders of guests that have ended.
vm_forget() {
  local name tries
  running "$vm_host" && vm_remove_ports "$@"
  for name in "$@"; do
    for ((tries = 0; tries < 40; tries++)); do vm_lives "$vms/$name/log.pid" || break; sleep 0.05; done
    rm -rf "${vms:?}/$name"
  done
  rmdir "$vms" 2>/dev/null
}
# vm_ports NAME...: the switch and port of each port that is attached to one of these guests, whoever added it.
vm_ports() {
  local shown name; shown=$(vm_ask config:show) || return
  for name in "$@"; do
    awk -v folder=" $vms/$name/" -v tap=" --tap $(vm_tap "$name") " '$1 == "port:add" && (index($0, folder) || index($0 " ", tap)) { print $2, $3 }' <<<"$shown"
  done
}
vm_remove_ports() {
  local ports; ports=$(vm_ports "$@")
  [ -z "$ports" ] || sed 's/^/port:remove /' <<<"$ports" | timeout 20 "$here/vnet" sh --name "$vm_host" >/dev/null 2>&1
}

# --- talking to it -------------------------------------------------------------------------------------------------------

# Whether it has said something, which lies in the pipe until somebody reads it.
vm_ready() { [ -e "$vms/$1/ready" ] || { [ -p "$vms/$1/orders.out" ] && read -r -t 0 <>"$vms/$1/orders.out"; }; }
# Waits until a guest is up. What it said may have been lost: after a while it is asked, by an order of nothing, which one that is up answers.
vm_await_ready() {
  local end=$((SECONDS + guest_seconds)) ask=$((SECONDS + (guest_seconds < 20 ? guest_seconds / 2 : 10)))
  until vm_ready "$1"; do
    vm_running "$1" || fail "vm run: $1 ended before it was up, see $vms/$1/console.log"
    [ $SECONDS -lt $end ] || fail "vm run: $1 does not say that it is up after $guest_seconds s (VNET_GUEST_SECONDS), see $vms/$1/console.log"
    [ $SECONDS -lt $ask ] || { echo "0 " 1<>"$vms/$1/orders.in"; ask=$((SECONDS + 10)); }
    sleep 0.05
  done
}
vm_run() {
  [ $# -gt 1 ] || fail "vm run: expected: vm run NAME 'COMMAND'"
  vm_known "$1"
  local name=$1 id=$$-$RANDOM line='' part read blank=0 begun='' status='' end; shift
  vm_about "$name" && [ "$vm_built_in" = built-in ] || fail "vm run: $name has an image or kernel of its own (expected: a guest that has the small Linux; ./vnet vm console $name)"
  vm_running "$name" || fail "vm run: $name has ended (./vnet vm stop $name removes it)"
  vm_await_ready "$name"
  exec 7<"$vms/$name/about" # one order at a time
  flock -w "$guest_seconds" 7 || fail "vm run: another command still runs in $name after $guest_seconds s (expected: one at a time; VNET_GUEST_SECONDS)"
  exec 8<>"$vms/$name/orders.out" && touch "$vms/$name/ready"
  trap 'echo "0 " 1<>"$vms/$name/orders.in"; exit 130' INT TERM HUP # an order of nothing ends this one
  timeout "$guest_seconds" tee "$vms/$name/orders.in" <<<"$id $(base64 -w0 <<<"$*")" >/dev/null || fail "vm run: $name takes no order"
  end=$((SECONDS + guest_seconds))
  while [ -z "$status" ]; do
    IFS= read -r -t 1 part <&8; read=$?
    line+=$part
    if [ $read != 0 ]; then # no more of this line so far
      vm_running "$name" || fail "vm run: $name ended meanwhile"
      # How long the command itself takes is its own affair.
      [ -n "$begun" ] || [ $SECONDS -lt $end ] || fail "vm run: $name did not begin with the command within $guest_seconds s (VNET_GUEST_SECONDS), see $vms/$name/console.log"
      continue
    fi
    if [ -z "$begun" ]; then # what came before is another command's
      [ "$line" != "$id" ] || begun=yes
    elif [ -z "$line" ]; then
      blank=$((blank + 1))
    else
      # A blank line of the guest's stands before the status.
      if [[ $line == "$id "* ]]; then status=${line#* }; [ $blank = 0 ] || blank=$((blank - 1)); fi
      for (( ; blank > 0; blank--)); do echo; done
      [ -n "$status" ] || printf '%s\n' "$line"
    fi
    line=''
  done
  return "$status"
}
vm_console() {
  [ $# = 1 ] || fail "vm console: expected: vm console NAME"
  vm_known "$1"
  vm_running "$1" || fail "vm console: $1 has ended (./vnet vm stop $1 removes it)"
  [ -z "$root" ] || install "show a console" socat=socat
  has socat || fail "socat: not found (as root: apt-get install socat)"
  say "console of $1; Enter shows the prompt, Ctrl-] leaves it"
  exec socat -,raw,echo=0,escape=0x1d "UNIX-CONNECT:$vms/$1/console"
}
