"""Flows decided again while their traffic goes on: one row, another engine, everything elsewhere."""

import time

import engines
import standing
from host import Host
from lab import Failed
from peers import VNetwork

FLOWS, ADDRESSES, SENDERS = 100_000, 100, 4
ROW, SWAP, MOVE = "one row of the FDB changes", "another engine, same decisions", "every flow to another port"


class Redecide:
    """A switch with stations 1..4 sending and 5, 6 and 7 receiving, and as many flows as it takes."""

    def __init__(self, lab, report):
        self.report = report
        self.host = Host(lab)
        engines.install(lab, self.host)
        self.peer = VNetwork(lab, self.host, "r", "ports", SENDERS + 3)
        for address in range(ADDRESSES):
            self.place(address, SENDERS + 1)

    def place(self, address, port):
        self.host.sh(f"table:put {self.peer.switch} fdb vlan=1,mac=02:00:00:00:{(4096 + address) >> 8:02x}:{address:02x} port=p{port},fixed=true")

    def change(self, work, command, concerned):
        """Times a change until all flows are settled, and what came up meanwhile."""
        settled, before = self.peer.flows(), self.peer.upcalls()
        begin = time.monotonic()
        told = self.host.sh(command)
        seconds = time.monotonic() - begin
        after = self.peer.upcalls()
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
    bench = Redecide(lab, report)
    standing.fill(lab, bench.peer, SENDERS, flows, ADDRESSES)
    for _ in range(report.rounds):
        bench.round()
    there = report.median(SWAP, "vNetwork", "flows")
    for work in (SWAP, MOVE):
        slow = report.median(work, "vNetwork", "time")
        report.bound(f"{work}: {flows:,} flows in < 2 s", f"{there:,.0f} flows in {slow / 1000:.2f} s", slow < 2000 and there >= flows)
    for work in (ROW, SWAP, MOVE):
        most = max(report.figures[work, "vNetwork", "came up meanwhile"][1])
        report.bound(f"{work}: nothing comes up", f"{most} frames at most", most == 0)
