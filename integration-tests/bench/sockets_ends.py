"""What is compared where programs attach to a switch by sockets: each peer says where a sender and a receiver are attached, and which processes switch."""

import json
import shlex
import subprocess
from pathlib import Path

import cpu
from lab import Failed, Station, run, until
from ovs import OpenVSwitch, install

SOURCES = Path(__file__).with_name("generator")


class Generator:
    """The program in generator/sockets.c."""

    def __init__(self, lab, report):
        self.report = report
        self.program = lab.work / "sockets"
        made = subprocess.run(["gcc", "-O2", "-Wall", "-o", self.program, SOURCES / "sockets.c", SOURCES / "ends.c", "-lpthread"], capture_output=True, text=True, check=False)
        if made.returncode:
            raise Failed("the generator did not build: " + (made.stderr.strip().splitlines() or ["gcc failed"])[0])

    def run(self, peer, *flags, **options):
        """One measurement; its result, with `rate` in frames per second and CPU times for one frame in microseconds."""
        words = [*peer.inside, self.program, "-s", peer.ends[0], "-r", peer.ends[1], *flags, "-u", ",".join(map(str, peer.processes)) or "0"]
        for letter, value in options.items():
            words += ["-" + letter, value]
        result = self.measured(peer, words)
        if not result["arrived"]:
            # A machine that others use stands still for longer than a measurement now and then.
            self.report.note(f"{peer.name}: nothing arrived within a measurement, which was done again")
            result = self.measured(peer, words)
        if not result["arrived"]:
            raise Failed(f"{peer.name}: nothing arrived ({shlex.join(map(str, words))})")
        result["rate"] = result["arrived"] / result["seconds"]
        result["all"] = result["cpu_sender"] + result["cpu_receiver"] + result["cpu_switch"]
        result["switch_us"] = 1e6 * result["cpu_switch"] / result["arrived"]
        result["all_us"] = 1e6 * result["all"] / result["arrived"]
        result["lost"] = 100 * (1 - result["arrived"] / result["sent"])
        return result

    @staticmethod
    def measured(peer, words):
        try:
            return json.loads(run(*words, timeout=60))
        except subprocess.TimeoutExpired as e:
            raise Failed(f"{peer.name}: the generator does not end ({shlex.join(map(str, words))})") from e


class End:
    """`missing` says why a peer cannot take part, `longest` which frame it takes, `inside` where its ends are opened."""

    name = "?"
    missing = None
    longest = 65_535
    inside = ()
    ends = ("", "")
    processes = ()


class Direct(End):
    """The sender's socket is connected to the receiver's: the limit, as nothing switches."""

    def __init__(self, lab, inside, kind):
        self.name = f"no switch, {kind}"
        self.inside = inside
        one, other = (lab.work / f"direct-{kind}-{number}" for number in (1, 2))
        self.ends = (f"dgram:{one},{other}", f"dgram:{other},{one}") if kind == "dgram" else (f"stream:{one}", f"stream-wait:{one}")


class Ours(End):
    """Two ports of a switch of the host under test."""

    def __init__(self, lab, host, inside, tag, kind):
        self.name = f"vNetwork, {kind}"
        self.inside = inside
        self.processes = [host.pid]
        host.sh(f"switch:create {tag} --engine learning")
        ends = []
        for number in (1, 2):
            ours, theirs = lab.work / f"{tag}{number}", lab.work / f"{tag}{number}-peer"
            host.sh(f"port:add {tag} p{number} " + (f"--dgram {ours} {theirs}" if kind == "dgram" else f"--stream {ours}"))
            ends.append(f"dgram:{theirs},{ours}" if kind == "dgram" else f"stream:{ours}")
        self.ends = tuple(ends)


class Vde(End):
    """A VDE switch of Debian's package vde2, spoken to as its plugs do: a Unix datagram socket for each port."""

    name = "VDE switch"
    longest = 1514

    def __init__(self, lab, inside):
        self.inside = inside
        self.missing = install("vde2", ("vde_switch",))
        if self.missing:
            return
        self.folder = lab.work / "vde"
        # It ends with its standard input.
        process = lab.process([*inside, "vde_switch", "-s", self.folder], lab.work / "vde.out", stdin=subprocess.PIPE)
        until(lambda: process.poll() is not None or (self.folder / "ctl").exists(), "vde_switch")
        if process.poll() is not None:
            raise Failed("vde_switch ended: " + (lab.work / "vde.out").read_text().strip()[-200:])
        self.processes = [process.pid]
        self.ends = (f"vde:{self.folder}", f"vde:{self.folder}")


class TapBridge(OpenVSwitch):
    """A bridge whose ports are taps, in its own namespace."""

    def attached(self, tag):
        stations = [Station(self.home, f"{self.lab.prefix}{tag}{number}", number) for number in (1, 2)]
        for station in stations:
            run("ip", "-n", self.home, "tuntap", "add", "dev", station.device, "mode", "tap")
            run("ip", "-n", self.home, "link", "set", station.device, "mtu", "9000", "txqueuelen", "1000", "up")
        return stations


class OvsTaps(End):
    """Open vSwitch's userspace datapath; as it takes devices only, sender and receiver each hold a tap's file, as a QEMU with a tap does."""

    name = "OVS userspace, taps"
    longest = 9014

    def __init__(self, lab):
        bridge = TapBridge(lab, "v")
        self.missing = bridge.missing
        if self.missing:
            return
        self.inside = bridge.inside()
        self.processes = bridge.processes + cpu.kernel_threads()
        self.ends = tuple(f"tap:{station.device}" for station in bridge.stations)
