"""House rules that no compiler checks: layers, sizes, words, test names. Runs as a ctest."""

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
    "report": ["base", "judgment", "estimate", "edge", "service"],
    "cli": ["base", "judgment", "estimate", "edge", "service", "report"],
}
MAX_LINES = 500
MAX_COLUMNS = 100
# In code: what to write instead.
BANNED = {
    r"\bstd::(mt19937|random_device|rand\b)": "edgewise::Rng (reproducible)",
    r"\bstd::(cout|cerr|endl)\b": "the caller's sink; std::printf in cli/",
    r"\busing namespace std\b": "std::",
    r"\bnew [A-Za-z]|\bdelete\b(?! *;| *\()": "std::make_unique or a container",
    r"<(iostream|regex)>": "std::printf, or a hand-written match (they double the compile time)",
    r"\bstd::lgamma\b": "edgewise::log_gamma (std::lgamma writes a global)",
    r"\b(assert|abort)\(": "ensure()",
}
# These compile slowly or belong to one place, so they never reach our headers.
HEAVY = r"#include <(Eigen|boost|nlohmann|simdjson|CLI|openssl|zlib|zstd)\b"
# In every text of ours, comments and documents too.
UNWELCOME = {
    r"\b(TODO|FIXME|XXX|HACK)\b": "an issue, or the deed",
    r"(?<![\w./$}])/(work|home|root|mnt)/\w": "a path that exists on other machines",
}
TEXTS = ["src", "tests", "fuzz", "bench", "tools", "cmake", "docs", "examples", ".ci"]
SUFFIXES = {".cpp", ".hpp", ".py", ".md", ".cmake", ".txt", ".sh", ".html", ".js", ".css", ".in",
            ".json", ".toml", ""}

problems = []


def check_cpp(path, lines):
    """Rules for C++ wherever it lies."""
    here = path.relative_to(ROOT)
    if len(lines) > MAX_LINES:
        problems.append(f"{here}: {len(lines)} lines, over {MAX_LINES}")
    if path.suffix == ".hpp":
        if "#pragma once" not in lines[:3]:
            problems.append(f"{here}: #pragma once comes first")
        for number, line in enumerate(lines, 1):
            if re.match(HEAVY, line):
                problems.append(f"{here}:{number}: a heavy header belongs in a .cpp")
    for number, line in enumerate(lines, 1):
        if len(line) > MAX_COLUMNS:
            problems.append(f"{here}:{number}: {len(line)} columns, over {MAX_COLUMNS}")
        if line != line.rstrip():
            problems.append(f"{here}:{number}: trailing space")
        code = re.sub(r'"(\\.|[^"\\])*"', '""', line.split("//")[0])
        if line.startswith("#include"):
            code = line
        for pattern, instead in BANNED.items():
            if re.search(pattern, code):
                problems.append(f"{here}:{number}: use {instead}")


def check_names(headers):
    """Two types of one name in one namespace are a silent disaster for the linker."""
    places = {}
    for path, lines in headers:
        namespace = ""
        for number, line in enumerate(lines, 1):
            opened = re.match(r"namespace ([\w:]+) \{", line)
            if opened:
                namespace = opened[1]
            declared = re.match(r"(?:struct|class|enum class) (\w+)\b(?!::)[^;]*$", line)
            if declared:
                places.setdefault(f"{namespace}::{declared[1]}", []).append(
                    f"{path.relative_to(ROOT)}:{number}")
    for name, where in places.items():
        if len(where) > 1:
            problems.append(f"{where[1]}: {name} is declared at {where[0]} too")


def check_layer(path, lines):
    """Includes point to the left only; everything lies in a layer."""
    here = path.relative_to(ROOT)
    layer = path.relative_to(SOURCE).parts[0]
    if layer not in LAYERS:
        problems.append(f"{here}: not in a layer ({', '.join(LAYERS)})")
        return
    if path.name.endswith("_test.cpp"):
        return
    for number, line in enumerate(lines, 1):
        included = re.match(r'#include "(?:edgewise/(\w+)/)?', line)
        if not included:
            continue
        if not included[1]:
            problems.append(f'{here}:{number}: write "edgewise/<layer>/<header>"')
        elif included[1] != layer and included[1] not in LAYERS[layer]:
            problems.append(f"{here}:{number}: {layer} may not include {included[1]}")


def check_tests(path, text):
    """A test is named by a sentence that can be false, and by no other test of its file."""
    here = path.relative_to(ROOT)
    names = set()
    for match in re.finditer(r'TEST_CASE\(\s*((?:"(?:\\.|[^"\\])*"\s*)+)', text):
        name = "".join(re.findall(r'"((?:\\.|[^"\\])*)"', match[1]))
        at = f"{here}:{text.count(chr(10), 0, match.start()) + 1}"
        if len(name.split()) < 3 or name.lower().startswith("test ") or name.endswith("."):
            problems.append(f'{at}: a test is named by a sentence without full stop: "{name}"')
        if re.search(r"[;\\*?]|\]==\]", name):
            problems.append(f'{at}: ctest and doctest read ; \\ * ? their own way: "{name}"')
        if name in names:
            problems.append(f'{at}: also the name of another test: "{name}"')
        names.add(name)


def check_words(path, lines):
    if path == pathlib.Path(__file__).resolve():
        return
    for number, line in enumerate(lines, 1):
        for pattern, instead in UNWELCOME.items():
            if re.search(pattern, line):
                problems.append(f"{path.relative_to(ROOT)}:{number}: needs {instead}")


files = [path for path in ROOT.iterdir() if path.is_file() and path.name != ".git"]
for folder in TEXTS:
    files += [path for path in (ROOT / folder).rglob("*")
              if path.is_file() and not {"corpus", "__pycache__"} & set(path.parts)]
headers = []
for path in sorted(files):
    if path.suffix not in SUFFIXES:
        continue
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        continue  # data
    lines = text.splitlines()
    check_words(path, lines)
    if path.suffix in {".cpp", ".hpp"}:
        check_cpp(path, lines)
        if path.is_relative_to(SOURCE):
            check_layer(path, lines)
            # In a .cpp they stand in the unnamed namespace, or are the linker's business too.
            if path.suffix == ".hpp":
                headers.append((path, lines))
        if path.name.endswith("_test.cpp"):
            check_tests(path, text)
check_names(headers)
sys.exit("\n".join(problems) or 0)
