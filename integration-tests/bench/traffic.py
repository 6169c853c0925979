"""Measurements between stations of one peer: small frames by vnet-traffic, TCP by iperf3, delays by ping."""

import json
import os
import re
import subprocess
import time

import cpu
from lab import Failed, TOOLS, run, until


def prepare():
    """Builds the generator."""
    made = subprocess.run(["make", "-s", "-C", TOOLS, "vnet-traffic", "traffic.bpf.o"], capture_output=True, text=True, check=False)
    if made.returncode:
        raise Failed("the traffic generator did not build; apt-get install gcc make clang libbpf-dev: " + (made.stderr.strip().splitlines() or ["make failed"])[-1])


def prime(peer, flows=1, shapes=1, **options):
    """Has the switch know these flows before they are measured."""
    return small(peer, f=flows, m=shapes, n=max(flows, shapes), w=256, t=60, **options)


def small(peer, receivers=None, **options):
    """64-byte frames from the peer's first station; the generator's result, with `per_core` and `rate` in frames per second."""
    words = [TOOLS / "vnet-traffic", "-s", peer.stations[0].namespace, "-r", ",".join(s.namespace for s in receivers or peer.stations[1:2]),
             "-u", ",".join(map(str, peer.processes + cpu.kernel_threads()))]
    for letter, value in options.items():
        words += ["-" + letter, value]
    result = json.loads(run(*words, cwd=TOOLS))
    result["rate"] = result["arrived"] / result["seconds"]
    result["cpu_seconds"] = result["cpu"] + result["cpu_others"]
    result["per_core"] = result["arrived"] / max(result["cpu_seconds"], 1e-6)
    return result


def tcp(peer, streams, seconds):
    """As `stream`, in the conditions that the peer needs."""
    with peer.without_polling():
        return stream(peer, streams, seconds)


def stream(peer, streams, seconds):
    """TCP from the first station to the second: Gbit/s, and Gbit per CPU second of both ends, ksoftirqd and the switch."""
    client, server = peer.stations[:2]
    others = peer.processes + cpu.kernel_threads()
    listening = subprocess.Popen(server.command("timeout", str(seconds + 10), "iperf3", "-s", "-1"), stdout=subprocess.DEVNULL)
    try:
        until(lambda: ":5201" in run(*server.command("ss", "-ltn")), "iperf3")
        before = cpu.seconds(others)
        sending = subprocess.Popen(client.command("iperf3", "-J", "--connect-timeout", "5000", "-c", server.address, "-A", "0,1", "-t", str(seconds), "-P", str(streams)), stdout=subprocess.PIPE, text=True)
        printed = sending.stdout.read()
        own = waited(sending) + waited(listening)
        total = own + cpu.seconds(others) - before
    finally:
        if listening.returncode is None and listening.poll() is None:
            listening.kill()
            listening.wait()
    try:
        result = json.loads(printed)["end"]["sum_received"]
    except (ValueError, KeyError) as e:
        raise Failed(f"iperf3 to {server.namespace}: {printed.strip()[-200:]}") from e
    return {"rate": result["bits_per_second"], "per_core": result["bytes"] * 8 / total, "cpu_seconds": total, "seconds": result["seconds"]}


def waited(process):
    """CPU seconds of a process that ends, children included."""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = status
    return usage.ru_utime + usage.ru_stime


def ping(peer, count=200, interval=0.005):
    """Median round trip in microseconds."""
    client, server = peer.stations[:2]
    printed = run(*client.command("ping", "-c", str(count), "-i", str(interval), server.address))
    times = sorted(float(t) for t in re.findall(r"time=([0-9.]+) ms", printed))
    if len(times) < count:
        raise Failed(f"ping: {count - len(times)} of {count} lost on the way through {peer.name}")
    return times[len(times) // 2] * 1000


def reach(peer):
    """Waits until the first station reaches all others, so that a switch knows where they are."""
    for server in peer.stations[1:]:
        def answers(server=server):
            return subprocess.run(peer.stations[0].command("ping", "-q", "-c", "1", "-W", "1", server.address), capture_output=True, check=False).returncode == 0
        until(answers, f"{peer.name}: no way from station 1 to {server.address}", 15)
    time.sleep(0.1)
