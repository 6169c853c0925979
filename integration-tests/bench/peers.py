"""What is compared: each peer has stations (the first one sends) and the processes that switch between them."""

from contextlib import nullcontext, suppress

from lab import Failed, Lab, Station, run

NO_FILTER = [f"net.bridge.bridge-nf-call-{kind}tables=0" for kind in ("ip", "ip6", "arp")]


class Peer:
    """`missing` says why a peer cannot take part."""

    name = "?"
    missing = None

    def __init__(self):
        self.stations = []
        self.processes = []

    def without_polling(self):
        """A context in which TCP is measured."""
        return nullcontext()


class Direct(Peer):
    """Two ends of one veth: the limit, as nothing switches."""

    name = "direct veth"

    def __init__(self, lab):
        super().__init__()
        self.stations = [Station(lab.namespace(f"d{number}"), None, number) for number in (1, 2)]
        one, other = (s.namespace for s in self.stations)
        run("ip", "-n", one, "link", "add", "eth0", "type", "veth", "peer", "name", "eth0", "netns", other)
        for station in self.stations:
            Lab.address(station)
            run(*station.command("ethtool", "-K", "eth0", "gro", "on"))


class Bridge(Peer):
    """A Linux bridge without netfilter, STP and multicast snooping, in a namespace of its own."""

    name = "Linux bridge"

    def __init__(self, lab, tag="b", count=2):
        super().__init__()
        home = lab.namespace(tag)
        with suppress(Failed):
            run("ip", "netns", "exec", home, "sysctl", "-qw", *NO_FILTER)
        self.stations = lab.stations(tag, count, home)
        run("ip", "-n", home, "link", "add", "br0", "type", "bridge", "stp_state", "0", "mcast_snooping", "0")
        for station in self.stations:
            run("ip", "-n", home, "link", "set", station.device, "master", "br0")
        run("ip", "-n", home, "link", "set", "br0", "up")


class VNetwork(Peer):
    """A switch of the host under test; several may share the host."""

    name = "vNetwork"

    def __init__(self, lab, host, tag, engine, count=2):
        super().__init__()
        self.host = host
        self.switch = tag
        self.processes = [host.pid]
        self.stations = lab.stations(tag, count)
        host.sh(f"switch:create {tag} --engine {engine}")
        for number in range(1, count + 1):
            self.add(number)

    def add(self, number):
        self.host.sh(f"port:add {self.switch} p{number} --netdev {self.stations[number - 1].device}")

    def unlimited(self):
        """Lifts the limits that would stand in the way of measuring what they are there to prevent."""
        self.host.sh(f"switch:limit {self.switch} --port-misses 1000000 --port-burst 4096 --port-flows 200000")

    def forget(self):
        """Removes all flows that the first station made."""
        self.host.sh(f"port:remove {self.switch} p1")
        self.add(1)

    def upcalls(self):
        """Frames that came up so far."""
        return sum(port["upcalls"] for port in self.host.ask(f"port:list {self.switch}"))

    def flows(self):
        return next(s["flows"] for s in self.host.ask("switch:list") if s["name"] == self.switch)
