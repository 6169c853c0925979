"""Many flows that stay: made by traffic of several stations, and kept by it, as idle flows go."""

import time

from lab import Failed, TOOLS

CYCLE_SECONDS = 3
PATIENCE_SECONDS = 120


def fill(lab, peer, senders, flows, addresses=1):
    """Has stations 1..senders make flows to the next one, and keep them; waits until all are in and nothing comes up any more."""
    each = flows // senders
    peer.unlimited()
    receiver = peer.stations[senders].namespace
    for number in range(1, senders + 1):
        words = [TOOLS / "vnet-traffic", "-s", peer.stations[number - 1].namespace, "-r", receiver, "-f", each, "-a", addresses]
        lab.process([*words, "-p", each / CYCLE_SECONDS, "-w", 2048, "-t", 3600], lab.work / "keep.out", cwd=TOOLS)
    end = time.monotonic() + PATIENCE_SECONDS
    misses = -1
    while peer.flows() < each * senders or peer.upcalls() != misses:
        if time.monotonic() > end:
            raise Failed(f"{each * senders:,} flows: not in after {PATIENCE_SECONDS} s, but {peer.flows():,}; does a switch take so many?")
        misses = peer.upcalls()
        time.sleep(CYCLE_SECONDS / 2)
