"""Written workspaces and the examples of docs/format.md fit docs/schema, and what is wrong does not.

    schema_test.py EDGEWISE_PROGRAM
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile

import jsonschema

ROOT = pathlib.Path(__file__).resolve().parent.parent
FILES = {"cases": "case", "options": "option", "raters": "rater", "dimensions": "dimension",
         "judgments": "judgment"}


def validator(kind):
    schema = json.loads((ROOT / "docs" / "schema" / f"{kind}.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def examples():
    """The files that docs/format.md shows: name -> text."""
    page = (ROOT / "docs" / "format.md").read_text()
    found = re.findall(r"^`(\w+)\.jsonl`\n\n((?:    .*\n)+)", page, re.M)
    return {name: re.sub(r"^    ", "", text, flags=re.M) for name, text in found}


def check(folder):
    for name, kind in FILES.items():
        valid = validator(kind)
        lines = (folder / f"{name}.jsonl").read_text().splitlines()
        assert lines, f"{name}.jsonl is empty"
        for number, line in enumerate(lines, 1):
            problem = jsonschema.exceptions.best_match(valid.iter_errors(json.loads(line)))
            assert problem is None, f"{name}.jsonl:{number}: {problem.message}"


WRONG = {
    "case": [{}, {"id": ""}, {"id": "c", "context": {"x": []}}, {"id": "c", "txt": "t"}],
    "option": [{"id": "o"}, {"case": 1, "id": "o"}],
    "rater": [{"id": "r", "kind": "robot"}],
    "dimension": [{"name": "d"}, {"name": "d", "kind": "rating", "low": 1},
                  {"name": "d", "kind": "vote", "categories": ["x"]}],
    "judgment": [{"case": "c", "rater": "r"},
                 {"case": "c", "option": "o", "rater": "r", "rating": 4},
                 {"case": "c", "option": "o", "rater": "r", "dimension": "d", "rating": "4"},
                 {"case": "c", "option": "o", "rater": "r", "vote": "yes"},
                 {"case": "c", "a": "x", "b": "y", "rater": "r", "comparison": "a", "vote": "pass"},
                 {"case": "c", "rater": "r", "approved": ["x"]},
                 {"case": "c", "option": "o", "rater": "r", "vote": "pass", "time": "soon"}],
}

for kind, lines in WRONG.items():
    for line in lines:
        assert not validator(kind).is_valid(line), f"{kind} accepts {line}"

program = sys.argv[1]
with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    shown = examples()
    assert set(shown) == set(FILES), f"docs/format.md shows {sorted(shown)}"
    for file, text in shown.items():
        (folder / f"{file}.jsonl").write_text(text)
    check(folder)
    written = folder / "written"
    done = subprocess.run([program, "import", folder, "--out", written, "--quiet"],
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    check(written)
