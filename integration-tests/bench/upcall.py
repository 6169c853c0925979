"""Every frame decided in Java: TCP, small frames and round trips, beside the kernel path and a bare veth."""

import engines
import traffic
from host import Host
from peers import Direct, VNetwork

IN_JAVA, IN_KERNEL = "vNetwork, each frame in Java", "vNetwork, in the kernel"


def measure(lab, report, quick):
    """Runs all of it."""
    host = Host(lab)
    engines.install(lab, host)
    java = VNetwork(lab, host, "j", "java")
    kernel = VNetwork(lab, host, "k", "learning")
    java.name, kernel.name = IN_JAVA, IN_KERNEL
    peers = [java, kernel, Direct(lab)]
    for peer in peers:
        traffic.reach(peer)
    java.unlimited()
    if not quick:
        warm(java)
    for order in report.turns(peers):
        for peer in order:
            once(report, peer, quick)
    report.bound("TCP, 1 stream, each frame in Java: >= 5 Gbit/s", "%.2f Gbit/s" % report.median("TCP, 1 stream", IN_JAVA, "rate"),
                 report.median("TCP, 1 stream", IN_JAVA, "rate") >= 5)
    lost = drops(java)
    if lost:
        report.note("drops of the switch whose frames are decided in Java: " + lost)


def warm(peer):
    """What a process that has run for a while has compiled."""
    traffic.small(peer, w=128, t=3)
    traffic.tcp(peer, 1, 3)


def once(report, peer, quick):
    for streams in (1, 4):
        work = f"TCP, {streams} stream{'s' * (streams > 1)}"
        result = traffic.tcp(peer, streams, 1 if quick else 2)
        report.add(work, peer.name, "rate", result["rate"] / 1e9, "Gbit/s")
        report.add(work, peer.name, "per core", result["per_core"] / 1e9, "Gbit/s")
    traffic.prime(peer)
    result = traffic.small(peer, w=128, t=0.5 if quick else 1)
    report.add("64 octets, lossless", peer.name, "rate", result["rate"] / 1e6, "Mpps")
    report.add("64 octets, lossless", peer.name, "per core", result["per_core"] / 1e6, "Mpps")
    result = traffic.small(peer, p=2000, t=0.5 if quick else 1)
    for share in ("p50", "p99"):
        report.add("64 octets, 2,000 a second", peer.name, f"one way, {share}", result["delay_us"][share], "us")
    report.add("ping", peer.name, "round trip", traffic.ping(peer), "us")


def drops(peer):
    rows = peer.host.ask(f"drops:list {peer.switch}")
    return ", ".join(f"{row['port']} {row['reason']} {row['count']}" for row in rows)
