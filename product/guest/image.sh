#!/usr/bin/env bash
# Makes what a built-in guest boots from, and prints where it is: the kernel, and below it the initramfs.
# usage: image.sh FOLDER...
# The kernel is VNET_VM_KERNEL (.../boot/vmlinuz-VERSION, its modules in .../lib/modules/VERSION), else one that is in a FOLDER, else one of
# /boot, else that of Debian's linux-image-cloud-amd64, unpacked into the first FOLDER that can be written to, not installed.
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
fail() { echo "$*" >&2; exit 1; }
scratch='' # a folder that is gone when the script ends
trap '[ -z "$scratch" ] || rm -rf "$scratch"' EXIT
# In the order in which one needs the other; what a kernel has built in has no file.
modules=(virtio_ring virtio virtio_pci_legacy_dev virtio_pci_modern_dev virtio_pci failover net_failover virtio_net button evdev llc stp garp mrp 8021q)

# modules_of KERNEL: their folder.
modules_of() {
  local version=${1##*/vmlinuz-} above
  for above in "${1%/boot/*}" ''; do
    [ -d "$above/lib/modules/$version" ] && { echo "$above/lib/modules/$version"; return; }
  done
  return 1
}
# fits KERNEL: whether it can be read, and has a driver for the guests' interfaces.
fits() {
  local folder
  [ -r "$1" ] && folder=$(modules_of "$1") && { grep -qs '/virtio_net\.ko' "$folder/modules.builtin" || [ -n "$(find "$folder" -name 'virtio_net.ko*' -print -quit)" ]; }
}
newest_in() { # newest_in FOLDER: sets kernel
  local file
  while read -r file; do fits "$file" && { kernel=$file; return 0; }; done < <(find "$1" -maxdepth 1 -name 'vmlinuz-*' 2>/dev/null | sort -rV)
  return 1
}
find_kernel() {
  local folder
  if [ -n "${VNET_VM_KERNEL:-}" ]; then
    kernel=$VNET_VM_KERNEL
    fits "$kernel" || fail "VNET_VM_KERNEL: $kernel (expected: a file .../boot/vmlinuz-VERSION with its modules in .../lib/modules/VERSION)"
    return
  fi
  for folder in "$@"; do newest_in "$folder/boot" && return; done
  newest_in /boot || download "$@"
}
# The package that the newest cloud kernel is in; empty when APT knows none.
package() { apt-cache depends linux-image-cloud-amd64 2>/dev/null | sed -n 's/^ *Depends: \(linux-image-[^ ]*\)$/\1/p' | head -n1; }
download() {
  local package folder said
  folder=$(writable "$@")
  command -v apt-get dpkg-deb >/dev/null || fail "kernel for guests: none in /boot, and no Debian package can be had (set VNET_VM_KERNEL=.../boot/vmlinuz-VERSION)"
  [ -n "$folder" ] || fail "kernel for guests: none of these can be written to: $*"
  package=$(package)
  [ -n "$package" ] || [ "$(id -u)" != 0 ] || { apt-get update -q >/dev/null 2>&1; package=$(package); }
  [ -n "$package" ] || fail "kernel for guests: APT knows no linux-image-cloud-amd64 (as root: apt-get update), and none is in /boot; or set VNET_VM_KERNEL=.../boot/vmlinuz-VERSION"
  echo "downloading a kernel for guests, 27 MB: $package" >&2
  scratch=$(mktemp -d "$folder/download.XXXXXX") || exit 1
  # As root APT warns that it cannot give up its rights in a folder of root's.
  said=$(cd "$scratch" && { apt-get download -q -o APT::Sandbox::User=root "$package" || { [ "$(id -u)" = 0 ] && apt-get update -q && apt-get download -q -o APT::Sandbox::User=root "$package"; }; } 2>&1 &&
    dpkg-deb --fsys-tarfile ./*.deb | tar -x ./boot ./lib/modules 2>&1) || fail "kernel for guests: $(grep -m1 '^E:' <<<"$said" || tail -n1 <<<"$said")"
  keep "$scratch"
  mkdir -p "$folder/boot" "$folder/lib/modules"
  mv -n "$scratch"/lib/modules/* "$folder/lib/modules/" && mv "$scratch"/boot/vmlinuz-* "$folder/boot/"
  rm -rf "$scratch"
  newest_in "$folder/boot" || fail "kernel for guests: $package has none that fits"
}
# keep FOLDER: of a kernel's modules those that guests may load; all together are 90 MB.
keep() {
  local names=(-false) module
  for module in "${modules[@]}"; do names+=(-o -name "$module.ko*"); done
  find "$1/lib" -type f ! \( "${names[@]}" \) -delete
  find "$1/lib" -type d -empty -delete
}
writable() {
  local folder
  for folder in "$@"; do mkdir -p "$folder" 2>/dev/null && [ -w "$folder" ] && { echo "$folder"; return; }; done
}

# make_initrd FOLDER...: sets initrd. Its name says what it was made from, so that it is made once.
make_initrd() {
  local made_from folder root file module
  made_from=$(cat "$here/init" "${BASH_SOURCE[0]}" "$busybox" <(ls -l "$kernel") | cksum)
  for folder in "$@"; do
    initrd=$folder/initrd-${kernel##*/vmlinuz-}-${made_from%% *}.cpio
    [ -r "$initrd" ] && return
  done
  folder=$(writable "$@")
  [ -n "$folder" ] || fail "initramfs for guests: none of these can be written to: $*"
  initrd=$folder/${initrd##*/}
  scratch=$(mktemp -d "$folder/initrd.XXXXXX") || exit 1
  root=$scratch/root
  mkdir -p "$root"/{bin,dev,proc,sys,tmp,modules}
  cp "$busybox" "$root/bin/busybox" && cp "$here/init" "$root/init" && chmod 755 "$root/init" "$root/bin/busybox" || exit 1
  for module in "${modules[@]}"; do
    file=$(find "$(modules_of "$kernel")" -name "$module.ko*" -print -quit)
    [ -n "$file" ] || continue
    case $file in
      *.xz) xz -dc "$file";;
      *.zst) zstd -dcq "$file";;
      *.gz) gzip -dc "$file";;
      *) cat "$file";;
    esac >"$root/modules/$module.ko" || fail "initramfs for guests: $file cannot be unpacked (apt-get install xz-utils zstd)"
    echo "$module.ko" >>"$root/modules/order"
  done
  (cd "$root" && find . | "$busybox" cpio -o -H newc 2>/dev/null) >"$scratch/made" && chmod 644 "$scratch/made" && mv "$scratch/made" "$initrd" || fail "initramfs for guests: $initrd cannot be made"
}

[ $# -gt 0 ] || fail "image.sh: no folder (expected: image.sh FOLDER...)"
[ "$(uname -m)" = x86_64 ] || fail "built-in guest: $(uname -m) (expected: x86_64; other machines take --kernel and --initrd)"
busybox=$(PATH=$PATH:/bin command -v busybox) || fail "busybox: not found (as root: apt-get install busybox-static)"
! head -c 4096 "$busybox" | grep -q ld-linux || fail "busybox: $busybox needs shared libraries, which a guest lacks (as root: apt-get install busybox-static)"
umask 022
find_kernel "$@"
make_initrd "$@"
printf '%s\n%s\n' "$kernel" "$initrd"
