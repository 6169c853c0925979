"""What a benchmark makes on the machine, and takes away again: namespaces, devices, processes, folders."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / "datapath/ebpf/test"


class Failed(Exception):
    """What is told in one line."""


def run(*command, **options):
    """Runs a command and returns what it printed."""
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, **options)
    if done.returncode:
        raise Failed(f"{' '.join(map(str, command))}: {(done.stderr or done.stdout).strip().splitlines()[-1:] or done.returncode}")
    return done.stdout


def until(condition, what, seconds=10):
    """Waits for a condition with a deadline."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise Failed(f"{what}: not within {seconds} s")
        time.sleep(0.02)


def base36(number):
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return digits


class Station:
    """A namespace with a device eth0; `device` is the other end, where the switch is."""

    def __init__(self, namespace, device, number):
        self.namespace = namespace
        self.device = device
        self.address = f"10.99.0.{number}"
        self.mac = f"02:00:00:00:00:{number:02x}"

    def command(self, *words):
        return ["ip", "netns", "exec", self.namespace, *words]


class Lab:
    """All names begin with a prefix of this process, so that several runs, and whatever else is on the machine, stay apart."""

    def __init__(self):
        self.prefix = "bn" + base36(os.getpid())
        self.work = Path(tempfile.mkdtemp(prefix=self.prefix + "-"))
        self.endings = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        before = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
        for ending in reversed(self.endings):
            try:
                ending()
            except (Failed, OSError, subprocess.SubprocessError) as e:
                print(f"bench: while tidying up: {e}")
        shutil.rmtree(self.work, ignore_errors=True)
        # Processes begun with signals ignored would ignore them too, and a host would not stop.
        for number, handler in before.items():
            signal.signal(number, handler)

    def at_end(self, ending):
        self.endings.append(ending)

    def namespace(self, name):
        full = f"{self.prefix}-{name}"
        run("ip", "netns", "add", full)
        self.at_end(lambda: run("ip", "netns", "del", full))
        run("ip", "-n", full, "link", "set", "lo", "up")
        run("ip", "netns", "exec", full, "sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1")
        return full

    def stations(self, tag, count, at=None):
        """Stations 1..count whose devices' other ends are in namespace `at`, or in the machine's own."""
        return [self.station(tag, number, at) for number in range(1, count + 1)]

    def station(self, tag, number, at):
        station = Station(self.namespace(f"{tag}{number}"), f"{self.prefix}{tag}{number}", number)
        here = ["-n", at] if at else []
        run("ip", *here, "link", "add", station.device, "type", "veth", "peer", "name", "eth0", "netns", station.namespace)
        if not at:
            self.at_end(lambda: run("ip", "link", "del", station.device))
        self.address(station)
        run("ip", *here, "link", "set", station.device, "up")
        # The generator's frames need the other end to poll.
        run(*(["ip", "netns", "exec", at] if at else []), "ethtool", "-K", station.device, "gro", "on")
        return station

    @staticmethod
    def address(station):
        run("ip", "-n", station.namespace, "link", "set", "eth0", "address", station.mac)
        run("ip", "-n", station.namespace, "addr", "add", station.address + "/24", "dev", "eth0")
        run("ip", "-n", station.namespace, "link", "set", "eth0", "up")

    def process(self, command, log, **options):
        """Starts a process that is ended with the lab."""
        with open(log, "ab") as output:
            process = subprocess.Popen([str(c) for c in command], **{"stdin": subprocess.DEVNULL, "stdout": output, "stderr": output, "start_new_session": True, **options})
        self.at_end(lambda: end(process))
        return process


def end(process):
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)
