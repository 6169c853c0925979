#!/usr/bin/env bash
# Compiles the eBPF program: compile.sh OUTPUT. Without clang or without sources it says so and succeeds.
set -euo pipefail
cd "$(dirname "$0")"
output=$1
if [ ! -e vnet.bpf.c ]; then echo "eBPF object: no vnet.bpf.c, skipped"; exit 0; fi
if ! command -v clang >/dev/null; then
  echo "eBPF object: clang is missing, skipped; this build has the sim datapath only (apt-get install clang libbpf-dev)"
  exit 0
fi
if [ -e "$output" ] && [ -z "$(find . -newer "$output" -name '*.[ch]' -print -quit)" ]; then exit 0; fi
mkdir -p "$(dirname "$output")"
# The asm/ headers are in the architecture's own include folder.
clang -O2 -g -target bpf -mcpu=v3 -Wall -Werror -I"/usr/include/$(uname -m)-linux-gnu" -c vnet.bpf.c -o "$output.new"
mv "$output.new" "$output"
