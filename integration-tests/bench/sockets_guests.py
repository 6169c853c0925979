"""Two guests of QEMU, emulated (TCG), joined by a switch or by QEMU's own sockets alone: TCP, and round trips."""

import base64
import json
import re
import shutil
import socket
import statistics
import subprocess
from pathlib import Path

import cpu
from lab import Failed, ROOT, end, run, until
from ovs import install
from sockets_ends import Vde

IMAGE = ROOT / "product/guest/image.sh"
BULK, PING = "guest to guest, TCP", "guest to guest, ping"
DIRECT = "no switch, "
PATIENCE_SECONDS = 60
# Of a round, and pings of one.
TURNS, PINGS = 4, 25


class Guest:
    """One guest that obeys orders (product/guest/init); a network card for each of its netdevs, with addresses 10.99.CARD.NUMBER."""

    def __init__(self, lab, inside, boot, number, netdevs):
        self.orders = 0
        path = lab.work / f"guest{number}.orders"
        cards = [word for card, netdev in enumerate(netdevs) for word in (
            "-netdev", f"{netdev},id=n{card}", "-device", f"virtio-net-pci,netdev=n{card},romfile=,mac=02:00:00:01:{card:02x}:{number:02x}")]
        self.process = lab.process([
            *inside, "qemu-system-x86_64", "-M", "q35", "-accel", "tcg,thread=multi", "-cpu", "max", "-m", "128", "-nodefaults", "-no-user-config", "-display", "none",
            "-no-reboot", "-kernel", boot[0], "-initrd", boot[1], "-append", f"console=ttyS0 quiet panic=-1 vnet.name=guest{number}",
            "-serial", f"file:{lab.work}/guest{number}.log", "-serial", f"unix:{path},server=on,wait=off", *cards,
        ], lab.work / f"guest{number}.out")
        self.channel = socket.socket(socket.AF_UNIX)
        self.channel.settimeout(PATIENCE_SECONDS)
        until(lambda: self.process.poll() is not None or not self.channel.connect_ex(str(path)), "QEMU", PATIENCE_SECONDS)
        if self.process.poll() is not None:
            raise Failed(f"QEMU ended: {(lab.work / f'guest{number}.out').read_text().strip()[-300:]}")
        self.lines = self.channel.makefile("r", errors="replace")
        while self.line("boot").strip() != "ready":
            pass
        for card in range(len(netdevs)):
            self.order(f"ip link set eth{card} up; ip addr add 10.99.{card}.{number}/24 dev eth{card}")

    def line(self, while_doing):
        """The next line of what it says; fails when none comes."""
        try:
            line = self.lines.readline()
        except TimeoutError:
            line = ""
        if not line:
            raise Failed(f"guest: it hung up, or said nothing for {PATIENCE_SECONDS} s, while it did: {while_doing}")
        return line

    def order(self, command):
        """Runs a shell command in the guest and returns what it printed."""
        self.orders += 1
        self.channel.sendall(f"{self.orders} {base64.b64encode(command.encode()).decode()}\n".encode())
        while self.line(command).strip() != str(self.orders):
            pass
        printed = []
        while True:
            line = self.line(command)
            if re.fullmatch(rf"{self.orders} \d+\s*", line):
                return "".join(printed)
            printed.append(line)


class Way:
    """What joins one card of each guest."""

    def __init__(self, name, netdevs, processes=()):
        self.name = name
        self.netdevs = netdevs
        self.processes = processes
        self.guests = []
        self.address = ""

    def between(self, guests, card):
        self.guests = guests
        self.address = f"10.99.{card}.2"
        until(lambda: " 0% packet loss" in guests[0].order(f"ping -c 1 -W 1 {self.address}"), f"{self.name}: the guests reach each other", 20)

    def bulk(self, seconds):
        """TCP from one to the other: bits that arrived, seconds, and CPU seconds of the switch, and of it and both guests."""
        everybody = [*self.processes, *(guest.process.pid for guest in self.guests)]
        switch, everything = cpu.exact(self.processes), cpu.exact(everybody)
        printed = self.guests[0].order(f"iperf3 -J -c {self.address} -t {seconds}")
        switch, everything = cpu.exact(self.processes) - switch, cpu.exact(everybody) - everything
        try:
            result = json.loads(printed)["end"]["sum_received"]
            return result["bytes"] * 8, result["seconds"], switch, everything
        except (ValueError, KeyError) as e:
            raise Failed(f"{self.name}: iperf3: {printed.strip()[-200:]}") from e

    def ping(self, count):
        """Round trips in microseconds, of the guest's own clock; of those that came back."""
        printed = self.guests[0].order(f"ping -c {count} -i 0.02 {self.address}")
        return [float(t) * 1000 for t in re.findall(r"time=([0-9.]+) ms", printed)]


def boot_files(lab):
    """Kernel and initramfs of the small Linux that ./vnet vm gives a guest, with iperf3; a line when they cannot be had."""
    if not IMAGE.exists():
        return None, "no product/guest/image.sh here"
    missing = install("qemu-system-x86", ("qemu-system-x86_64",)) or install("busybox-static", ("busybox",))
    if missing:
        return None, missing
    made = subprocess.run([IMAGE, "/var/lib/vnetwork/.guest"], capture_output=True, text=True, check=False)
    if made.returncode:
        return None, (made.stderr.strip().splitlines() or ["no image"])[-1]
    kernel, initrd = made.stdout.split()
    # The kernel unpacks archives one after the other.
    more = lab.work / "guest.cpio"
    more.write_bytes(Path(initrd).read_bytes() + archive(lab.work / "guest", shutil.which("iperf3")))
    return (kernel, more), None


def archive(folder, program):
    """A cpio archive of a program and the libraries that it needs, where it looks for them."""
    files = [program, *re.findall(r"(/\S+) \(0x", run("ldd", program))]
    for file in files:
        target = folder / file.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, target)
    (folder / "bin").mkdir(exist_ok=True)
    (folder / "bin/iperf3").symlink_to(program)
    return subprocess.run("find . | busybox cpio -o -H newc", shell=True, cwd=folder, capture_output=True, check=True).stdout


def ways(lab, host, vde):
    """All of them, to begin with."""
    def unix(local, remote):
        return f"dgram,local.type=unix,local.path={local},remote.type=unix,remote.path={remote}"

    def stream(path, server):
        return f"stream,server={server},addr.type=unix,addr.path={path}"

    path = {f"{kind}{number}": lab.work / f"g{kind}{number}" for kind in ("o", "p", "s", "d", "t") for number in (1, 2)}
    host.sh("switch:create gd; switch:create gs")
    for number in (1, 2):
        host.sh(f"port:add gd p{number} --dgram {path[f'o{number}']} {path[f'p{number}']}; port:add gs p{number} --stream {path[f's{number}']}")
    ours = [host.pid]
    yield Way("vNetwork, dgram", [unix(path["p1"], path["o1"]), unix(path["p2"], path["o2"])], ours)
    yield Way(DIRECT + "dgram", [unix(path["d1"], path["d2"]), unix(path["d2"], path["d1"])])
    yield Way("vNetwork, stream", [stream(path["s1"], "off"), stream(path["s2"], "off")], ours)
    yield Way(DIRECT + "stream", [stream(path["t1"], "on"), stream(path["t1"], "off")])
    if vde and "vde" in run("qemu-system-x86_64", "-netdev", "help"):
        yield Way(Vde.name, [f"vde,sock={vde.folder}"] * 2, vde.processes)


def booted(lab, inside, boot, found):
    """Two guests with a card for each way, warm. NB: two pairs that boot alike are not equally fast, by a tenth and more: all ways are between the same two, and each round has new ones."""
    guests = [Guest(lab, inside, boot, number + 1, [way.netdevs[number] for way in found]) for number in (0, 1)]
    guests[1].order("iperf3 -s >/dev/null 2>&1 &")
    for card, way in enumerate(found):
        way.between(guests, card)
    for way in found:
        way.bulk(1)
    return guests


def once(report, order, quick):
    """A round, in short turns: what the machine does meanwhile meets all ways alike."""
    sums = {way: [0, 0, 0, 0] for way in order}
    times = {way: [] for way in order}
    turns = 1 if quick else TURNS
    for turn in range(turns):
        for way in order[::-1] if turn % 2 else order:
            sums[way] = [a + b for a, b in zip(sums[way], way.bulk(1))]
            times[way] += way.ping(PINGS)
    for way, (bits, seconds, switch, everything) in sums.items():
        if not bits or not times[way]:
            raise Failed(f"{way.name}: nothing came through")
        report.add(BULK, way.name, "rate", bits / seconds / 1e6, "Mbit/s")
        if way.processes:
            report.add(BULK, way.name, "CPU of the switch", switch / bits * 1e9, "s/Gbit")
        report.add(BULK, way.name, "CPU of all", everything / bits * 1e9, "s/Gbit")
        report.add(PING, way.name, "round trip", statistics.median(times[way]), "us")
        if len(times[way]) < turns * PINGS:
            report.add(PING, way.name, "lost", 100 - 100 * len(times[way]) / (turns * PINGS), "%")


def measure(lab, report, quick, host, inside, vde):
    """Interleaved rounds, each with guests of its own; while one way is measured the others are idle."""
    boot, missing = boot_files(lab)
    if missing:
        report.absent("guests", missing)
        return
    found = list(ways(lab, host, vde))
    for order in report.turns(found):
        guests = booted(lab, inside, boot, found)
        once(report, order, quick)
        for guest in guests:
            end(guest.process)
    for kind in ("dgram", "stream"):
        report.at_least(0.85, BULK, "rate", DIRECT + kind, f"vNetwork, {kind}")
        report.at_most(1.15, PING, "round trip", DIRECT + kind, f"vNetwork, {kind}")
