"""Open vSwitch with its userspace datapath: Debian's package, run by the benchmark in folders and a namespace of its own."""

import os
import shutil
import subprocess
from contextlib import contextmanager

from lab import Failed, ROOT, run, until
from peers import Peer

SCHEMA = "/usr/share/openvswitch/vswitch.ovsschema"


def install(package="openvswitch-switch", tools=("ovs-vswitchd", "ovsdb-server")):
    """Installs a package without starting its service; says why not, or None."""
    if all(shutil.which(tool) for tool in tools):
        return None
    if not shutil.which("apt-get"):
        return "not installed, and no apt-get here"
    print(f"bench: installing Debian package {package} (no service is started)", flush=True)
    done = subprocess.run([ROOT / "product/apt-install.sh", package], capture_output=True, text=True, check=False)
    if done.returncode:
        return "cannot be installed: " + ([line for line in done.stderr.splitlines() if line.startswith("E:")] or ["apt-get failed"])[0]
    return None


class OpenVSwitch(Peer):
    """One bridge, action NORMAL, on AF_PACKET devices."""

    name = "OVS userspace"

    def __init__(self, lab, tag="o", tso=False):
        super().__init__()
        self.lab = lab
        self.tso = tso
        if tso:
            self.name = "OVS with TSO"
        self.missing = install()
        if self.missing:
            return
        self.folder = lab.work / tag
        self.folder.mkdir()
        self.home = lab.namespace(tag)
        self.stations = self.attached(tag)
        self.start(tso)

    def attached(self, tag):
        """What the bridge's ports are."""
        stations = self.lab.stations(tag, 2, self.home)
        if not self.tso:
            # Without TSO support it forwards what the sender left for hardware as it is, and receivers refuse the checksums.
            for station in stations:
                run(*station.command("ethtool", "-K", "eth0", "tx", "off"))
        return stations

    def inside(self, *words):
        return ["ip", "netns", "exec", self.home, *words]

    def start(self, tso):
        data, database = self.folder / "conf.db", f"unix:{self.folder}/db.sock"
        environment = dict(os.environ, OVS_RUNDIR=str(self.folder), OVS_LOGDIR=str(self.folder), OVS_DBDIR=str(self.folder), OVS_SYSCONFDIR=str(self.folder))
        run("ovsdb-tool", "create", data, SCHEMA)
        self.daemon("ovsdb-server", environment, data, f"--remote=p{database}")
        self.vsctl = ["ovs-vsctl", f"--db={database}", "--no-wait"]
        until(lambda: subprocess.run([*self.vsctl, "init"], capture_output=True, check=False).returncode == 0, "ovsdb-server")
        if tso:
            run(*self.vsctl, "set", "Open_vSwitch", ".", "other_config:userspace-tso-enable=true")
        switch = self.daemon("ovs-vswitchd", environment, database, f"--unixctl={self.folder}/switch.ctl")
        self.vsctl.pop()
        run(*self.vsctl, "--timeout=20", "add-br", "br0", "--", "set", "bridge", "br0", "datapath_type=netdev")
        for station in self.stations:
            run(*self.vsctl, "--timeout=20", "add-port", "br0", station.device)
        self.processes = [switch.pid]

    def daemon(self, name, environment, *words):
        command = [name, *words, f"--pidfile={self.folder}/{name}.pid", f"--log-file={self.folder}/{name}.log", "--no-chdir"]
        process = self.lab.process(self.inside(*command), self.folder / f"{name}.out", env=environment)
        until(lambda: process.poll() is not None or (self.folder / f"{name}.pid").exists(), name)
        if process.poll() is not None:
            raise Failed(f"{name} ended: {(self.folder / f'{name}.out').read_text().strip()[-200:]}")
        return process

    @contextmanager
    def without_polling(self):
        """Without TSO support superframes are too long for it, so GRO is off while TCP is measured."""
        self.polling("off")
        try:
            yield
        finally:
            self.polling("on")

    def polling(self, setting):
        for station in () if self.tso else self.stations:
            run(*self.inside("ethtool", "-K", station.device, "gro", setting))

    def rules(self, *rules):
        """Replaces the OpenFlow rules of the bridge."""
        run("ovs-ofctl", "del-flows", f"unix:{self.folder}/br0.mgmt")
        for rule in rules:
            run("ovs-ofctl", "add-flow", f"unix:{self.folder}/br0.mgmt", rule)

    def control(self, *words):
        """Speaks to the running ovs-vswitchd."""
        return run("ovs-appctl", "-t", self.folder / "switch.ctl", *words)
