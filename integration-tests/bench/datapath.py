"""What the kernel path carries: small frames by flows and masks, TCP, flooding."""

import engines
import traffic
from host import Host
from ovs import OpenVSwitch
from peers import Bridge, Direct, VNetwork

MASKS = (1, 8, 32)
FLOWS = (1, 1000, 100_000)
FLOOD = "ff:ff:ff:ff:ff:ff"
ADDED = "CPU that the switch adds"
LIVE, PACED, FLOODED = "64 octets", "64 octets, lossless", "64 octets, flood to 8"


class Datapath:
    """The peers, and the rounds between them."""

    def __init__(self, lab, report, quick):
        self.report = report
        self.seconds = 0.5 if quick else 1
        self.quick = quick
        host = Host(lab)
        engines.install(lab, host)
        self.learning = VNetwork(lab, host, "l", "learning")
        self.shapes = VNetwork(lab, host, "s", "shapes")
        self.wide = VNetwork(lab, host, "w", "flood", 9)
        self.direct = Direct(lab)
        self.bridge = Bridge(lab)
        self.wide_bridge = Bridge(lab, "c", 9)
        self.others = [self.direct, self.bridge]
        for peer in (OpenVSwitch(lab), OpenVSwitch(lab, "t", tso=True)):
            if peer.missing:
                report.absent(peer.name, peer.missing)
            else:
                self.others.append(peer)
        for peer in [self.learning, *self.others, self.wide, self.wide_bridge]:
            traffic.reach(peer)
        self.shapes.unlimited()

    def tcp(self):
        """In twice as many rounds: one iperf3 differs from the next by a tenth, whatever it runs through."""
        for streams in (1, 4):
            work = f"TCP, {streams} stream{'s' * (streams > 1)}"
            for peers in self.report.turns([self.learning, *self.others], 1 if self.quick else 2):
                for peer in peers:
                    result = traffic.tcp(peer, streams, 1)
                    self.report.add(work, peer.name, "rate", result["rate"] / 1e9, "Gbit/s")
                    self.report.add(work, peer.name, "per core", result["per_core"] / 1e9, "Gbit/s")
            self.report.at_least(1.0, work, "rate", Bridge.name)
            self.report.at_least(1.5, work, "rate", "OVS with TSO")

    def frames(self, work, peer, **options):
        """One measurement of small frames, noted in Mpps."""
        if peer is not self.shapes:
            traffic.prime(peer)
        result = traffic.small(peer, t=self.seconds, **options)
        self.report.add(work, peer.name, "rate", result["rate"] / 1e6, "Mpps")
        self.report.add(work, peer.name, "per core", result["per_core"] / 1e6, "Mpps")
        if result["sent"] and result["lost"]:
            self.report.add(work, peer.name, "lost", 100 * result["lost"] / (result["lost"] + result["arrived"]), "%")

    def one_mask(self):
        """The product's own engine beside everything, one flow and a thousand; a learning switch looks at addresses, so here both are one flow."""
        for flows in (1, 1000):
            work = f"{LIVE}, learning, {flows:,} UDP flow{'s' * (flows > 1)}"
            for peers in self.report.turns([self.learning, *self.others]):
                for peer in peers:
                    self.frames(work, peer, f=flows)
            self.report.at_least(1.5, work, "per core", Bridge.name)
            self.report.at_least(0.65, work, "per core", Direct.name)
            self.report.at_least(5, work, "per core", "OVS userspace")

    def lossless(self):
        """A sender that waits for the receiver: what a switch carries without loss, and what that costs beyond what the sender and a veth take."""
        for peers in self.report.turns([self.learning, *self.others]):
            for peer in peers:
                self.frames(PACED, peer, w=128)
            took = {peer.name: 1 / self.report.last(PACED, peer.name, "per core") for peer in peers}
            for peer in peers:
                if peer is not self.direct:
                    self.report.add(PACED, peer.name, ADDED, took[peer.name] - took[Direct.name], "us/frame")
        self.report.at_most(0.2, PACED, ADDED, "OVS userspace")

    def masks(self):
        """Exact flows under several masks; with one flow it is the one whose mask is tried last."""
        kinds = [(m, f) for m in MASKS for f in FLOWS if not self.quick or f < 100_000]
        for masks, flows in kinds:
            work = masks_work(masks, flows)
            for peers in self.report.turns([self.shapes, self.direct, self.bridge]):
                self.shapes.forget()
                traffic.prime(self.shapes, max(masks, flows), masks)
                misses = self.shapes.upcalls()
                for peer in peers:
                    self.frames(work, peer, f=flows, m=masks, o=masks - 1 if flows == 1 else 0)
                self.report.add(work, self.shapes.name, "came up", self.shapes.upcalls() - misses, "frames")
                self.report.add(work, self.shapes.name, "flows", self.shapes.flows(), "")
        self.shapes.forget()    # 100,000 flows that nobody uses cost 3 % of a core, for reading their statistics, until they are idle long enough
        for flows in (1, 1000):
            self.report.at_least(1.5, masks_work(1, flows), "per core", Bridge.name)
            self.report.at_least(0.65, masks_work(1, flows), "per core", Direct.name)
        self.report.at_least(1.2, masks_work(32, 1000), "per core", Bridge.name)

    def flood(self):
        for peers in self.report.turns([self.wide, self.wide_bridge]):
            for peer in peers:
                traffic.prime(peer, d=FLOOD)
                result = traffic.small(peer, peer.stations[1:], t=self.seconds, d=FLOOD)
                self.report.add(FLOODED, peer.name, "rate", result["rate"] / 1e6, "Mpps out")
                self.report.add(FLOODED, peer.name, "per core", result["per_core"] / 1e6, "Mpps out")
        self.report.at_least(1.0, FLOODED, "per core", Bridge.name)


def masks_work(masks, flows):
    return f"{LIVE}, {masks} mask{'s' * (masks > 1)}, {flows:,} flow{'s' * (flows > 1)}"


def measure(lab, report, quick):
    """Runs all of it."""
    bench = Datapath(lab, report, quick)
    for part in (bench.one_mask, bench.lossless, bench.masks, bench.flood, bench.tcp):
        part()
