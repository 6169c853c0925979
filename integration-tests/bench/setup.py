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
FLOWS = 40_000


def measure(lab, report, quick):
    """Runs all of it."""
    host = Host(lab)
    engines.install(lab, host)
    ours = VNetwork(lab, host, "s", "ports")
    host.sh(f"table:put {ours.switch} fdb vlan=1,mac={ours.stations[1].mac} port=p2,fixed=true")
    theirs = OpenVSwitch(lab)
    peers = [ours]
    if theirs.missing:
        report.absent(theirs.name, theirs.missing)
    else:
        theirs.rules(RULE, "priority=0,actions=NORMAL")
        # It begins with 10,000 and only slowly trusts itself with more; beyond, it throws flows away.
        theirs.control("upcall/set-flow-limit", "200000")
        peers.append(theirs)
    flows = FLOWS // 4 if quick else FLOWS
    for peer in peers:
        # Warm: what a process that has run for a while has compiled.
        for _ in range(1 if quick else 4):
            many(peer, flows)
    for _ in range(report.rounds):
        for peer in peers:
            once(report, peer, flows)
    told(report)


def empty(peer):
    """Has a switch forget its flows."""
    if isinstance(peer, VNetwork):
        peer.forget()
        peer.unlimited()
    else:
        peer.control("dpctl/del-flows")
        time.sleep(0.2)


def many(peer, flows):
    empty(peer)
    return traffic.small(peer, f=flows, n=flows, w=256, t=20)


def once(report, peer, flows):
    result = many(peer, flows)
    report.add(WORK, peer.name, "rate", result["rate"], "flows/s")
    report.add(WORK, peer.name, "per core", result["per_core"], "flows/s")
    if result["lost"]:
        report.add(WORK, peer.name, "lost", result["lost"], "frames")
    report.add(WORK, peer.name, "flows afterwards", peer.flows() if isinstance(peer, VNetwork) else count(peer), "")
    empty(peer)
    first = traffic.small(peer, f=2000, n=2000, p=1000, t=5)
    known = traffic.small(peer, f=2000, n=2000, p=1000, t=5)
    for share in ("p50", "p99"):
        report.add(FIRST, peer.name, share, first["delay_us"][share], "us")
        report.add(KNOWN, peer.name, share, known["delay_us"][share], "us")
        report.add("extra delay of the first frame", peer.name, share, max(0.1, first["delay_us"][share] - known["delay_us"]["p50"]), "us")


def count(peer):
    """Flows in OVS's datapath."""
    return sum("udp" in line for line in peer.control("dpctl/dump-flows").splitlines())


def told(report):
    rate = report.median(WORK, "vNetwork", "per core")
    report.bound("new flows per second and core: >= 100,000", f"{rate:,.0f}", rate >= 100_000)
    slow = report.median("extra delay of the first frame", "vNetwork", "p99")
    report.bound("first frame's extra delay, p99: < 1 ms", f"{slow / 1000:.2f} ms", slow < 1000)
    report.at_least(1, WORK, "per core", "OVS userspace")
    report.at_most(1, "extra delay of the first frame", "p50", "OVS userspace")
    report.at_most(1, "extra delay of the first frame", "p99", "OVS userspace")
    report.note("The limit of misses per port is lifted on the port that sends.")
