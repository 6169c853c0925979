"""Switches that programs attach to by sockets: frames, delays and CPU time between two programs, VXLAN, and between two guests."""

import sockets_guests
import sockets_vxlan
from host import Host
from lab import Failed, run
from sockets_ends import Direct, Generator, Ours, OvsTaps, Vde

# Name, octets of a frame without FCS, frames under way, frames of a batch.
SIZES = (("64 octets", 60, 64, 32), ("1,500 octets", 1514, 64, 32), ("9,000 octets", 9014, 16, 8))
ALONE, HALF = "one frame under way, 64 octets", "half of its lossless rate, 64 octets"
# Datagrams that may wait at a socket: what systemd sets, and what the kernel has by itself.
QUEUE, SHORT_QUEUE = 512, 10


class Sockets:
    """The peers, and the rounds between them."""

    def __init__(self, lab, report, quick):
        self.lab = lab
        self.report = report
        self.quick = quick
        self.seconds = 0.2 if quick else 0.4
        self.home = lab.namespace("u")
        self.inside = ["ip", "netns", "exec", self.home]
        self.generator = Generator(lab, report)
        self.host = Host(lab, "user", self.inside)
        self.queue(QUEUE)
        self.ours = [Ours(lab, self.host, self.inside, kind[0], kind) for kind in ("dgram", "stream")]
        self.direct = [Direct(lab, self.inside, kind) for kind in ("dgram", "stream")]
        self.peers = [*self.ours, *self.direct]
        self.vde = Vde(lab, self.inside)
        for peer in (self.vde, OvsTaps(lab)):
            if peer.missing:
                report.absent(peer.name, peer.missing)
            else:
                self.peers.append(peer)
        self.warm()

    def warm(self):
        """What a process that has run for a while has compiled."""
        for batch in (1, 32, 1, 32):
            for peer in self.ours:
                self.generator.run(peer, t=0.5 if self.quick else 2, b=batch)

    def queue(self, datagrams):
        """How many datagrams may wait at each socket that is made from now on."""
        run(*self.inside, "sysctl", "-qw", f"net.unix.max_dgram_qlen={datagrams}")

    def frames(self):
        """A sender that waits for the receiver: what passes entirely, and what that costs."""
        for peers in self.report.turns(self.peers):
            for work, octets, window, batch in SIZES:
                for peer in peers:
                    if octets <= peer.longest:
                        for kind, count in (("a call each", 1), ("batches", batch)):
                            self.note(f"{work}, {kind}", peer, octets, t=self.seconds, l=octets, w=window, b=count)

    def note(self, work, peer, octets, **options):
        result = self.generator.run(peer, **options)
        self.report.add(work, peer.name, "rate", result["rate"] / 1e3, "kfps")
        if octets > 60:
            self.report.add(work, peer.name, "throughput", result["rate"] * octets * 8 / 1e9, "Gbit/s")
        if peer.processes:
            self.report.add(work, peer.name, "CPU of the switch", result["switch_us"], "us/frame")
        self.report.add(work, peer.name, "CPU of all", result["all_us"], "us/frame")
        if result["lost"]:
            self.report.add(work, peer.name, "lost", result["lost"], "%")
        return result

    def short_queues(self):
        """As a container has it: the kernel's own limit of datagrams that wait."""
        self.queue(SHORT_QUEUE)
        peers = [Ours(self.lab, self.host, self.inside, "k", "dgram"), *[p for p in self.peers if isinstance(p, (Direct, Vde)) and "stream" not in p.name]]
        for order in self.report.turns(peers):
            for peer in order:
                self.note(f"64 octets, a call each, at most {SHORT_QUEUE} datagrams wait", peer, 60, t=self.seconds)
        self.queue(QUEUE)

    def delays(self):
        """From the sender's stamp, before its system call, to the receiver's, after its own."""
        for peers in self.report.turns(self.peers):
            for peer in peers:
                self.told(ALONE, peer, self.generator.run(peer, "-1", t=self.seconds))
                rate = self.report.last(SIZES[0][0] + ", a call each", peer.name, "rate") * 1e3
                self.told(HALF, peer, self.generator.run(peer, t=self.seconds, p=rate / 2))

    def told(self, work, peer, result):
        for share in ("p50", "p99"):
            self.report.add(work, peer.name, share, result["delay_us"][share], "us")
        if result["lost"]:
            self.report.add(work, peer.name, "lost", result["lost"], "%")

    def vxlan(self):
        sockets_vxlan.measure(self.lab, self.report, self.seconds, self.generator, self.host, self.home, self.inside)

    def guests(self):
        try:
            sockets_guests.measure(self.lab, self.report, self.quick, self.host, self.inside, None if self.vde.missing else self.vde)
        except Failed as e:
            # What was measured before is not lost with it.
            self.report.absent("guests", str(e))

    def targets(self):
        for work in (f"{size}, {kind}" for size in ("64 octets", "1,500 octets") for kind in ("a call each", "batches")):
            for ours in self.ours:
                self.report.at_least(1, work, "rate", Vde.name, ours.name)
                self.report.at_most(1, work, "CPU of the switch", Vde.name, ours.name)


def measure(lab, report, quick):
    """Runs all of it."""
    bench = Sockets(lab, report, quick)
    for part in (bench.frames, bench.short_queues, bench.delays, bench.vxlan, bench.guests, bench.targets):
        part()
