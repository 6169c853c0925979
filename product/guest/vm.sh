# shellcheck shell=bash disable=SC2034,SC2154 # what vnet and this file share
# ./vnet vm: QEMU guests on the ports of a switch. Read by ../../vnet, whose functions it uses.
# A guest has a folder vm/NAME in its host's run folder: pid, about (switch, port, attachment, one a line), console (a Unix socket) and
# console.log, monitor.in (QEMU's monitor), orders.in and said (commands for a built-in guest, and what it says), and its sockets.
# ACPI's power button is answered within this time, or the guest is ended.
power_off_seconds=20

help_vm="vm NAME --switch S     starts a QEMU guest on a new port of a switch; also vm list, stop, run, console; vm --help"
vm_usage="usage: ./vnet vm COMMAND

  NAME --switch SWITCH [OPTION...] [-- QEMU-OPTION...]
                         starts a guest on a new port NAME of the switch: a small Linux of its own, unless an image or a kernel is given
  list                   the guests of a host
  run NAME 'COMMAND'     runs a shell command in a guest that has the small Linux, and prints what it prints
  console NAME           joins this terminal to the guest's console; Ctrl-] leaves it
  stop NAME | --all [--now]
                         asks the guest to power off, ends it after $power_off_seconds s (--now: at once), and removes its port

All take --name HOST. Options of a new guest:
  --access VLAN | --trunk VLAN,.. [--native VLAN]
                         as for port:add
  --attach dgram|stream|tap
                         how it is joined to its port: dgram on a switch with the user datapath unless given, tap on one with ebpf
  --address IP/LENGTH    its address, --gateway IP; for the small Linux
  --image DISK           boots from this disk, a raw or qcow2 file, and writes to it
  --kernel FILE [--initrd FILE] [--append WORDS]
                         boots this kernel
  --memory MIB           128 unless given; 1024 with --image
  --cpus N               1 unless given
  --mac ADDRESS          made from the names of host and guest unless given
  --accel kvm|tcg        kvm where it can be used unless given
  --print                prints the commands that would start it, and changes nothing"

cmd_vm() {
  local verb vm_host=default arguments=() guest_options=()
  while [ $# -gt 0 ]; do # --name may stand anywhere
    case $1 in
      --name) need_value "$@"; vm_host=$2; shift 2;;
      --) guest_options=("${@:2}"); break;;
      *) arguments+=("$1"); shift;;
    esac
  done
  verb=${arguments[0]:-help} arguments=("${arguments[@]:1}")
  check_name "$vm_host"
  vms=$run_root/$vm_host/vm
  case $verb in
    list | run | console | stop) "vm_$verb" "${arguments[@]}";;
    help | -h | --help) echo "$vm_usage";;
    -*) fail "vm: $verb (expected: the name of a guest, list, run, console or stop; ./vnet vm --help)";;
    *) vm_start "$verb" "${arguments[@]}";;
  esac
}

# --- what there is -------------------------------------------------------------------------------------------------------

# Sets vm_pid when the guest runs: the pid file's process must be this very guest's.
vm_running() {
  vm_pid=$(cat "$vms/$1/pid" 2>/dev/null) && [ -n "$vm_pid" ] && ! has_ended "$vm_pid" &&
    tr '\0' '\n' 2>/dev/null <"/proc/$vm_pid/cmdline" | grep -qxF -- "$vms/$1/pid"
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
  local name=$1 switch='' vlan=() attach='' address='' gateway='' image='' kernel='' initrd='' append='' memory='' cpus=1 mac='' accel='' print=''
  shift
  while [ $# -gt 0 ]; do
    case $1 in
      --switch | --attach | --address | --gateway | --image | --kernel | --initrd | --append | --memory | --cpus | --mac | --accel)
        need_value "$@"; printf -v "${1#--}" %s "$2"; shift 2;;
      --access | --trunk | --native) need_value "$@"; vlan+=("$1" "$2"); shift 2;;
      --print) print=yes; shift;;
      *) fail "vm $name: $1 (expected: an option; ./vnet vm --help)";;
    esac
  done
  vm_check
  local dir=$vms/$name datapath said command=() port_command
  [ ${#dir} -lt 99 ] || fail "vm $name: $dir (expected: a folder of at most 98 characters, since it holds sockets: a shorter name of host or guest)"
  running "$vm_host" || fail "vm $name: host \"$vm_host\" is not running (./vnet up --daemon --name $vm_host)"
  if vm_running "$name"; then fail "vm: $name (expected: a name that no other guest of host \"$vm_host\" has; ./vnet vm list shows them)"; fi
  said=$(vm_ask "switch:show $switch") || fail "$said"
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
  [ -z "$image" ] || { [ -r "$image" ] && [ -w "$image" ]; } || fail "image: $image (expected: a file that can be read and written)"
  [ -z "$kernel" ] || [ -r "$kernel" ] || fail "kernel: $kernel (expected: a file that can be read)"
  [ -z "$initrd" ] || [ -r "$initrd" ] || fail "initrd: $initrd (expected: a file that can be read)"
  [ -n "$kernel" ] || [ -z "$initrd$append" ] || fail "vm $name: --initrd and --append need --kernel"
  [ -z "$image$kernel" ] || [ -z "$address$gateway" ] || fail "vm $name: --address and --gateway are for the small Linux, not for --image or --kernel"
  [[ $address =~ ^([0-9a-fA-F.:]+/[0-9]+|)$ ]] || fail "address: $address (expected: IP/LENGTH, such as 10.0.0.1/24)"
  [[ $gateway =~ ^[0-9a-fA-F.:]*$ ]] || fail "gateway: $gateway (expected: an IP address)"
  [ -z "$accel" ] && { vm_can_kvm && accel=kvm || accel=tcg; }
}
# A virtual machine may have the device without the processor's support.
vm_can_kvm() { [ -r /dev/kvm ] && [ -w /dev/kvm ] && grep -qE '^flags.* (vmx|svm)( |$)' /proc/cpuinfo; }
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
# Sets command, QEMU's, without the options that put it into the background.
vm_command() {
  local netdev path; path=$(vm_comma "$dir")
  : "${mac:=02:76$(cksum <<<"$vm_host/$name" | awk '{ for (i = 0; i < 4; i++) { printf ":%02x", $1 % 256; $1 = int($1 / 256) } }')}"
  case $attach in
    dgram) netdev=dgram,id=n,local.type=unix,local.path=$path/peer,remote.type=unix,remote.path=$path/port;;
    stream) netdev=stream,id=n,server=on,addr.type=unix,addr.path=$path/peer;;
    tap) netdev=tap,id=n,ifname=$(vm_tap "$name"),script=no,downscript=no;;
  esac
  command=(qemu-system-x86_64 -name "$name" -M q35 -accel "$accel" -cpu "$([ "$accel" = kvm ] && echo host || echo max)" -m "$memory" -smp "$cpus"
    -nodefaults -no-user-config -display none "${boot[@]}"
    -netdev "$netdev" -device "virtio-net-pci,netdev=n,romfile=,mac=$mac" "${guest_options[@]}")
}
vm_print() {
  local word
  echo "mkdir -p $dir"
  echo "./vnet sh --name $vm_host '$port_command${vlan:+ ${vlan[*]}}'"
  for word in "${command[@]}" -serial mon:stdio; do
    if [[ $word =~ ^[A-Za-z0-9_./:=,@%+-]+$ ]]; then printf '%s ' "$word"; else printf '%s ' "${word@Q}"; fi
  done
  echo
}
vm_go() {
  local said path pipe; path=$(vm_comma "$dir")
  # What is left of a guest of this name that has ended.
  [ ! -d "$dir" ] || vm_forget "$name"
  mkdir -p "$vms" && mkdir "$dir" 2>/dev/null || fail "vm $name: $dir cannot be made (another guest of this name may be starting)"
  printf '%s\n' "$switch" "$name" "$attach" "$built_in" >"$dir/about"
  # QEMU would wait for a reader of what it writes into a pipe; the log has it.
  for pipe in monitor orders; do mkfifo "$dir/$pipe.in" && ln -s /dev/null "$dir/$pipe.out"; done
  said=$(vm_ask "$port_command${vlan:+ ${vlan[*]}}") || {
    # The port of a guest that ended while the host did not run: it is still there.
    if vm_ask config:show | grep -qF "$port_command "; then said=$([ ${#vlan[@]} = 0 ] || vm_ask "port:set $switch $name ${vlan[*]}"); else false; fi
  } || { rm -rf "$dir"; rmdir "$vms" 2>/dev/null; fail "$said"; }
  said=$("${command[@]}" -daemonize -pidfile "$dir/pid" \
    -chardev "socket,id=console,path=$path/console,server=on,wait=off,logfile=$path/console.log" -serial chardev:console \
    -chardev "pipe,id=orders,path=$path/orders,logfile=$path/said" -serial chardev:orders \
    -chardev "pipe,id=monitor,path=$path/monitor" -mon chardev=monitor,mode=readline 2>&1) ||
    { vm_forget "$name"; fail "vm $name: ${said##*$'\n'}"; }
  vm_running "$name" || { vm_forget "$name"; fail "vm $name: it ended at once: $said"; }
  echo "guest \"$name\" is up, pid $vm_pid, port $name of $switch ($attach, $accel)"
}

# --- ending --------------------------------------------------------------------------------------------------------------

vm_stop() {
  local names=() now='' name status=0
  while [ $# -gt 0 ]; do
    case $1 in
      --all) mapfile -t names < <(vm_names); shift; [ ${#names[@]} -gt 0 ] || { echo "no guest is running"; return 0; };;
      --now) now=yes; shift;;
      -*) fail "vm stop: $1 (expected: NAME or --all, --now, --name HOST)";;
      *) vm_known "$1"; names+=("$1"); shift;;
    esac
  done
  [ ${#names[@]} -gt 0 ] || fail "vm stop: which? (expected: NAME or --all)"
  vm_end "$now" "${names[@]}"
}
# vm_end NOW NAME...: ends guests, all at the same time, and removes what was theirs.
vm_end() {
  local now=$1 name asked tries; shift
  for name in "$@"; do
    vm_running "$name" || continue
    if [ -n "$now" ]; then kill "$vm_pid"; else echo system_powerdown >"$vms/$name/monitor.in"; fi
  done
  for name in "$@"; do
    asked=''
    if vm_running "$name" && ! vm_wait $((power_off_seconds * 20)); then
      asked=", as it did not power off within $power_off_seconds s"
      kill "$vm_pid" 2>/dev/null
      vm_wait 100 || kill -9 "$vm_pid" 2>/dev/null
    fi
    vm_forget "$name"
    echo "guest \"$name\" stopped$asked"
  done
}
# end_guests HOST: all of them.
end_guests() {
  local vm_host=$1 vms=$run_root/$1/vm names
  mapfile -t names < <(vm_names)
  [ ${#names[@]} = 0 ] || vm_end '' "${names[@]}"
}
# vm_wait TRIES: until the process vm_pid has ended, so many times 50 ms.
vm_wait() {
  local tries
  for ((tries = 0; tries < $1; tries++)); do has_ended "$vm_pid" && return 0; sleep 0.05; done
  return 1
}
# Removes the port, if it is still the guest's, and the folder of a guest that has ended.
vm_forget() {
  if vm_about "$1" && running "$vm_host" && vm_ask config:show | grep -F "port:add $vm_switch $vm_port " | grep -qF -e "$vms/$1/" -e " $(vm_tap "$1") "; then
    vm_ask "port:remove $vm_switch $vm_port" >/dev/null
  fi
  rm -rf "${vms:?}/$1"
  rmdir "$vms" 2>/dev/null
}

# --- talking to it -------------------------------------------------------------------------------------------------------

vm_ready() { grep -qsx ready "$vms/$1/said"; }
vm_run() {
  [ $# -gt 1 ] || fail "vm run: expected: vm run NAME 'COMMAND'"
  vm_known "$1"
  local name=$1 id=$$-$RANDOM line='' part blank=0 status=''; shift
  vm_about "$name" && [ "$vm_built_in" = built-in ] || fail "vm run: $name has an image or kernel of its own (expected: a guest that has the small Linux; ./vnet vm console $name)"
  vm_running "$name" || fail "vm run: $name has ended (./vnet vm stop $name removes it)"
  until vm_ready "$name"; do
    vm_running "$name" || fail "vm run: $name ended before it was up, see $vms/$name/console.log"
    sleep 0.05
  done
  exec 7<"$vms/$name/about" && flock 7 # one order at a time
  exec 8<"$vms/$name/said" && cat <&8 >/dev/null # what it said before
  trap 'echo "0 " >"$vms/$name/orders.in"; exit 130' INT TERM HUP # an order of nothing ends this one
  echo "$id $(base64 -w0 <<<"$*")" >"$vms/$name/orders.in"
  while [ -z "$status" ]; do
    if ! IFS= read -r part <&8; then # the end of the file, so far
      line+=$part
      vm_running "$name" || fail "vm run: $name ended meanwhile"
      sleep 0.03
      continue
    fi
    line+=$part
    if [ -z "$line" ]; then blank=$((blank + 1)); continue; fi
    # A blank line of the guest's stands before the status.
    if [[ $line == "$id "* ]]; then status=${line#* }; [ $blank = 0 ] || blank=$((blank - 1)); fi
    for (( ; blank > 0; blank--)); do echo; done
    [ -n "$status" ] || printf '%s\n' "$line"
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
