"""New flows: how many a second a switch makes, and how long the first frame of one is under way."""

import time

import engines
import traffic
from host import Host
from ovs import OpenVSwitch
from peers import VNetwork

WORK, FIRST, KNOWN = "each frame a new flow", "first frame of a flow, 1,000 a second", "frame of a known flow, 1,000 a second"
# Reads both ports, so that OVS's flow compares them too; OpenFlow matches alone would be rounded to prefixes.
RULE = "priority=1,udp,actions=move:NXM_OF_UDP_SRC[]->NXM_NX_REG0[0..15],move:NXM_OF_UDP_DST[]->NXM_NX_REG1[0..15],output:2"
# OVS installs no more than 10,000 flows until it has watched itself for a while, so each burst has fewer.
FLOWS, BURSTS = 9_000, 5


def measure(lab, report, quick):
    """Runs all of it."""
    host = Host(lab)
    engines.install(lab, host)
    ours = VNetwork(lab, host, "s", "ports")
    ours.unlimited()
    host.sh(f"table:put {ours.switch} fdb vlan=1,mac={ours.stations[1].mac} port=p2,fixed=true")
    theirs = OpenVSwitch(lab)
    peers = [ours]
    if theirs.missing:
        report.absent(theirs.name, theirs.missing)
    else:
        theirs.rules(RULE, "priority=0,actions=NORMAL")
        peers.append(theirs)
    for peer in peers:
        # Warm: what a process that has run for a while has compiled. After 20 bursts the compilers still take a tenth of its time.
        many(peer, 2 if quick else 60)
    for order in report.turns(peers):
        for peer in order:
            once(report, peer)
    told(report)


def empty(peer):
    """Has a switch forget its flows."""
    if isinstance(peer, VNetwork):
        peer.forget()
    else:
        peer.control("revalidator/purge")
        time.sleep(0.2)


def many(peer, bursts):
    """Bursts in which each frame is a new flow; sums."""
    sums = dict.fromkeys(("arrived", "seconds", "cpu_seconds", "lost"), 0)
    for _ in range(bursts):
        empty(peer)
        result = traffic.small(peer, f=FLOWS, n=FLOWS, w=256, t=20)
        for figure in sums:
            sums[figure] += result[figure]
    return sums


def once(report, peer):
    result = many(peer, BURSTS)
    report.add(WORK, peer.name, "rate", result["arrived"] / result["seconds"], "flows/s")
    report.add(WORK, peer.name, "per core", result["arrived"] / result["cpu_seconds"], "flows/s")
    report.add(WORK, peer.name, "lost", result["lost"], "frames")
    report.add(WORK, peer.name, "flows of the last burst", peer.flows() if isinstance(peer, VNetwork) else count(peer), "")
    empty(peer)
    first = traffic.small(peer, f=2000, n=2000, p=1000, t=5)
    known = traffic.small(peer, f=2000, n=2000, p=1000, t=5)
    for share in ("p50", "p99"):
        report.add(FIRST, peer.name, share, first["delay_us"][share], "us")
        report.add(KNOWN, peer.name, share, known["delay_us"][share], "us")
        report.add("extra delay of the first frame", peer.name, share, first["delay_us"][share] - known["delay_us"]["p50"], "us")


def count(peer):
    """Flows in OVS's datapath."""
    return sum("udp" in line for line in peer.control("dpctl/dump-flows").splitlines())


def told(report):
    rate = report.median(WORK, "vNetwork", "per core")
    report.bound("new flows per second and core: >= 100,000", f"{rate:,.0f}", rate >= 100_000)
    slow = report.median("extra delay of the first frame", "vNetwork", "p99")
    report.bound("first frame's extra delay, p99: < 1 ms", f"{slow / 1000:.2f} ms", slow < 1000)
    report.at_least(1, WORK, "per core", "OVS userspace")
    report.at_most(1, FIRST, "p50", "OVS userspace")
    report.at_most(1, FIRST, "p99", "OVS userspace")
    report.note("The limits of misses are lifted: switch:limit --port-misses 1000000.")
