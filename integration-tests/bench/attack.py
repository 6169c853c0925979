"""Tuple space explosion: 0.7 Mbit/s of random headers against "allow few, drop rest", and what it leaves of a victim's TCP (Csikor and others, CoNEXT 2019)."""

import subprocess
import sys
import time
from pathlib import Path

import engines
import traffic
from host import Host
from lab import end, until
from peers import VNetwork

CALM, ATTACKED = "without the attack", "under attack"
PER_SECOND = 1400


def measure(lab, report, quick):
    """Interleaved: TCP between two ports while a third is calm, and while it attacks."""
    host = Host(lab)
    engines.install(lab, host)
    victim = VNetwork(lab, host, "a", "few", count=3)
    traffic.tcp(victim, 1, 1)
    most = during = 0
    for _ in range(report.rounds):
        for peer in (CALM, ATTACKED):
            attack = begin(lab, victim) if peer == ATTACKED else None
            try:
                result = traffic.tcp(victim, 1, 1 if quick else 4)
            finally:
                if attack:
                    during = masks(host)
                    end(attack)
            report.add("TCP, 1 stream", peer, "rate", result["rate"] / 1e9, "Gbit/s")
            report.add("TCP, 1 stream", peer, "per core", result["per_core"] / 1e9, "Gbit/s")
        settled(host)
        most = max(most, during)
    report.at_least(0.9, "TCP, 1 stream", "rate", CALM, ATTACKED)
    report.at_least(0.9, "TCP, 1 stream", "per core", CALM, ATTACKED)
    report.bound("masks of the attacker's port: <= 32", str(most), most <= 32)


def begin(lab, victim):
    """Starts the attack and gives it time to make its masks."""
    attacker, target = victim.stations[2], victim.stations[1]
    command = attacker.command(sys.executable, str(Path(__file__).with_name("headers.py")), "eth0", attacker.mac, target.mac, str(PER_SECOND))
    attack = subprocess.Popen(command)
    lab.at_end(lambda: end(attack))
    until(lambda: masks(victim.host) >= 8, "masks of the attack")
    time.sleep(1)
    return attack


def masks(host):
    return next(row["used"] for row in host.ask("switch:limit a") if row["limit"] == "port-masks")


def settled(host):
    """The attack's flows are gone."""
    until(lambda: masks(host) < 8, "the end of the attack's flows", 30)
