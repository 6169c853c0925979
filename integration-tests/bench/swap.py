"""Engines exchanged while small frames and TCP flow: what is lost, duplicated or overtaken, how long new flows wait, what is left of the engines before."""

import json
import re
import signal
import subprocess
import time
from pathlib import Path

import engines
import traffic
from engines import java
from footprint import heap
from host import Host
from lab import Failed, TOOLS, run, until
from peers import VNetwork

FLOWS, CONNECTIONS, ROWS = 1000, 50, 1000
SHARE = 0.7
NAMES = ("learning", "ports", "ports-again")
TRIED = 5    # rates, each a fifth lower, until nothing is lost without a swap
PAUSE = re.compile(r"pause ([0-9.,]+) (ms|us|µs)")
COUNTED = re.compile(r"([0-9,]+) (kept|replaced|drained|revoked)")


def measure(lab, report, quick):
    """Runs all of it."""
    swaps = 50 if quick else 1000
    host = Host(lab)
    engines.install(lab, host)
    candidates = versions(lab, host)
    peer = VNetwork(lab, host, "w", "ports", 4)
    peer.unlimited()
    place(peer)
    for server in (2, 4):
        until(lambda number=server: answers(peer, number), f"no way to station {server}", 15)
    traffic.prime(peer, FLOWS)
    rate = lossless(report, peer)
    work = f"{swaps:,} swaps under traffic"
    report.add(work, "vNetwork", "frames sent", rate, "frames/s")
    with Connections(lab, peer) as connections:
        frames = Frames(lab, peer, rate)
        done = swapped(report, work, peer, candidates, swaps, quick)
        sent = frames.end()
        connections.told(report, work)
    for figure in ("lost", "duplicated", "reordered"):
        report.add(work, "vNetwork", figure, sent[figure], "frames")
    report.note(f"{sent['sent']:,} frames sent; drops: {drops(peer) or 'none'}; {came_up(done)}")
    told(report, work, sent, done)


def versions(lab, host):
    """What is swapped between, in turn: three engines, and two versions of each where the host tells versions apart."""
    if "@" not in host.sh("help engine:swap"):
        return list(NAMES)
    engines.install(lab, host, "0.2.0")
    engines.second_learning(lab, host, "0.2.0")
    rows = host.ask("engine:list")
    return [f"{row['name']}@{row['version']}" for version in range(2) for name in NAMES for row in sorted((r for r in rows if r["name"] == name), key=lambda r: r["version"])[version:version + 1]]


def place(peer):
    """The rows that an engine of the benchmark forwards by, and as many more as the target names."""
    puts = [f"table:put {peer.switch} fdb vlan=1,mac={s.mac} port=p{number},fixed=true" for number, s in enumerate(peer.stations, 1)]
    puts += [f"table:put {peer.switch} fdb vlan=1,mac=02:00:00:01:{n >> 8:02x}:{n & 255:02x} port=p2,fixed=true" for n in range(ROWS - len(puts))]
    for first in range(0, len(puts), 50):
        peer.host.sh("; ".join(puts[first:first + 50]))


def answers(peer, number):
    """Whether a station answers the one before it."""
    client, server = peer.stations[number - 2:number]
    return subprocess.run(client.command("ping", "-q", "-c", "1", "-W", "1", server.address), capture_output=True, check=False).returncode == 0


def lossless(report, peer):
    """70 % of what the switch carries without loss, at which a second without a swap loses nothing either."""
    most = traffic.small(peer, f=FLOWS, w=128, t=1)["rate"]
    report.add("no swap", "vNetwork", "carried without loss", most, "frames/s")
    rate = SHARE * most
    for _ in range(TRIED):
        result = traffic.small(peer, f=FLOWS, w=1 << 30, p=rate, t=1)
        if not result["lost"]:
            return rate
        report.note(f"without a swap, {result['lost']} frames of {result['sent']:,} were lost at {rate:,.0f} a second: a fifth less is sent")
        rate *= 0.8
    raise Failed("small frames are lost without a swap, too; the machine is too busy to measure")


class Frames:
    """Small frames with numbers from the first station to the second, until it is ended."""

    def __init__(self, lab, peer, rate):
        words = [TOOLS / "vnet-traffic", "-s", peer.stations[0].namespace, "-r", peer.stations[1].namespace, "-f", FLOWS, "-w", 1 << 30, "-p", rate, "-t", 36000, "-c"]
        self.printed = lab.work / "frames.json"
        self.process = lab.process(words, self.printed, cwd=TOOLS)
        time.sleep(0.5)

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)
        return json.loads(self.printed.read_text())


class Connections:
    """TCP connections between the third station and the fourth, which send all the time."""

    def __init__(self, lab, peer):
        self.client, self.server = peer.stations[2:4]
        self.printed = lab.work / "connections.json"
        lab.process(self.server.command("iperf3", "-s"), lab.work / "iperf3.out")
        until(lambda: ":5201" in run(*self.server.command("ss", "-ltn")), "iperf3")
        self.process = lab.process(self.client.command("iperf3", "-J", "-c", self.server.address, "-t", "36000", "-P", str(CONNECTIONS), "-b", "200K", "-l", "1000"), self.printed)

    def __enter__(self):
        until(lambda: self.established() > CONNECTIONS, f"{CONNECTIONS} connections", 20)
        self.before = self.counters()
        return self

    def established(self):
        return run(*self.client.command("ss", "-Htn", "state", "established")).count(":5201")

    def counters(self):
        """Of TCP in both namespaces: resets of either kind, segments sent again."""
        sums = dict.fromkeys(("EstabResets", "OutRsts", "RetransSegs"), 0)
        for station in (self.client, self.server):
            names, values = (line.split()[1:] for line in run(*station.command("cat", "/proc/net/snmp")).splitlines() if line.startswith("Tcp:"))
            for name in sums:
                sums[name] += int(dict(zip(names, values))[name])
        return sums

    def told(self, report, work):
        after = self.counters()
        report.add(work, "vNetwork", "TCP connections that live", self.established() - 1, "")
        report.add(work, "vNetwork", "TCP resets", sum(after[n] - self.before[n] for n in ("EstabResets", "OutRsts")), "")
        report.add(work, "vNetwork", "TCP segments sent again", after["RetransSegs"] - self.before["RetransSegs"], "")

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGINT)


def swapped(report, work, peer, candidates, swaps, quick):
    """Swaps in turn; sums of what the swaps say of flows, and how many frames came up."""
    sums = dict.fromkeys(("kept", "replaced", "drained", "revoked"), 0)
    before = peer.upcalls()
    early = 10 if quick else 100
    for number in range(1, swaps + 1):
        name = candidates[(number - 1) % len(candidates)]
        begin = time.monotonic()
        printed = peer.host.sh(f"engine:swap {peer.switch} {name}")
        report.add(work, "vNetwork", "swap, command to answer", (time.monotonic() - begin) * 1000, "ms")
        pause = PAUSE.search(printed)
        if not pause:
            raise Failed(f"swap {number} to {name}: {printed.strip() or 'no answer'}")
        report.add(work, "vNetwork", "pause of new flows", float(pause.group(1).replace(",", "")) * (1000 if pause.group(2) == "ms" else 1), "us")
        for count, what in COUNTED.findall(printed):
            sums[what] += int(count.replace(",", ""))
        if number in (early, swaps):
            standing(report, peer.host, f"after {number:,} swaps")
    sums["came up"] = peer.upcalls() - before
    for what in ("kept", "replaced", "drained", "revoked"):
        report.add(work, "vNetwork", f"flows {what}", sums[what], "")
    return sums


def standing(report, host, work):
    """What the process holds: heap after two collections, classes, class loaders."""
    for _ in range(2):
        run(java("jcmd"), host.pid, "GC.run")
    report.add(work, "vNetwork", "heap after GC", heap(host), "MB")
    loaded = run(java("jstat"), "-class", host.pid).splitlines()[1].split()
    report.add(work, "vNetwork", "classes", int(loaded[0]) - int(loaded[2]), "")
    loaders = run(java("jcmd"), host.pid, "VM.classloader_stats")
    total = re.search(r"Total = (\d+)", loaders)
    report.add(work, "vNetwork", "class loaders", int(total.group(1)) if total else 0, "")


def drops(peer):
    rows = peer.host.ask(f"drops:list {peer.switch}")
    return ", ".join(f"{row['port']} {row['reason']} {row['count']}" for row in rows)


def came_up(done):
    return f"{done['came up']:,} frames came up to Java"


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def told(report, work, sent, done):
    pauses = report.figures[work, "vNetwork", "pause of new flows"][1]
    for share, name in ((0.5, "p50"), (0.99, "p99"), (1, "max")):
        report.add(work, "vNetwork", f"pause, {name}", percentile(pauses, share), "us")
    for figure in ("lost", "duplicated", "reordered"):
        report.bound(f"{work}: 0 frames {figure}", f"{sent[figure]} of {sent['sent']:,}", sent[figure] == 0)
    resets = report.last(work, "vNetwork", "TCP resets")
    report.bound(f"{work}: 0 resets", f"{resets}", resets == 0 and report.last(work, "vNetwork", "TCP connections that live") >= CONNECTIONS)
    worst = percentile(pauses, 0.99)
    report.bound(f"{work}: pause p99 < 1 ms with {ROWS:,} rows", f"{worst:,.0f} us", worst < 1000)
    first, last = [w for w in dict.fromkeys(w for w, _, _ in report.figures) if w.startswith("after ")]
    ratio = report.last(last, "vNetwork", "heap after GC") / report.last(first, "vNetwork", "heap after GC")
    report.bound(f"heap {last} within 2 % of that {first}", f"{100 * (ratio - 1):+.1f} %", abs(ratio - 1) <= 0.02)
    for what in ("classes", "class loaders"):
        one, other = (report.last(w, "vNetwork", what) for w in (first, last))
        report.bound(f"{what} {last} as {first}", f"{one:,} and {other:,}", other <= one)
