"""Mutated frames through the parser in Java and the one in eBPF, then through the whole program and its twin in Java."""

import json

from engines import class_path, java
from lab import ROOT, run

SOURCES = ROOT / "datapath/org.vnetwork.datapath.ebpf/src/test/java/org/vnetwork/datapath/ebpf"
FRAMES = 1_000_000


def measure(lab, report, quick):
    """Runs all of it, each round with frames of its own."""
    classes = lab.work / "fuzz"
    run(java("javac"), "-proc:none", "-d", classes, "-cp", class_path(), SOURCES / "Fuzz.java", SOURCES / "RandomFrames.java")
    frames = FRAMES // 10 if quick else FRAMES
    each = -(-frames // report.rounds)
    wrong, first = 0, ""
    for seed in range(report.rounds):
        printed = run(java("java"), "--enable-native-access=ALL-UNNAMED", "-Xlog:disable", "-cp", f"{classes}:{class_path()}",
                      "org.vnetwork.datapath.ebpf.Fuzz", each, 1000 + seed)
        result = json.loads(printed)
        work = "mutated frames"
        report.add(work, "vNetwork", "frames", result["frames"], "")
        report.add(work, "vNetwork", "rate", result["frames"] / result["seconds"], "frames/s")
        report.add(work, "vNetwork", "refused by the kernel", result["refused"], "frames")
        report.add(work, "vNetwork", "other key", result["keys"], "frames")
        report.add(work, "vNetwork", "other ending", result["endings"], "frames")
        wrong += result["keys"] + result["endings"]
        first = first or result["first"]
    report.bound(f"{each * report.rounds:,} frames: none that Java and the kernel read differently", f"{wrong} frames", wrong == 0)
    if first:
        report.note("the first: " + first)
