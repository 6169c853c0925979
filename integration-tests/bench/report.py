"""Figures of interleaved rounds: medians with their spread, ratios, targets; as a table and as JSON."""

import json
import os
import platform
import statistics
import sys
import time
from pathlib import Path

from lab import ROOT


class Report:
    """Collects what a benchmark measures, in the order in which it comes."""

    def __init__(self, name, rounds):
        self.name = name
        self.rounds = rounds
        self.figures = {}
        self.missing = {}
        self.targets = []
        self.notes = []

    def add(self, work, peer, figure, value, unit):
        """One round's value of a figure of a peer doing some work."""
        if sys.stderr.isatty():
            print(f"\r\033[K{work}, {peer}: {shown(value)} {unit}", end="", file=sys.stderr, flush=True)
        self.figures.setdefault((work, peer, figure), (unit, []))[1].append(value)

    def turns(self, peers, times=1):
        """The peers so many times for each round, in other orders: what one of them leaves behind meets all others."""
        for number in range(self.rounds * times):
            first = number // 2 % max(1, len(peers))
            turned = [*peers[first:], *peers[:first]]
            yield turned[::-1] if number % 2 else turned

    def absent(self, peer, why):
        self.missing[peer] = why

    def note(self, text):
        self.notes.append(text)

    def median(self, work, peer, figure):
        entry = self.figures.get((work, peer, figure))
        return statistics.median(entry[1]) if entry else None

    def last(self, work, peer, figure):
        """What was added last."""
        return self.figures[work, peer, figure][1][-1]

    def ratios(self, work, figure, ours, theirs):
        """Of each round, sorted."""
        one, other = (self.figures.get((work, peer, figure)) for peer in (ours, theirs))
        return sorted(a / b for a, b in zip(one[1], other[1]) if b) if one and other else []

    def at_least(self, factor, work, figure, theirs, ours="vNetwork"):
        """A target: our figure is at least a factor of theirs."""
        self.ratio(factor, work, figure, theirs, ours, lambda r: r >= factor, ">=")

    def at_most(self, factor, work, figure, theirs, ours="vNetwork"):
        self.ratio(factor, work, figure, theirs, ours, lambda r: r <= factor, "<=")

    def ratio(self, factor, work, figure, theirs, ours, holds, sign):
        ratios = self.ratios(work, figure, ours, theirs)
        name = f"{work}: {figure} {'' if ours == 'vNetwork' else 'of ' + ours + ' '}{sign} {factor:g} x {theirs}"
        if ratios:
            middle = statistics.median(ratios)
            self.targets.append((name, f"{middle:.2f} x ({ratios[0]:.2f} to {ratios[-1]:.2f})", holds(middle)))
        elif theirs in self.missing:
            self.targets.append((name, f"not measured: {self.missing[theirs]}", None))

    def bound(self, name, value, holds):
        """A target that is no ratio."""
        self.targets.append((name, value, holds))

    def text(self):
        if sys.stderr.isatty():
            print("\r\033[K", end="", file=sys.stderr)
        rows = [("work", "peer", "figure", "median", "lowest", "highest", "unit")]
        previous = None
        order = list(dict.fromkeys(work for work, _, _ in self.figures))
        for (work, peer, figure), (unit, values) in sorted(self.figures.items(), key=lambda item: order.index(item[0][0])):
            rows.append(("" if work == previous else work, peer, figure, *(shown(f(values)) for f in (statistics.median, min, max)), unit))
            previous = work
        lines = table(rows, right=(3, 4, 5))
        lines += [f"{peer}: {why}" for peer, why in self.missing.items()]
        if self.targets:
            lines += ["", *table([("target", "measured", ""), *((n, v, {True: "met", False: "missed", None: ""}[m]) for n, v, m in self.targets)])]
        return "\n".join([*lines, *self.notes])

    def markdown(self):
        """The medians as tables of docs/PERFORMANCE.md, a column for each peer; works of other peers have a table of their own."""
        lines = []
        for peers, works in self.tables():
            lines += ["| work | figure | " + " | ".join(peers) + " |", "|---" * (len(peers) + 2) + "|"]
            for work, figure in sorted(dict.fromkeys((w, f) for w, _, f in self.figures if w in works), key=lambda row: works.index(row[0])):
                unit = next(u for (w, _, f), (u, _) in self.figures.items() if (w, f) == (work, figure))
                cells = [self.figures.get((work, peer, figure)) for peer in peers]
                lines.append(f"| {work} | {figure}, {unit} | " + " | ".join(spread(cell[1]) if cell else "" for cell in cells) + " |")
            lines.append("")
        met = {True: "met", False: "**missed**", None: ""}
        lines += ["| target | measured | |", "|---|---|---|", *(f"| {name} | {value} | {met[holds]} |" for name, value, holds in self.targets)]
        return "\n".join(lines) + "\n"

    def tables(self):
        """Peers and works of each table: a work stands with those before it whose peers include its own."""
        tables = []
        for work in dict.fromkeys(work for work, _, _ in self.figures):
            peers = list(dict.fromkeys(peer for w, peer, _ in self.figures if w == work))
            if not tables or not set(peers) <= set(tables[-1][0]):
                tables.append((peers, []))
            tables[-1][1].append(work)
        return tables

    def write(self, file):
        """Writes JSON, and the table beside it; returns the path of the first."""
        path = Path(file) if file else ROOT / f"target/bench/{self.name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.with_suffix(".md").write_text(self.markdown())
        path.write_text(json.dumps({
            "bench": self.name, "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "machine": machine(), "rounds": self.rounds,
            "figures": [{"work": w, "peer": p, "figure": f, "unit": u, "values": v, "median": statistics.median(v)}
                        for (w, p, f), (u, v) in self.figures.items()],
            "missing": self.missing, "targets": [{"target": n, "measured": v, "met": m} for n, v, m in self.targets], "notes": self.notes}, indent=1) + "\n")
        return path


def machine():
    model = next((line.split(":", 1)[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")), platform.machine())
    return {"cpus": os.cpu_count(), "cpu": model, "kernel": platform.release(), "load": os.getloadavg()[0]}


def shown(value):
    if value == int(value) and abs(value) < 1e9:
        return f"{int(value):,}"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.1f}" if abs(value) >= 100 else f"{value:.2f}" if abs(value) >= 1 else f"{value:.3f}"


def spread(values):
    """Median, and how far the rounds lay apart."""
    middle = shown(statistics.median(values))
    return middle if min(values) == max(values) else f"{middle} ({shown(min(values))}..{shown(max(values))})"


def table(rows, right=()):
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return ["  ".join(cell.rjust(w) if i in right else cell.ljust(w) for i, (cell, w) in enumerate(zip(row, widths))).rstrip() for row in rows]
