"""Checks that no compiler makes: layers, file size, line width, banned words. Runs as a ctest."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "edgewise"

# Who may include whom. A layer may always include itself.
LAYERS = {
    "base": [],
    "judgment": ["base"],
    "simulate": ["base", "judgment"],
    "estimate": ["base", "judgment"],
    "structure": ["base", "judgment", "estimate"],
    "norms": ["base", "judgment", "estimate"],
    "cognition": ["base", "judgment", "estimate"],
    "edge": ["base", "judgment", "estimate", "structure", "norms", "cognition"],
    "service": ["base", "judgment", "simulate", "estimate", "structure", "norms", "cognition",
                "edge"],
    "report": ["base", "service"],
    "cli": ["base", "service", "report"],
}
MAX_LINES = 500
MAX_COLUMNS = 100
BANNED = {
    r"\bstd::(mt19937|random_device|rand\b)": "edgewise::Rng (reproducible)",
    r"\bstd::(cout|cerr|endl)\b": "the caller's sink; std::printf in app/",
    r"\busing namespace std\b": "std::",
    r"\bnew [A-Za-z]|\bdelete\b(?! *;| *\()": "std::make_unique or a container",
    r"<(iostream|regex)>": "std::printf, or a hand-written match (see STYLE: compile time)",
    r"\b(FIXME|XXX)\b": "an issue, or the fix",
}

problems = []


def check(path):
    relative = path.relative_to(SOURCE)
    layer = relative.parts[0]
    lines = path.read_text().splitlines()
    test = path.name.endswith("_test.cpp")
    if len(lines) > MAX_LINES:
        problems.append(f"{relative}: {len(lines)} lines, over {MAX_LINES}")
    if path.suffix == ".hpp" and "#pragma once" not in lines[:3]:
        problems.append(f"{relative}: #pragma once comes first")
    for number, line in enumerate(lines, 1):
        here = f"{relative}:{number}"
        if len(line) > MAX_COLUMNS:
            problems.append(f"{here}: over {MAX_COLUMNS} columns")
        if line != line.rstrip():
            problems.append(f"{here}: trailing space")
        included = re.match(r'#include "edgewise/(\w+)/', line)
        if included and not test and included[1] != layer and included[1] not in LAYERS[layer]:
            problems.append(f"{here}: {layer} may not include {included[1]}")
        code = line.split("//")[0]
        for pattern, instead in BANNED.items():
            if re.search(pattern, code):
                problems.append(f"{here}: use {instead}")


for path in sorted(SOURCE.rglob("*.[ch]pp")):
    check(path)
sys.exit("\n".join(problems) or 0)
