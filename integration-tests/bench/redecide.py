"""Flows decided again while their traffic goes on: one row, another engine, everything elsewhere."""

import subprocess
import time

import engines
import traffic
from host import Host
from lab import Failed, TOOLS, until
from peers import VNetwork

FLOWS, ADDRESSES, SENDERS = 100_000, 100, 4
ROW, SWAP, MOVE = "one row of the FDB changes", "another engine, same decisions", "every flow to another port"


class Redecide:
    """A switch with stations 1..4 sending and 5, 6 and 7 receiving, and as many flows as it takes."""

    def __init__(self, lab, report, flows):
        self.lab = lab
        self.report = report
        self.host = Host(lab)
        engines.install(lab, self.host)
        self.peer = VNetwork(lab, self.host, "r", "ports", SENDERS + 3)
        self.each = flows // SENDERS
        for number in range(1, SENDERS + 1):
            self.peer.unlimited(number)
        for address in range(ADDRESSES):
            self.place(address, SENDERS + 1)

    def place(self, address, port):
        self.host.sh(f"table:put {self.peer.switch} fdb vlan=1,mac=02:00:00:00:{(4096 + address) >> 8:02x}:{address:02x} port=p{port},fixed=true")

    def generator(self, number, **options):
        stations = self.peer.stations
        words = [TOOLS / "vnet-traffic", "-s", stations[number - 1].namespace, "-r", stations[SENDERS].namespace, "-f", self.each, "-a", ADDRESSES]
        for letter, value in options.items():
            words += ["-" + letter, value]
        return [str(word) for word in words]

    def fill(self):
        """Makes the flows, and keeps traffic on all of them: idle flows would go."""
        keep = []
        for number in range(1, SENDERS + 1):
            subprocess.run(self.generator(number, n=self.each, w=256, t=60), cwd=TOOLS, check=True, capture_output=True)
            keep.append(self.lab.process(self.generator(number, p=self.each / 3, w=4096, t=3600), self.lab.work / "keep.out", cwd=TOOLS))
        return keep

    def misses(self):
        ports = {f"p{number}" for number in range(1, SENDERS + 1)}
        return sum(p["upcalls"] for p in self.host.ask(f"port:list {self.peer.switch}") if p["name"] in ports)

    def change(self, work, command, concerned):
        """Times a change until all flows are settled, and what came up meanwhile."""
        settled, before = self.peer.flows(), self.misses()
        begin = time.monotonic()
        told = self.host.sh(command)
        seconds = time.monotonic() - begin
        after = self.misses()
        self.report.add(work, "vNetwork", "time", seconds * 1000, "ms")
        self.report.add(work, "vNetwork", "decided again", concerned / seconds, "flows/s")
        self.report.add(work, "vNetwork", "came up meanwhile", after - before, "frames")
        self.report.add(work, "vNetwork", "flows", settled, "")
        return told

    def round(self):
        switch = self.peer.switch
        flows = self.peer.flows()
        readers = flows // ADDRESSES
        mac = "02:00:00:00:10:00"
        self.change(ROW, f"table:put {switch} fdb vlan=1,mac={mac} port=p{SENDERS + 2},fixed=true", readers)
        self.host.sh(f"table:put {switch} fdb vlan=1,mac={mac} port=p{SENDERS + 1},fixed=true")
        self.expect(self.change(SWAP, f"engine:swap {switch} ports-again", flows), "kept")
        self.expect(self.change(MOVE, f"engine:swap {switch} ports-aside", flows), "replaced")
        self.host.sh(f"engine:swap {switch} ports")

    def expect(self, told, what):
        line = next(line for line in told.splitlines() if line.startswith("flows "))
        if f"{what}" not in line or f" 0 {what}" in f" {line}":
            raise Failed(f"swap: {line} (expected: all {what})")
        self.report.note("swap: " + line)


def measure(lab, report, quick):
    """Runs all of it."""
    flows = FLOWS // 10 if quick else FLOWS
    bench = Redecide(lab, report, flows)
    bench.fill()
    until(lambda: bench.misses() == bench.misses(), "flows", 5)
    for _ in range(report.rounds):
        bench.round()
    there = report.median(SWAP, "vNetwork", "flows")
    if there < flows:
        report.note(f"{flows:,} flows were asked for, {there:,.0f} are in")
    for work in (SWAP, MOVE):
        slow = report.median(work, "vNetwork", "time")
        report.bound(f"{work}: {flows:,} flows in < 2 s", f"{there:,.0f} flows in {slow / 1000:.2f} s", slow < 2000 and there >= flows)
    for work in (ROW, SWAP, MOVE):
        most = max(report.figures[work, "vNetwork", "came up meanwhile"][1])
        report.bound(f"{work}: nothing comes up", f"{most} frames at most", most == 0)
