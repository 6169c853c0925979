"""What a host costs: time to its prompt, heap when idle, memory with as many flows as a switch may have."""

import re
import subprocess
import time
from pathlib import Path

import engines
import standing
from engines import java
from host import Host
from lab import Failed, ROOT, run
from peers import VNetwork

FLOWS, SENDERS = 200_000, 5


def measure(lab, report, quick):
    """Runs all of it."""
    host = Host(lab)
    start(lab, report)
    engines.install(lab, host)
    run(java("jcmd"), host.pid, "GC.run")
    report.add("idle", "vNetwork", "heap after GC", heap(host), "MB")
    report.add("idle", "vNetwork", "resident", resident(host), "MB")
    flows = FLOWS // 10 if quick else FLOWS
    peer = VNetwork(lab, host, "m", "ports", SENDERS + 1)
    host.sh(f"table:put {peer.switch} fdb vlan=1,mac=02:00:00:00:00:02 port=p{SENDERS + 1},fixed=true")
    standing.fill(lab, peer, SENDERS, flows)
    there = peer.flows()
    work = f"{flows:,} flows"
    report.add(work, "vNetwork", "flows", there, "")
    report.add(work, "vNetwork", "resident", resident(host), "MB")
    run(java("jcmd"), host.pid, "GC.run")
    report.add(work, "vNetwork", "heap after GC", heap(host), "MB")
    report.add(work, "vNetwork", "resident after GC", resident(host), "MB")
    report.add(work, "vNetwork", "eBPF maps", maps(host), "MB")
    told(report, work, flows)


def start(lab, report):
    """From the command to the host's answer, and to its prompt's first answer, warm files."""
    for _ in range(report.rounds):
        name = lab.prefix + "s"
        begin = time.monotonic()
        try:
            run(ROOT / "vnet", "up", "--daemon", "--name", name, "--datapath", "ebpf", "--data", lab.work / "start")
            up = time.monotonic() - begin
        finally:
            subprocess.run([ROOT / "vnet", "down", "--name", name], capture_output=True, check=False)
            subprocess.run(["rm", "-rf", f"/run/vnetwork/{name}"], check=False)
        report.add("start", "vNetwork", "command to ready", up * 1000, "ms")


def heap(host):
    found = re.search(r"used (\d+)K", run(java("jcmd"), host.pid, "GC.heap_info"))
    if not found:
        raise Failed("jcmd GC.heap_info: no figure of the heap")
    return int(found.group(1)) * 1024 / 1e6


def resident(host):
    """What the process holds of memory, its journal included, without the maps that it shares with the kernel: those are counted by `maps`."""
    status = Path(f"/proc/{host.pid}/status").read_text()
    whole = sum(int(re.search(rf"{kind}:\s+(\d+)", status).group(1)) for kind in ("RssAnon", "RssFile", "RssShmem"))
    shared, mapped = 0, False
    for line in Path(f"/proc/{host.pid}/smaps").read_text().splitlines():
        if re.match(r"[0-9a-f]+-[0-9a-f]+ ", line):
            mapped = line.endswith("bpf-map")
        elif mapped and line.startswith("Rss:"):
            shared += int(line.split()[1])
    return (whole - shared) * 1024 / 1e6


def maps(host):
    """Memory of all eBPF maps that the host holds, as the kernel counts it; the same map may be held more than once."""
    found = {}
    for entry in Path(f"/proc/{host.pid}/fdinfo").iterdir():
        try:
            fields = dict(line.split(":", 1) for line in entry.read_text().splitlines() if ":" in line)
        except OSError:
            continue
        if "map_id" in fields:
            found[fields["map_id"].strip()] = int(fields["memlock"])
    return sum(found.values()) / 1e6


def told(report, work, flows):
    report.bound("heap when idle: < 128 MB", "%.0f MB" % report.median("idle", "vNetwork", "heap after GC"), report.median("idle", "vNetwork", "heap after GC") < 128)
    there = report.median(work, "vNetwork", "flows")
    whole = report.median(work, "vNetwork", "resident after GC") + report.median(work, "vNetwork", "eBPF maps")
    report.bound(f"{work}: process and maps together < 512 MB", f"{whole:.0f} MB with {there:,.0f} flows", whole < 512 and there >= flows)
