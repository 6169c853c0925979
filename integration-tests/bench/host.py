"""A host of the product under test: started, spoken to through its console's socket, stopped."""

import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import time
from pathlib import Path

from lab import Failed, ROOT, run, until


class Host:
    """One running host; `inside` are words of a command that runs others in a namespace."""

    def __init__(self, lab, datapath="ebpf", inside=()):
        self.name = lab.prefix
        self.folder = Path("/run/vnetwork") / self.name
        lab.at_end(self.stop)
        begin = time.monotonic()
        run(*inside, ROOT / "vnet", "up", "--daemon", "--name", self.name, "--datapath", datapath, "--data", lab.work / "data")
        self.start_seconds = time.monotonic() - begin
        self.pid = int((self.folder / "pid").read_text())

    def stop(self):
        """Ends it, also when it was interrupted while it started, or does not end by itself."""
        for _ in range(2):
            subprocess.run([ROOT / "vnet", "down", "--name", self.name], capture_output=True, check=False)
            for pid in self.processes():
                os.kill(pid, signal.SIGKILL)
                until(lambda: not self.processes(), f"host {self.name} was killed")
        shutil.rmtree(self.folder, ignore_errors=True)

    def processes(self):
        """Its process, found by its run folder."""
        wanted = f"-Dvnet.run.dir={self.folder}".encode()
        found = []
        for entry in Path("/proc").iterdir():
            try:
                if entry.name.isdigit() and wanted in (entry / "cmdline").read_bytes().split(b"\0"):
                    found.append(int(entry.name))
            except OSError:
                continue
        return found

    def sh(self, command, form="text"):
        """Runs a console command; returns what it printed."""
        with socket.socket(socket.AF_UNIX) as channel:
            channel.connect(str(self.folder / "console.sock"))
            for text in (form, command):
                channel.sendall(struct.pack(">I", len(text.encode())) + text.encode())
            channel.shutdown(socket.SHUT_WR)
            return answer(command, channel.makefile("rb"))

    def ask(self, command):
        """Runs a console command; returns its objects."""
        return json.loads(self.sh(command, "json"))

    def has(self, command):
        return command in self.sh("help")


def answer(command, stream):
    printed, errors = b"", b""
    while True:
        head = stream.read(5)
        if len(head) < 5:
            raise Failed(f"{command}: the host closed the connection")
        data = stream.read(struct.unpack(">I", head[1:])[0])
        if head[:1] == b"O":
            printed += data
        elif head[:1] == b"E":
            errors += data
        elif int(data):
            raise Failed(f"{command}: {errors.decode().strip() or printed.decode().strip()}")
        else:
            return printed.decode()
