"""What comes through a meter: TCP and UDP by rate and burst, beside a policer and a shaper of Linux."""

import json
import shutil
import subprocess

import engines
import traffic
from host import Host
from lab import Failed, run, until
from peers import Bridge, VNetwork

RATES = {"10 Mbit/s": 1e7, "100 Mbit/s": 1e8, "1 Gbit/s": 1e9, "10 Gbit/s": 1e10}
BURSTS = {"64 KiB": 0, "10 ms": 0.01, "250 ms": 0.25}
LEAST = 65_536
FIRST = 5300
# More than these iperf3 does not offer.
MOST_UDP = 1e8
MOST_TCP = 1e9


class Metered(VNetwork):
    """The product; port numbers name rate and burst."""

    def __init__(self, lab, host):
        super().__init__(lab, host, "m", "meter")

    def limit(self, rate, seconds):
        return FIRST + 10 * list(RATES.values()).index(rate) + list(BURSTS.values()).index(seconds)


class Policed(Bridge):
    """A bridge and `limit` of nftables, which drops as a meter does. Its bucket holds what the rate is in a second, and the burst besides."""

    name = "nftables limit"

    def __init__(self, lab):
        super().__init__(lab, "n")
        self.missing = None if shutil.which("nft") else "not installed: apt-get install nftables"
        self.inside = ["ip", "netns", "exec", lab.prefix + "-n"]

    def limit(self, rate, seconds):
        rules = "; ".join(f"{proto} dport {FIRST} limit rate over {int(rate / 8)} bytes/second burst {LEAST} bytes drop" for proto in ("tcp", "udp"))
        text = f"flush ruleset\ntable bridge b {{ chain c {{ type filter hook forward priority 0; {rules}; }}; }}\n"
        run(*self.inside, "nft", "-f", "-", input=text)
        return FIRST


class Shaped(Bridge):
    """A bridge and the queue discipline tbf, which has a queue of 50 ms where a meter drops."""

    name = "tbf"

    def __init__(self, lab):
        super().__init__(lab, "q")
        self.home = lab.prefix + "-q"

    def limit(self, rate, seconds):
        run("tc", "-n", self.home, "qdisc", "replace", "dev", self.stations[1].device, "root", "tbf", "rate", f"{int(rate)}bit", "burst", LEAST, "latency", "50ms")
        return FIRST


def measure(lab, report, quick):
    """A burst at the beginning is not counted: the first second of each run is left out."""
    host = Host(lab)
    engines.install(lab, host)
    ours, others = Metered(lab, host), []
    for peer in (Policed(lab), Shaped(lab)):
        if peer.missing:
            report.absent(peer.name, peer.missing)
        else:
            others.append(peer)
    for peer in (ours, *others):
        traffic.reach(peer)
    kinds = {"TCP, 1 stream": ("cubic", 1), "TCP, 4 streams": ("cubic", 4), "TCP, 1 stream, BBR": ("bbr", 1)}
    if "bbr" not in run("sysctl", "-n", "net.ipv4.tcp_available_congestion_control"):
        del kinds["TCP, 1 stream, BBR"]
    for rate_name, rate in RATES.items():
        for _ in range(report.rounds):
            for peer in (ours, *others):
                for burst_name, seconds in BURSTS.items() if peer is ours else [("64 KiB", 0)]:
                    if seconds and rate / 8 * seconds <= LEAST:
                        continue
                    name = f"{peer.name}, burst {burst_name}" if peer is ours else peer.name
                    for kind, (control, streams) in kinds.items():
                        report.add(f"{kind}, {rate_name}", name, "passed", tcp(peer, peer.limit(rate, seconds), control, streams) / rate, "of the rate")
                    if rate <= MOST_UDP and not seconds:
                        report.add(f"UDP, {rate_name}", name, "passed", udp(peer, peer.limit(rate, seconds), 1.5 * rate) / rate, "of the rate")
    for rate_name, rate in RATES.items():
        burst = "250 ms" if rate < 1e8 else "10 ms"
        if rate <= MOST_UDP:
            within(report, f"UDP, {rate_name}", "64 KiB", 0.95, 1.05)
        if rate <= MOST_TCP:
            within(report, f"TCP, 4 streams, {rate_name}", burst, 0.7, 1.05)


def within(report, work, burst, least, most):
    passed = report.median(work, f"vNetwork, burst {burst}", "passed")
    report.bound(f"{work}, burst {burst}: {least:g} to {most:g} of the rate", f"{passed:.2f}", least <= passed <= most)


def tcp(peer, port, control, streams):
    """Payload that arrives, bit/s."""
    return iperf(peer, port, "-C", control, "-P", str(streams))["sum_received"]["bits_per_second"]


def udp(peer, port, offered):
    """Frames that arrive at the receiver's device, bit/s, whether its socket takes them or not."""
    end = iperf(peer, port, "-u", "-l", "1400", "-b", str(int(offered)))
    return end["device"]


def iperf(peer, port, *options, seconds=2):
    client, server = peer.stations[:2]
    listening = subprocess.Popen(server.command("timeout", "20", "iperf3", "-s", "-1", "-p", str(port)), stdout=subprocess.DEVNULL)
    try:
        until(lambda: f":{port}" in run(*server.command("ss", "-ltn")), "iperf3")
        before = received(server)
        done = subprocess.run(client.command("iperf3", "-J", "-c", server.address, "-p", str(port), "-O", "1", "-t", str(seconds), *options), capture_output=True, text=True, check=False)
        end = json.loads(done.stdout)["end"]
        end["device"] = (received(server) - before) * 8 / (seconds + 1)
        return end
    except (ValueError, KeyError) as e:
        raise Failed(f"iperf3 to {server.namespace}: {done.stdout.strip()[-200:]}") from e
    finally:
        listening.kill()
        listening.wait()


def received(station):
    return int(run(*station.command("cat", "/sys/class/net/eth0/statistics/rx_bytes")))
