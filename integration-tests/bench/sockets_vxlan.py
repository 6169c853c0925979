"""Flows from VXLAN tunnel to VXLAN tunnel (RFC 7348) through a switch: 1,450 octets a frame, sent with UDP_SEGMENT, received with UDP_GRO."""

import cpu
from lab import Failed, run
from ovs import OpenVSwitch
from peers import NO_FILTER
from sockets_ends import End

WORK = "VXLAN, one flow, 1,450 octets"
# Inner connections, and frames that each sends in its turn: a tunnel sends those of one source port joined.
WORKS = ((WORK, 1, 1), ("VXLAN, 64 flows, turns of 16 frames", 64, 16), ("VXLAN, 64 flows, turns of one frame", 64, 1))
# Of the generator's tunnel and of the sink's: the kernel has a VNI once.
VNIS = (7, 8)
# As many as fit into one UDP datagram of 65,507 octets, with 8 octets of VXLAN each.
FRAME, BATCH = 1450, 44
LOOPBACK = "vNetwork, on loopback"


def ends(generator, switch, sink):
    """The generator is one end, the sink another; the switch is the other end of both tunnels."""
    return (f"vxlan:{VNIS[0]},{generator},{switch}", f"vxlan:{VNIS[1]},{sink},{switch}")


class Tunnels(End):
    """A namespace of the generator, joined by a veth with the one in which the switch is."""

    address = "10.98.0.2"
    remotes = ("10.98.0.1", "10.98.0.3")

    def __init__(self, lab, tag, home):
        self.home = home
        outside = lab.namespace(f"x{tag}")
        self.inside = ["ip", "netns", "exec", outside]
        self.device = f"vx{tag}"
        run("ip", "-n", home, "link", "add", self.device, "type", "veth", "peer", "name", "eth0", "netns", outside)
        for address in self.remotes:
            run("ip", "-n", outside, "addr", "add", address + "/24", "dev", "eth0")
        run("ip", "-n", outside, "link", "set", "eth0", "up")
        run("ip", "-n", home, "link", "set", self.device, "up")
        self.processes = cpu.kernel_threads()
        self.ends = ends(self.remotes[0], self.address, self.remotes[1])

    def addressed(self, device):
        run("ip", "-n", self.home, "addr", "add", self.address + "/24", "dev", device)
        run("ip", "-n", self.home, "link", "set", device, "up")


class OurTunnels(Tunnels):
    """Two ports of a switch with the user datapath."""

    name = "vNetwork, by a veth"

    def __init__(self, lab, host, home):
        super().__init__(lab, "u", home)
        self.addressed(self.device)
        join(host, "xv", self.address, self.remotes)
        self.processes = [host.pid, *self.processes]


class OnLoopback(End):
    """The same, all on one loopback device."""

    name = LOOPBACK

    def __init__(self, host, inside):
        self.inside = inside
        join(host, "xl", "127.0.0.1", ("127.0.0.2", "127.0.0.3"))
        self.processes = [host.pid, *cpu.kernel_threads()]
        self.ends = ends("127.0.0.2", "127.0.0.1", "127.0.0.3")


def join(host, switch, local, remotes):
    host.sh(f"switch:create {switch} --engine learning")
    for remote, vni in zip(remotes, VNIS):
        host.sh(f"port:add {switch} p{vni} --vxlan {remote} --vni {vni} --local {local}")


class KernelTunnels(Tunnels):
    """The kernel's own tunnels on a Linux bridge; what they do is done in the sender's time."""

    name = "Linux bridge with vxlan"

    def __init__(self, lab):
        super().__init__(lab, "k", lab.namespace("xk0"))
        self.addressed(self.device)
        try:
            run("ip", "netns", "exec", self.home, "sysctl", "-qw", *NO_FILTER)
        except Failed:
            pass
        run("ip", "-n", self.home, "link", "add", "br0", "type", "bridge", "stp_state", "0", "mcast_snooping", "0")
        for remote, vni in zip(self.remotes, VNIS):
            run("ip", "-n", self.home, "link", "add", f"vxlan{vni}", "type", "vxlan", "id", str(vni), "local", self.address, "remote", remote, "dstport", "4789")
            run("ip", "-n", self.home, "link", "set", f"vxlan{vni}", "master", "br0", "up")
        run("ip", "-n", self.home, "link", "set", "br0", "up")


class TunnelBridge(OpenVSwitch):
    """Two bridges: one of tunnels, one with the device and the address that they go out by."""

    def attached(self, tag):
        return []


class OvsTunnels(Tunnels):
    """Open vSwitch's userspace datapath; it cannot take superframes, so the sender's kernel cuts them."""

    name = "OVS userspace, VXLAN"

    def __init__(self, lab):
        bridge = TunnelBridge(lab, "y")
        self.missing = bridge.missing
        if self.missing:
            return
        super().__init__(lab, "o", bridge.home)
        run(*self.inside, "ethtool", "-K", "eth0", "tx-udp-segmentation", "off", "tx", "off")
        run(*bridge.vsctl, "--timeout=20", "add-br", "out", "--", "set", "bridge", "out", "datapath_type=netdev", "--", "add-port", "out", self.device)
        self.addressed("out")
        for remote, vni in zip(self.remotes, VNIS):
            run(*bridge.vsctl, "--timeout=20", "add-port", "br0", f"x{vni}", "--", "set", "interface", f"x{vni}", "type=vxlan", f"options:remote_ip={remote}", f"options:key={vni}")
        # It learns a neighbour from what passes.
        for remote in self.remotes:
            run(*self.inside, "ping", "-q", "-c", "2", "-i", "0.2", "-I", remote, self.address)
        self.processes = [*bridge.processes, *self.processes]


def tunnels(lab, report, host, home, inside):
    """Every peer that can take part."""
    found = []
    for name, make in ((LOOPBACK, lambda: OnLoopback(host, inside)), (OurTunnels.name, lambda: OurTunnels(lab, host, home)),
                       (KernelTunnels.name, lambda: KernelTunnels(lab)), (OvsTunnels.name, lambda: OvsTunnels(lab))):
        try:
            peer = make()
            missing = peer.missing
        except Failed as e:
            missing = str(e)
        if missing:
            report.absent(name, missing)
        else:
            found.append(peer)
    return found


def best(generator, peer, seconds):
    """The window with which most passes, of those with which all does; the smallest if none."""
    tried = {}
    for batches in (1, 2, 4, 8, 16):
        result = generator.run(peer, t=seconds, l=FRAME, b=BATCH, w=batches * BATCH)
        if not result["lost"]:
            tried[batches * BATCH] = result["rate"]
    return max(tried, key=tried.get) if tried else BATCH


def note(report, work, peer, result):
    rate = result["arrived"] * FRAME * 8 / 1e9
    report.add(work, peer.name, "throughput", rate / result["seconds"], "Gbit/s")
    report.add(work, peer.name, "per core of all", rate / result["all"], "Gbit/s")
    if not isinstance(peer, KernelTunnels):
        report.add(work, peer.name, "per core of the switch", rate / result["cpu_switch"], "Gbit/s")
    if result["lost"]:
        report.add(work, peer.name, "lost", result["lost"], "%")


def measure(lab, report, seconds, generator, host, home, inside):
    """Interleaved rounds."""
    peers = tunnels(lab, report, host, home, inside)
    for peer in peers:
        if host.pid in peer.processes:
            # What a process that has run for a while has compiled.
            for _, flows, turn in WORKS:
                generator.run(peer, t=4 * seconds, l=FRAME, b=BATCH, w=2 * BATCH, f=flows, g=turn)
    peers = [(peer, best(generator, peer, seconds)) for peer in peers]
    for order in report.turns(peers):
        for peer, window in order:
            for work, flows, turn in WORKS:
                note(report, work, peer, generator.run(peer, t=seconds, l=FRAME, b=BATCH, w=window, f=flows, g=turn))
    ours = report.median(WORK, LOOPBACK, "per core of the switch")
    if ours is not None:
        report.bound(f"{WORK}, on loopback: per core of the switch >= 10 Gbit/s", f"{ours:.1f} Gbit/s", ours >= 10)
    for peer in (KernelTunnels, OvsTunnels):
        report.at_least(1, WORK, "per core of all", peer.name, OurTunnels.name)
