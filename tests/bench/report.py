# SPDX-License-Identifier: Apache-2.0
"""Figures of one benchmark: a table for people and build/bench/NAME.json.

    report = Report("session")
    report.add("first frame", ours, "s", target=peer, peer="xfreerdp", peer_value=peer, stretch=0.7 * peer)
    report.finish()
"""
import json, os, statistics
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent.parent


def percentile(values, percent):
    """Nearest rank, so that it is a value that was really seen."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]


def median(values):
    return statistics.median(values)


class Report:
    def __init__(self, name):
        self.name, self.rows = name, []

    def add(self, name, value, unit, target=None, better="lower", stretch=None, peer=None, peer_value=None):
        """One figure; with a peer's value the ratio becomes a row of its own."""
        self.rows.append({"name": name, "value": value, "unit": unit, "target": target, "better": better,
                          "stretch": stretch, "peer": peer, "peer_value": peer_value})
        if peer_value:
            def part(v): return None if v is None else v / peer_value
            self.rows.append({"name": f"{name}, ratio", "value": value / peer_value, "unit": "x", "target": part(target),
                              "better": better, "stretch": part(stretch), "peer": peer, "peer_value": 1.0})

    @staticmethod
    def verdict(row):
        if row["target"] is None:
            return ""
        def reached(goal): return row["value"] <= goal if row["better"] == "lower" else row["value"] >= goal
        if row["stretch"] is not None and reached(row["stretch"]):
            return "stretch"
        return "ok" if reached(row["target"]) else "MISSED"

    def finish(self):
        def show(v): return "-" if v is None else f"{v:.3g}" if isinstance(v, float) and abs(v) < 100 else f"{v:.0f}"
        lines = [("what", "ours", "unit", "target", "peer", "peer's", "")]
        lines += [(r["name"], show(r["value"]), r["unit"], show(r["target"]), r["peer"] or "-", show(r["peer_value"]),
                   self.verdict(r)) for r in self.rows]
        widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
        for line in lines:
            print("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip(), flush=True)
        folder = TOP / os.environ.get("TYND_BUILD", "build") / "bench"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{self.name}.json").write_text(json.dumps(self.rows, indent=1) + "\n")
