"""Times Edgewise and its peers on the same files, checks that they agree, prints what came out.

Run by bench/audit_bench.sh. Every measurement is a process of its own; the best of some rounds
counts, since other work on the machine only ever makes things slower.
"""

import argparse
import json
import math
import os
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
SLOW_ROWS = 500_000  # rows given to a reader that takes minutes for all
SLOW_SHUFFLES = {"numpy": 4e7, "pandas": 2e6}  # judgments x shuffles; more are scaled up


def timed(command):
    """(wall seconds, user seconds, peak bytes, standard output) of a command."""
    done = subprocess.run(
        ["/usr/bin/time", "-v", *map(str, command)], capture_output=True, text=True
    )
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stderr}")
    found = dict(re.findall(r"\t(.+?): ([\d:.]+)$", done.stderr, re.M))
    wall = 0.0
    for part in found["Elapsed (wall clock) time (h:mm:ss or m:ss)"].split(":"):
        wall = 60 * wall + float(part)
    peak = 1024 * int(found["Maximum resident set size (kbytes)"])
    return wall, float(found["User time (seconds)"]), peak, done.stdout


def best(rounds, measure, key):
    return min((measure() for _ in range(rounds)), key=key)


def peer(script, *arguments):
    wall, user, peak, out = timed([sys.executable, HERE / script, *arguments])
    return json.loads(out) | {"peak": peak}


def megabytes(size):
    return f"{size / 1e6:,.0f} MB"


class Table:
    def __init__(self, *header):
        self.rows = [header]

    def add(self, *row):
        self.rows.append(tuple(str(cell) for cell in row))

    def show(self):
        wide = [max(len(row[c]) for row in self.rows) for c in range(len(self.rows[0]))]
        lines = [" | ".join(cell.ljust(w) for cell, w in zip(row, wide)) for row in self.rows]
        lines.insert(1, " | ".join("-" * w for w in wide))
        print("\n".join(f"| {line} |" for line in lines), end="\n\n", flush=True)


def whole_run(o, rows):
    """Import from CSV to a workspace, then the audit of that workspace: what a user types."""
    table = Table("step", "wall s", "user s", "peak memory", "rows/s")
    workspace = o.folder / "workspace"
    total, peak = 0.0, 0
    steps = {
        "import CSV": ["import", o.folder / "csv" / "ratings.csv", workspace],
        "audit": ["audit", workspace, "--permutations", o.permutations, "--json"],
    }
    for name, command in steps.items():
        run = [o.build / "edgewise", *command, "--quiet"]
        wall, user, memory, _ = best(o.rounds, lambda: timed(run), lambda r: r[0])
        total, peak = total + wall, max(peak, memory)
        table.add(name, f"{wall:.2f}", f"{user:.2f}", megabytes(memory), f"{rows / wall:,.0f}")
    table.add("both", f"{total:.2f}", "", megabytes(peak), f"{rows / total:,.0f}")
    table.show()


def alone(o, path):
    """The file in a folder of its own: Edgewise reads the tables of items and raters beside it."""
    copy = o.folder / "alone" / path.name
    copy.parent.mkdir(exist_ok=True)
    copy.unlink(missing_ok=True)
    os.link(path, copy)
    return copy


def ingest(o, bandwidth):
    """A file of judgments, without other tables, to dictionary-coded columns in memory."""
    table = Table("task", "who", "s", "rows/s", "peak memory", "ours is faster by", "limit s", "off")
    for form, path in (
        ("CSV", o.folder / "csv" / "ratings.csv"),
        ("JSON Lines", o.folder / "jsonl" / "judgments.jsonl"),
    ):
        size = path.stat().st_size
        with open(path, "rb") as file:
            rows = sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 24), b""))
        rows -= form == "CSV"
        limit = size / bandwidth
        source = alone(o, path)
        if form != "CSV":
            (source.parent / "ratings.csv").unlink()
            source = source.parent
        dry = [o.build / "edgewise", "import", source, "--dry-run", "--quiet"]
        ours = {}
        for threads in (None, 1):
            command = [*dry, *(["--threads", "1"] if threads else [])]
            wall, user, memory, _ = best(o.rounds, lambda: timed(command), lambda r: r[0])
            ours[threads] = wall
            name = "Edgewise, 1 thread" if threads else "Edgewise"
            off = f"{wall / limit:,.0f} x"
            table.add(
                form, name, f"{wall:.2f}", f"{rows / wall:,.0f}", megabytes(memory), "", f"{limit:.3f}", off
            )
        for who in ("polars", "duckdb", "pandas"):
            # Only pandas reads line by line, so that a part tells the whole.
            part = [SLOW_ROWS] if who == "pandas" and form != "CSV" and rows > SLOW_ROWS else []
            found = best(
                o.rounds, lambda: peer("ingest.py", who, path, *part), lambda r: r["seconds"]
            )
            seconds = found["seconds"] * rows / found["rows"]
            name = who + (f" (from {found['rows']:,} rows)" if part else "")
            if not part and found["rows"] != rows:
                sys.exit(f"{who} read {found['rows']} rows of {rows}")
            table.add(
                form,
                name,
                f"{seconds:.2f}",
                f"{rows / seconds:,.0f}",
                megabytes(found["peak"]),
                f"{seconds / ours[None]:.1f} x",
                f"{limit:.3f}",
                f"{seconds / limit:,.0f} x",
            )
    table.show()


def check_agreement(ours, theirs, who):
    """Figures without chance in them agree; those of shuffles as well as chance allows."""

    def close(what, a, b, tolerance=1e-6):
        if not math.isclose(a, b, rel_tol=tolerance, abs_tol=1e-9):
            sys.exit(f"{who} does not agree on {what}: {b}, ours {a}")

    dimensions = {d["name"]: d for d in ours["dimensions"]}
    for d in theirs["dimensions"]:
        close(f"alpha of {d['name']}", dimensions[d["name"]]["alpha"], d["alpha"])
        close(f"the mean of {d['name']}", dimensions[d["name"]]["mean"], d["mean"])
    effects = {(e["attribute"], e["dimension"]): e for e in ours["effects"]}
    for e in theirs["effects"]:
        own = effects[e["attribute"], e["dimension"]]
        where = f"{e['attribute']} on {e['dimension']}"
        for what in ("within", "across", "ratio"):
            if own[what] is None or e[what] is None:  # undefined for both or for none
                if own[what] is not e[what]:
                    sys.exit(f"{who} does not agree on {what} of {where}")
                continue
            close(f"{what} of {where}", own[what], e[what])
        for a, b in zip(own["means"], e["means"], strict=True):
            close(f"the groups' means of {where}", a, b)
        if own["flips"] != e["flips"] or own["eligible"] != e["eligible"]:
            sys.exit(f"{who} does not agree on the flips of {where}")
        # Two means of random shuffles; five standard errors each.
        allowed = 10 * e["null_sd"] / math.sqrt(max(1, theirs["permutations"])) + 1e-9
        if abs(own["null_within"] - e["null_within"]) > allowed:
            sys.exit(f"{who} does not agree on the null of {where}")
    defined = sum(e["ratio"] is not None for e in theirs["effects"])
    return (
        f"{who}: {len(theirs['effects'])} effects ({defined} with a ratio, "
        f"{sum(sum(e['flips']) for e in theirs['effects']):,} flips) and "
        f"{len(theirs['dimensions'])} dimensions agree"
    )


def core(o, bandwidth, rows):
    """Pair sums, flips and shuffles per attribute and dimension, alpha and means."""
    table = Table("task", "who", "s", "peak memory", "ours is faster by", "limit s", "off")
    groups = o.folder / "groups.csv"
    ours = [o.build / "bench" / "edgewise_audit_core", o.folder / "csv", o.permutations, groups]

    def own(threads):
        def measure():
            wall, user, memory, out = timed([*ours, *threads])
            return json.loads(out) | {"peak": memory}

        return best(o.rounds, measure, seconds)

    def seconds(run):
        return run["core_seconds"] + run["arrange_seconds"]

    mine = own([])
    # Every attribute needs rater, utility and side of every judgment once, were nothing computed.
    attributes = len(mine["effects"]) // len(mine["dimensions"])
    limit = rows * attributes * 9 / bandwidth
    for name, run in (("Edgewise", mine), ("Edgewise, 1 thread", own(["1"]))):
        off = f"{seconds(run) / limit:,.0f} x"
        table.add("core", name, f"{seconds(run):.2f}", megabytes(run["peak"]), "", f"{limit:.3f}", off)
    agreed = []
    for who in ("numpy", "pandas"):
        effects = len(mine["effects"])
        each = rows / len(mine["dimensions"])  # judgments of one attribute on one dimension
        fewer = int(max(5, min(o.permutations, SLOW_SHUFFLES[who] / each)))
        most = [max(1, effects // 8)] if who == "pandas" else []
        run = best(
            1 if who == "pandas" else o.rounds,
            lambda: peer(
                "audit_core.py", who, o.folder / "csv" / "ratings.csv", groups, fewer, *most
            ),
            seconds,
        )
        run["permutations"] = fewer
        agreed.append(check_agreement(mine, run, who))
        share = len(run["effects"]) / effects
        # What grows with shuffles is nearly all of it: the observed figures count as one shuffle.
        whole = run["arrange_seconds"] + run["core_seconds"] / share * (o.permutations + 1) / (fewer + 1)
        scaled = f" (from {fewer} shuffles of {len(run['effects'])} of {effects} effects)"
        table.add(
            "core",
            who + (scaled if fewer < o.permutations or share < 1 else ""),
            f"{whole:.2f}",
            megabytes(run["peak"]),
            f"{whole / seconds(mine):.1f} x",
            f"{limit:.3f}",
            f"{whole / limit:,.0f} x",
        )
    table.show()
    print("\n".join(agreed))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--build", type=Path, required=True)
    parser.add_argument("--permutations", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    o = parser.parse_args()
    memory = max(
        (json.loads(timed([o.build / "bench" / "edgewise_bandwidth"])[3]) for _ in range(o.rounds)),
        key=lambda m: m["read"],
    )
    with open(o.folder / "csv" / "ratings.csv", "rb") as file:
        rows = sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 24), b"")) - 1
    load = os.getloadavg()[0]
    print(
        f"{rows:,} ratings, {o.permutations} shuffles, {os.cpu_count()} cores (load {load:.1f} at the "
        f"start), memory read at {memory['read'] / 1e9:.1f} GB/s; best of {o.rounds} rounds\n"
    )
    whole_run(o, rows)
    ingest(o, memory["read"])
    core(o, memory["read"], rows)


if __name__ == "__main__":
    main()
