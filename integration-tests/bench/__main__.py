"""./vnet bench: what the switch does, beside a bare veth, a Linux bridge and Open vSwitch, in interleaved rounds.

Everything it makes carries its own prefix and is removed at the end, however that comes about.
"""

import argparse
import importlib
import os
import shutil
import signal
import sys

from lab import Failed, Lab
from report import Report, machine

BENCHES = {
    "datapath": "frames and TCP through the kernel, by masks and flows, beside all peers",
    "upcall": "every frame decided in Java",
    "setup": "new flows per second, and the delay of a flow's first frame, beside Open vSwitch",
    "redecide": "100,000 flows decided again while traffic flows",
    "swap": "engines exchanged under traffic: frames lost, duplicated, overtaken, pauses, what is left in memory",
    "attack": "tuple space explosion: what random headers at one port leave of a victim's TCP",
    "meter": "TCP and UDP through meters by rate and burst, beside a policer and a shaper of Linux",
    "fuzz": "1,000,000 mutated frames through the parser in Java and the one in eBPF",
    "sockets": "ports over sockets: frames, delays, VXLAN and guests of QEMU, beside VDE and Open vSwitch in user space",
    "footprint": "time to start, memory idle and with 200,000 flows",
}
TOOLS = {"ip": "iproute2", "iperf3": "iperf3", "ping": "iputils-ping", "ethtool": "ethtool", "make": "make", "gcc": "gcc", "clang": "clang", "ss": "iproute2", "sysctl": "procps"}


def arguments():
    parser = argparse.ArgumentParser(prog="./vnet bench", description="Measures the switch beside its peers; needs root. Without a command: datapath --quick.",
                                     epilog="Commands: " + "; ".join(f"{name}: {does}" for name, does in BENCHES.items()))
    parser.add_argument("command", nargs="?", choices=[*BENCHES, "all"])
    parser.add_argument("--rounds", type=int, help="interleaved rounds, of which medians are told (5; quick: 3)")
    parser.add_argument("--quick", action="store_true", help="shorter and less of it, to see that it works")
    parser.add_argument("--json", metavar="FILE", help="where the figures go (target/bench/COMMAND.json)")
    given = parser.parse_args()
    if given.rounds is not None and given.rounds < 1:
        parser.error("--rounds: at least 1")
    if given.json and given.command == "all":
        parser.error("--json: all writes a file for each command, below target/bench")
    if not given.command:
        parser.print_help()
        given.command, given.quick = "datapath", True
    given.rounds = given.rounds or (3 if given.quick else 5)
    return given


def check():
    if os.geteuid():
        raise Failed("needs root: namespaces and eBPF")
    if "JAVA_HOME" not in os.environ:
        raise Failed("JAVA_HOME: not set (start it as ./vnet bench, which finds a JDK)")
    missing = {package for tool, package in TOOLS.items() if not shutil.which(tool)}
    if missing:
        raise Failed("missing: apt-get install " + " ".join(sorted(missing)))


def measure(name, given):
    report = Report(name, given.rounds)
    here = machine()
    print(f"{name}: {here['cpus']} CPUs, {here['cpu']}, Linux {here['kernel']}, {given.rounds} rounds, load {here['load']:.1f}", flush=True)
    with Lab() as lab:
        import traffic
        traffic.prepare()
        try:
            importlib.import_module(name).measure(lab, report, given.quick)
        finally:
            print(report.text(), flush=True)
    print(f"written: {os.path.relpath(report.write(given.json))}\n", flush=True)
    return any(met is False and name == "fuzz" for _, _, met in report.targets)


def interrupted(*_):
    raise KeyboardInterrupt


def main():
    given = arguments()
    os.environ["VNET_AS_BUILT"] = "yes"
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupted)
    try:
        check()
        names = BENCHES if given.command == "all" else [given.command]
        return max(measure(name, given) for name in names)
    except Failed as e:
        print(f"bench: {e}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


sys.exit(main())
