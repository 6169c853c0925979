"""Two guests of QEMU, emulated (TCG), joined by a switch or by QEMU's own sockets alone: TCP, and round trips."""

import base64
import json
import re
import shutil
import socket
import subprocess
from pathlib import Path

import cpu
from lab import Failed, ROOT, run, until
from ovs import install
from sockets_ends import Vde

IMAGE = ROOT / "product/guest/image.sh"
BULK, PING = "guest to guest, TCP", "guest to guest, ping"
DIRECT = "no switch, "
PATIENCE_SECONDS = 60


class Guest:
    """One guest that obeys orders (product/guest/init)."""

    def __init__(self, lab, inside, boot, name, number, netdev):
        self.number = 0
        path = lab.work / f"{name}{number}.orders"
        append = f"console=ttyS0 quiet panic=-1 vnet.name={name}{number} vnet.address=10.99.0.{number}/24"
        self.process = lab.process([
            *inside, "qemu-system-x86_64", "-M", "q35", "-accel", "tcg,thread=multi", "-cpu", "max", "-m", "128", "-nodefaults", "-no-user-config", "-display", "none",
            "-no-reboot", "-kernel", boot[0], "-initrd", boot[1], "-append", append, "-serial", f"file:{lab.work}/{name}{number}.log",
            "-serial", f"unix:{path},server=on,wait=off", "-netdev", netdev, "-device", f"virtio-net-pci,netdev=n,romfile=,mac=02:00:00:01:00:{number:02x}",
        ], lab.work / f"{name}{number}.out")
        self.channel = socket.socket(socket.AF_UNIX)
        self.channel.settimeout(PATIENCE_SECONDS)
        until(lambda: self.process.poll() is not None or not self.channel.connect_ex(str(path)), "QEMU", PATIENCE_SECONDS)
        if self.process.poll() is not None:
            raise Failed(f"QEMU ended: {(lab.work / f'{name}{number}.out').read_text().strip()[-300:]}")
        self.lines = self.channel.makefile("r", errors="replace")

    def line(self, while_doing):
        """The next line of what it says; fails when none comes."""
        try:
            line = self.lines.readline()
        except TimeoutError:
            line = ""
        if not line:
            raise Failed(f"guest: it hung up, or said nothing for {PATIENCE_SECONDS} s, while it did: {while_doing}")
        return line

    def booted(self):
        while self.line("boot").strip() != "ready":
            pass

    def order(self, command):
        """Runs a shell command in the guest and returns what it printed."""
        self.number += 1
        self.channel.sendall(f"{self.number} {base64.b64encode(command.encode()).decode()}\n".encode())
        while self.line(command).strip() != str(self.number):
            pass
        printed = []
        while True:
            line = self.line(command)
            if re.fullmatch(rf"{self.number} \d+\s*", line):
                return "".join(printed)
            printed.append(line)


class Pair:
    """Two guests and what joins them."""

    def __init__(self, lab, inside, boot, name, tag, netdevs, processes=()):
        self.name = name
        self.processes = processes
        self.guests = [Guest(lab, inside, boot, tag, number, netdev) for number, netdev in enumerate(netdevs, 1)]
        for guest in self.guests:
            guest.booted()
        self.guests[1].order("iperf3 -s >/dev/null 2>&1 &")
        until(lambda: " 0% packet loss" in self.guests[0].order("ping -c 1 -W 1 10.99.0.2"), f"{name}: the guests reach each other", 20)

    def bulk(self, seconds):
        """TCP from one to the other: bits per second that arrived, and CPU seconds a Gbit of the switch, and of it and both guests."""
        everybody = [*self.processes, *(guest.process.pid for guest in self.guests)]
        switch, everything = cpu.exact(self.processes), cpu.exact(everybody)
        printed = self.guests[0].order(f"iperf3 -J -c 10.99.0.2 -t {seconds}")
        switch, everything = cpu.exact(self.processes) - switch, cpu.exact(everybody) - everything
        try:
            result = json.loads(printed)["end"]["sum_received"]
            gigabits = result["bytes"] * 8 / 1e9
            return result["bits_per_second"], switch / gigabits, everything / gigabits
        except (ValueError, KeyError, ZeroDivisionError) as e:
            raise Failed(f"{self.name}: iperf3: {printed.strip()[-200:]}") from e

    def ping(self, count):
        """Median round trip in microseconds, of the guest's own clock, and how many of a hundred were lost."""
        printed = self.guests[0].order(f"ping -c {count} -i 0.02 10.99.0.2")
        times = sorted(float(t) for t in re.findall(r"time=([0-9.]+) ms", printed))
        if not times:
            raise Failed(f"{self.name}: no ping came back")
        return times[len(times) // 2] * 1000, 100 - 100 * len(times) / count


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


def pairs(lab, host, inside, boot, vde):
    """All of them, booted."""
    def unix(local, remote):
        return f"dgram,id=n,local.type=unix,local.path={local},remote.type=unix,remote.path={remote}"

    def stream(path, server):
        return f"stream,id=n,server={server},addr.type=unix,addr.path={path}"

    path = {f"{kind}{number}": lab.work / f"g{kind}{number}" for kind in ("o", "p", "s", "d", "t") for number in (1, 2)}
    host.sh("switch:create gd; switch:create gs")
    for number in (1, 2):
        host.sh(f"port:add gd p{number} --dgram {path[f'o{number}']} {path[f'p{number}']}; port:add gs p{number} --stream {path[f's{number}']}")
    ours = [host.pid]
    yield Pair(lab, inside, boot, "vNetwork, dgram", "od", [unix(path["p1"], path["o1"]), unix(path["p2"], path["o2"])], ours)
    yield Pair(lab, inside, boot, DIRECT + "dgram", "dd", [unix(path["d1"], path["d2"]), unix(path["d2"], path["d1"])])
    yield Pair(lab, inside, boot, "vNetwork, stream", "os", [stream(path["s1"], "off"), stream(path["s2"], "off")], ours)
    yield Pair(lab, inside, boot, DIRECT + "stream", "ds", [stream(path["t1"], "on"), stream(path["t1"], "off")])
    if vde and "vde" in run("qemu-system-x86_64", "-netdev", "help"):
        yield Pair(lab, inside, boot, Vde.name, "v", [f"vde,id=n,sock={vde.folder}"] * 2, vde.processes)


def once(report, pair, quick):
    """A pair's round."""
    rate, switch, everything = pair.bulk(1 if quick else 2)
    delay, lost = pair.ping(25 if quick else 50)
    report.add(BULK, pair.name, "rate", rate / 1e6, "Mbit/s")
    if pair.processes:
        report.add(BULK, pair.name, "CPU of the switch", switch, "s/Gbit")
    report.add(BULK, pair.name, "CPU of all", everything, "s/Gbit")
    report.add(PING, pair.name, "round trip", delay, "us")
    if lost:
        report.add(PING, pair.name, "lost", lost, "%")


def measure(lab, report, quick, host, inside, vde):
    """Interleaved rounds; while one pair is measured the others are idle."""
    boot, missing = boot_files(lab)
    if missing:
        report.absent("guests", missing)
        return
    all_pairs = list(pairs(lab, host, inside, boot, vde))
    for order in report.turns(all_pairs):
        for pair in order:
            try:
                once(report, pair, quick)
            except Failed as e:
                all_pairs.remove(pair)
                report.absent(f"{pair.name}, guests", f"not in every round: {e}")
    for kind in ("dgram", "stream"):
        report.at_least(0.85, BULK, "rate", DIRECT + kind, f"vNetwork, {kind}")
        report.at_most(1.15, PING, "round trip", DIRECT + kind, f"vNetwork, {kind}")
