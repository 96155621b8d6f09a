"""Sessions with the built program: what a newcomer types, bad input, interrupts, broken pipes.

    python3 tests/cli_test.py build/dev/edgewise [test names]
"""

import gzip
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

PROGRAM = os.path.abspath(sys.argv[1])
FAST = ["--permutations", "19", "--draws", "20"]


def run(*args, cwd=None, check=None, env=None, timeout=300):
    done = subprocess.run([PROGRAM, *map(str, args)], cwd=cwd, capture_output=True, timeout=timeout,
                          env={**os.environ, **(env or {})})
    if check is not None and done.returncode != check:
        raise AssertionError(f"{args}: exit status {done.returncode}, expected {check}\n"
                             f"{done.stdout[-2000:].decode()}\n{done.stderr.decode()}")
    return done


def ratings(raters=12, items=20, value=None):
    """A long table in which two groups of raters disagree on every second item."""
    lines = ["item_id,annotator_id,dim,value"]
    for item in range(items):
        for rater in range(raters):
            given = 1 + (item + (rater % 2) * (item % 2) * 2 + rater // 5) % 5
            lines.append(f"i{item},r{rater},toxic,{given if value is None else value}")
    return "\n".join(lines) + "\n"


def annotators(raters=12):
    lines = ["annotator_id,side,age"]
    lines += [f"r{r},{'left' if r % 2 else 'right'},{20 + r}" for r in range(raters)]
    return "\n".join(lines) + "\n"


def pairs(comparisons=90, winner=None):
    """Comparisons of three models, of which ant wins most."""
    lines = ["prompt,left,right,worker,winner"]
    names = ["ant", "bee", "cat"]
    for k in range(comparisons):
        one, two = names[k % 3], names[(k + 1 + k // 3 % 2) % 3]
        won = "tie" if k % 5 == 0 else "left" if (one < two) != (k % 7 == 0) else "right"
        lines.append(f"p{k % 11},{one},{two},w{k % 8},{winner or won}")
    return "\n".join(lines) + "\n"


class Session(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="edgewise-cli-"))

    def tearDown(self):
        shutil.rmtree(self.folder)

    def write(self, name, content):
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def table(self, content=None):
        self.write("annotators.csv", annotators())
        return self.write("ratings.csv", ratings() if content is None else content)

    def audit(self, path, *more, **options):
        return run("audit", path, *FAST, "--scales", "*=1..5", *more, "--quiet",
                   cwd=self.folder, **options)

    def refused(self, *args, says=(), status=2, code=None, **options):
        """The program refuses: one line on stderr, nothing new in the folder."""
        before = sorted(self.folder.rglob("*"))
        done = run(*args, cwd=self.folder, **options)
        error = done.stderr.decode()
        self.assertEqual(done.returncode, status, error + done.stdout.decode()[-500:])
        self.assertEqual(done.stdout, b"")
        self.assertRegex(error, r"\Aedgewise: error: [^\n]+\n\Z")
        for word in [says] if isinstance(says, str) else says:
            self.assertIn(word, error)
        self.assertEqual(sorted(self.folder.rglob("*")), before)
        told = run(*args, "--json", cwd=self.folder, **options)
        body = json.loads(told.stdout)["error"]
        self.assertEqual(told.returncode, status)
        self.assertEqual(sorted(body), ["code", "expected", "field", "file", "found", "line",
                                        "message"])
        if code:
            self.assertEqual(body["code"], code)
        return body

    def fits(self, text):
        for line in text.decode().splitlines():
            self.assertLessEqual(len(line), 80, line)


class Newcomer(Session):
    def test_help_of_everything_fits_and_has_examples(self):
        overview = run("--help", check=0).stdout
        self.fits(overview)
        self.assertEqual(run(check=0).stdout, overview)
        for command in ["import", "audit", "leaderboard", "show", "simulate", "demo"]:
            self.assertIn(command.encode(), overview)
            text = run(command, "--help", check=0).stdout
            self.fits(text)
            self.assertGreaterEqual(text.count(b"\n  edgewise " + command.encode()), 2)
        for command in ["schema", "completion"]:
            self.assertIn(b"Usage", run(command, "--help", check=0).stdout)
        self.assertRegex(run("--version", check=0).stdout.decode(), r"\Aedgewise \d+\.\d+\.\d+\n")

    def test_mistakes_in_words_are_answered_with_the_nearest_word(self):
        self.refused("audti", says='did you mean audit?')
        self.refused("audit", "x", "--sede", "1", says="did you mean --seed?")
        self.refused("audit", says="audit needs PATH")
        self.refused("audit", "x.csv", "--fdr", "lots", says="--fdr: expected a number")
        self.refused("audit", "absent.csv", says="absent.csv")
        self.refused("schema", "audits", code="not_found")
        self.refused("completion", "tcsh", says="bash, zsh or fish")

    def test_import_then_audit_then_show(self):
        self.table()
        dry = run("import", "ratings.csv", "--raters", "annotators.csv", "--dry-run",
                  cwd=self.folder, check=0)
        self.fits(dry.stdout)
        self.assertIn(b"240 judgments", dry.stdout)
        self.assertIn(b"Nothing was written", dry.stdout)
        self.assertEqual(sorted(p.name for p in self.folder.iterdir()),
                         ["annotators.csv", "ratings.csv"])
        run("import", "ratings.csv", "space", "--raters", "annotators.csv", "--scales", "*=1..5",
            cwd=self.folder, check=0)
        summary = self.audit("space", "--html", "report.html", check=0)
        self.fits(summary.stdout)
        self.assertLessEqual(summary.stdout.count(b"\n"), 75)
        self.assertNotIn(b"\x1b", summary.stdout)
        self.assertEqual(summary.stderr, b"")
        self.assertIn(b"side", summary.stdout)
        page = (self.folder / "report.html").read_text()
        self.assertIn("<html", page)
        case = run("show", "i1", "space", *FAST, "--quiet", cwd=self.folder, check=0)
        self.fits(case.stdout)
        self.assertIn(b"left", case.stdout)
        self.refused("show", "i999", "space", *FAST, "--quiet", code="not_found")

    def test_a_workspace_replaces_only_a_workspace(self):
        self.table()
        for ending in ["", "gz", "zst"]:
            run("import", "ratings.csv", "space", "--compress", ending, cwd=self.folder, check=0)
            self.audit("space", "--json", check=0)
            names = [p.name for p in (self.folder / "space").iterdir()]
            self.assertEqual(len([n for n in names if n.startswith("judgments")]), 1, names)
        (self.folder / "other").mkdir()
        self.write("other/thesis.txt", "mine")
        self.refused("import", "ratings.csv", "other", says="other files", code="conflict")
        self.refused("import", "ratings.csv", "x", "--compress", "rar", says="--compress")
        self.refused("import", "ratings.csv", says="--out")

    def test_simulate_writes_what_audit_reads(self):
        for form in ["workspace", "csv"]:
            out = run("simulate", form, "--format", form, "--cases", "20", "--raters", "40",
                      "--disagreement-share", "0.2", cwd=self.folder, check=0)
            self.fits(out.stdout)
            self.assertTrue((self.folder / form / "truth.json").exists())
            judgments = form if form == "workspace" else "csv/ratings.csv"
            self.audit(judgments, "--json", check=0)
        self.refused("simulate", "w", "--answers", "songs", says="--answers")
        self.refused("simulate", "w", "--groups", "A", says="--groups")
        self.refused("simulate", "w", "--negative", "x", says="--negative")
        self.refused("simulate", "w", "--format", "parquet", says="--format")

    def test_demo_is_one_command(self):
        out = run("demo", "--quiet", cwd=self.folder, check=0)
        self.fits(out.stdout)
        self.assertTrue((self.folder / "edgewise-demo" / "truth.json").exists())
        self.assertGreater((self.folder / "edgewise-demo.html").stat().st_size, 10000)
        run("demo", "--quiet", "--json", cwd=self.folder, check=0)

    def test_a_leaderboard_says_which_ranks_are_sure(self):
        self.write("pairs.csv", pairs())
        out = run("leaderboard", "pairs.csv", "--html", "board.html", "--quiet", cwd=self.folder,
                  check=0)
        self.fits(out.stdout)
        text = out.stdout.decode()
        for word in ["Ranks", "surely", "ant", "How sure, and why", "What to do next"]:
            self.assertIn(word, text)
        self.assertIn("<html", (self.folder / "board.html").read_text())
        told = json.loads(run("leaderboard", "pairs.csv", "--json", "--errors", "rater", "--quiet",
                              cwd=self.folder, check=0).stdout)
        self.assertEqual(told["dimensions"][0]["rows"][0]["name"], "ant")
        self.assertIn("rater errors", told["provenance"]["method"])
        self.refused("leaderboard", "pairs.csv", "--ties", "elo", says="--ties")
        self.refused("leaderboard", "pairs.csv", "--context", "topic", code="not_found")
        self.write("bad.csv", pairs() + "p,ant,ant,w,left\n")
        self.refused("leaderboard", "bad.csv", says=["bad.csv:92", "one option twice"])
        self.write("bad.csv", pairs() + "p,ant,bee,w,sideways\n")
        self.refused("leaderboard", "bad.csv", says=["bad.csv:92", "sideways"])
        self.table()
        self.refused("leaderboard", "ratings.csv", says="nothing was compared or ranked")

    def test_completions_are_scripts(self):
        script = run("completion", "bash", check=0).stdout
        subprocess.run(["bash", "-n"], input=script, check=True)
        line = ("COMP_WORDS=(edgewise audit --leas); COMP_CWORD=2; _edgewise;"
                'echo "${COMPREPLY[@]}"')
        told = subprocess.run(["bash", "-c", script.decode() + line], capture_output=True,
                              check=True)
        self.assertEqual(told.stdout.decode().split(), ["--least-group", "--least-cell"])
        for shell in ["zsh", "fish"]:
            script = run("completion", shell, check=0).stdout
            self.assertIn(b"least-cell", script)
            if shutil.which(shell):
                subprocess.run([shell, "-n"], input=script, check=True)


class Fit(Session):
    def fit(self, *args, check=0):
        return run("fit", "ratings.csv", "--raters", "annotators.csv", *args, cwd=self.folder,
                   check=check)

    def test_all_cells_are_written_and_each_stands_once(self):
        self.table()
        out = json.loads(self.fit("--tensor", "cells.csv", "--json", "--quiet").stdout)
        lines = (self.folder / "cells.csv").read_text().splitlines()
        self.assertTrue(lines[0].startswith("dimension,attribute,group,case,option"))
        self.assertEqual(len(lines) - 1, out["cells_total"])
        self.assertEqual(len(set(lines)), len(lines))
        self.assertEqual(out["written"], "cells.csv")

    def test_the_same_bytes_for_any_number_of_threads(self):
        self.table()
        outs = [self.fit("--json", "--quiet", "--threads", n).stdout for n in (1, 2, 5)]
        self.assertEqual(len(set(outs)), 1)

    def test_the_terminal_says_which_model_and_why(self):
        self.table()
        text = self.fit("--quiet").stdout.decode()
        for words in ["Which model, and why", "hierarchical_ratings", "What to do next"]:
            self.assertIn(words, text)

    def test_nothing_is_left_where_a_fit_fails(self):
        self.table()
        failed = self.fit("--tensor", "cells.csv", "--model", "absent", check=2)
        self.assertIn(b'no estimator "absent"', failed.stderr)
        self.assertFalse((self.folder / "cells.csv").exists())


class Groups(Session):
    def setUp(self):
        super().setUp()
        run("simulate", "votes", "--answers", "votes", "--cases", "24", "--raters", "80",
            "--raters-per-case", "60", "--disagreement-share", "0.8", "--disagreement-size", "0.6",
            "--groups", "left=0.5,right=0.5", "--quiet", cwd=self.folder, check=0)

    def groups(self, *args, check=0):
        return run("groups", "votes", "--permutations", "19", "--splits", "4", "--resamples", "10",
                   *args, cwd=self.folder, check=check)

    def test_the_same_bytes_for_any_number_of_threads(self):
        outs = [self.groups("--json", "--quiet", "--threads", n).stdout for n in (1, 2, 5)]
        self.assertEqual(len(set(outs)), 1)

    def test_groups_are_written_and_an_audit_knows_where_they_come_from(self):
        self.groups("--write", "groups.csv", "--quiet")
        audit = json.loads(run("audit", "votes", "--raters", "groups.csv", "--attributes",
                               "opinion-group", *FAST, "--json", "--quiet", cwd=self.folder,
                               check=0).stdout)
        self.assertTrue(audit["partitions"][0]["learned_from_judgments"])


class Raters(Session):
    def test_the_same_bytes_for_any_number_of_threads(self):
        self.table()
        outs = [run("raters", "ratings.csv", "--json", "--quiet", "--threads", n, cwd=self.folder,
                    check=0).stdout for n in (1, 2, 5)]
        self.assertEqual(len(set(outs)), 1)

    def test_constant_ratings_have_no_agreement_to_speak_of_and_no_error(self):
        self.table(ratings(value=3))
        out = json.loads(run("raters", "ratings.csv", "--json", "--quiet", cwd=self.folder,
                             check=0).stdout)
        self.assertNotIn("NaN", json.dumps(out))


class Contract(Session):
    def test_json_fits_its_schema(self):
        import jsonschema
        self.table()
        schemas = json.loads(run("schema", check=0).stdout)
        by_name = {op["name"]: op for op in schemas["operations"]}
        for schema in by_name.values():
            for part in ["request", "response"]:
                jsonschema.Draft202012Validator.check_schema(schema[part])
        common = ["--raters", "annotators.csv", "--json", "--quiet"]
        self.write("pairs.csv", pairs())
        run("simulate", "votes", "--answers", "votes", "--cases", "20", "--raters", "60",
            "--raters-per-case", "40", "--disagreement-share", "0.5", "--quiet", cwd=self.folder,
            check=0)
        sessions = {
            "import": ["ratings.csv", "space", *common],
            "leaderboard": ["pairs.csv", "--json", "--quiet"],
            "audit": ["ratings.csv", *FAST, *common],
            "show": ["i1", "ratings.csv", *FAST, *common],
            "simulate": ["world", "--cases", "5", "--raters", "40", "--json"],
            "demo": ["try", "--json", "--quiet"],
            "fit": ["ratings.csv", "--tensor", "cells.csv", *common],
            "groups": ["votes", "--permutations", "19", "--json", "--quiet"],
            "raters": ["ratings.csv", *common],
        }
        self.assertEqual(sorted(sessions), sorted(by_name))
        for name, args in sessions.items():
            with self.subTest(name):
                out = run(name, *args, cwd=self.folder, check=0)
                jsonschema.Draft202012Validator(by_name[name]["response"]).validate(
                    json.loads(out.stdout))
                self.assertEqual(json.loads(run("schema", name, check=0).stdout), by_name[name])
        failed = run("audit", "absent", "--json", cwd=self.folder, check=2)
        jsonschema.Draft202012Validator(schemas["error"]).validate(json.loads(failed.stdout))

    def test_the_same_bytes_for_any_number_of_threads(self):
        run("simulate", "w", "--cases", "60", "--raters", "80", "--disagreement-share", "0.2",
            "--conflict-share", "0.2", cwd=self.folder, check=0)
        outs = [self.audit("w", "--json", "--threads", n, check=0).stdout for n in (1, 2, 5, 2)]
        self.assertEqual(len(set(outs)), 1)
        other = self.audit("w", "--json", "--seed", "7", check=0).stdout
        self.assertNotEqual(other, outs[0])

    def test_a_flag_reaches_the_request(self):
        self.table()
        told = json.loads(self.audit("ratings.csv", "--raters", "annotators.csv", "--json",
                                     "--title", "Äpfel", "--attributes", "side", "--fdr", "0.2",
                                     check=0).stdout)
        self.assertEqual(told["title"], "Äpfel")
        self.assertEqual(told["provenance"]["fdr"], 0.2)
        self.assertEqual([p["attribute"] for p in told["partitions"]], ["side"])


class BadInput(Session):
    """Each gives one clear message with file, line and field, and leaves nothing behind."""

    def bad(self, content, says=(), name="ratings.csv", **place):
        self.table()
        self.write(name, content)
        for args in (["audit", name, *FAST, "--scales", "*=1..5", "--quiet"],
                     ["import", name, "out", "--scales", "*=1..5", "--quiet"]):
            body = self.refused(*args, says=says)
            for key, value in place.items():
                self.assertEqual(body[key], value, body)

    def good(self, content, name="ratings.csv", judgments=None, more=()):
        self.table()
        self.write(name, content)
        told = json.loads(self.audit(name, "--raters", "annotators.csv", "--json", *more,
                                     check=0).stdout)
        self.fits(self.audit(name, "--raters", "annotators.csv", *more, check=0).stdout)
        if judgments is not None:
            self.assertEqual(told["data"]["judgments"], judgments)
        return told

    def test_truncated_gzip(self):
        whole = gzip.compress(ratings(items=400).encode(), mtime=0)
        self.bad(whole[:len(whole) // 2], name="ratings.csv.gz", says="ratings.csv.gz")
        self.good(whole, name="ratings.csv.gz", judgments=4800)

    def test_invalid_utf8(self):
        self.bad(ratings().encode().replace(b"i3,r4,", b"i3,r\xff4,", 1), says="UTF-8", line=42)

    def test_byte_order_mark_and_crlf_are_fine(self):
        self.good(b"\xef\xbb\xbf" + ratings().encode(), judgments=240)
        self.good(ratings().replace("\n", "\r\n"), judgments=240)

    def test_quoted_line_feeds_are_fine(self):
        text = ratings().replace("i0,", '"i\n""0""",')
        self.good(text, judgments=240)

    def test_duplicate_column(self):
        self.bad(ratings().replace("dim,value", "value,value", 1), says="value")

    def test_missing_columns(self):
        self.bad("a,b\n1,2\n")
        self.table()
        self.refused("audit", "ratings.csv", "--value-column", "valeu", "--quiet",
                     says=["valeu", "value"])

    def test_too_few_fields(self):
        self.bad(ratings().replace("i0,r3,toxic,1\n", "i0,r3\n", 1), line=5)

    def test_rating_outside_the_declared_scale(self):
        self.bad(ratings().replace("i0,r3,toxic,1", "i0,r3,toxic,9", 1), says="9", line=5)

    def test_not_a_number(self):
        for text in ["nan", "inf", "abc"]:
            self.bad(ratings().replace("i0,r3,toxic,1", f"i0,r3,toxic,{text}", 1), line=5,
                     says=text)

    def test_unknown_rater(self):
        self.table(ratings().replace("i0,r3,", "i0,stranger,", 1))
        body = self.refused("audit", "ratings.csv", "--raters", "annotators.csv", "--quiet",
                            says=["stranger", "annotators.csv"])
        self.assertEqual(body["line"], 5)

    def test_a_rater_who_rates_an_item_twice_is_told(self):
        told = self.good(ratings() + "i0,r0,toxic,5\n", judgments=241)
        self.assertEqual(told["data"]["repeated"], 1)

    def test_no_rows(self):
        self.bad("", says="empty")
        self.bad("item_id,annotator_id,dim,value\n", says="ratings.csv")

    def test_one_row(self):
        self.good("item_id,annotator_id,dim,value\ni0,r0,toxic,3\n", judgments=1)

    def test_one_rater_one_group_all_equal(self):
        self.good(ratings(raters=1), judgments=20)
        self.write("annotators.csv", annotators().replace("left", "right"))
        told = self.good(ratings(value=4), judgments=240)
        for loss in told["losses"]:
            self.assertNotEqual(loss["verdict"], "shown")

    def test_a_group_of_one(self):
        self.table()
        self.write("ratings.csv", ratings(raters=21))
        text = annotators(21).replace("r1,left", "r1,centre")
        self.write("annotators.csv", text)
        told = json.loads(self.audit("ratings.csv", "--raters", "annotators.csv", "--json",
                                     check=0).stdout)
        left_out = json.dumps([told["attributes_left_out"],
                               [p["left_out"] for p in told["partitions"]]])
        self.assertIn("centre", left_out)

    def test_a_million_distinct_attribute_values(self):
        lines = ["item_id,annotator_id,dim,value,note"]
        lines += [f"i{n % 50},r{n},toxic,{1 + n % 5},text{n}" for n in range(1_000_000)]
        self.write("ratings.csv", "\n".join(lines) + "\n")
        told = json.loads(self.audit("ratings.csv", "--rater-columns", "note", "--json",
                                     check=0).stdout)
        self.assertEqual(told["partitions"], [])
        self.assertIn("note", [a["name"] for a in told["attributes_left_out"]])

    def test_a_line_of_100_megabytes(self):
        text = ratings(items=3)
        self.bad(text + "i0," + "x" * 100_000_000 + ",toxic,3\n", line=38)

    def test_a_folder_where_a_file_should_be(self):
        (self.folder / "folder").mkdir()
        self.refused("audit", "folder", "--quiet", says="folder")
        self.table()
        self.refused("audit", "ratings.csv", "--raters", "folder", "--quiet", says="folder")

    def test_an_unwritable_output_is_found_out_first(self):
        self.table()
        started = time.monotonic()
        run("simulate", "big", "--cases", "400", cwd=self.folder, check=0)
        for html in ["absent/report.html", "ratings.csv/report.html", "big"]:
            started = time.monotonic()
            self.refused("audit", "big", "--permutations", "5000", "--quiet", "--html", html,
                         says=html, code="unavailable")
            self.assertLess(time.monotonic() - started, 5)
        self.refused("import", "ratings.csv", "ratings.csv/space", says="ratings.csv")
        self.refused("import", "ratings.csv", "annotators.csv", says="annotators.csv")
        if os.path.exists("/dev/full"):
            with open("/dev/full", "wb") as full:
                done = subprocess.run([PROGRAM, "--help"], stdout=full, stderr=subprocess.PIPE)
            self.assertEqual(done.returncode, 2)
            self.assertIn(b"standard output", done.stderr)


class Signals(Session):
    def start(self, *args, **options):
        return subprocess.Popen([PROGRAM, *map(str, args)], cwd=self.folder,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)

    def test_an_interrupt_leaves_nothing(self):
        run("simulate", "w", "--cases", "300", "--raters", "100", cwd=self.folder, check=0)
        for number, status in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            work = self.start("audit", "w", "--permutations", "100000", "--html", "r.html")
            time.sleep(1.5)
            work.send_signal(number)
            out, error = work.communicate(timeout=60)
            self.assertEqual(work.returncode, status, error)
            self.assertEqual(out, b"")
            self.assertIn(b"edgewise: interrupted\n", error)
            self.assertEqual([p.name for p in self.folder.iterdir()], ["w"])

    def test_an_interrupted_import_leaves_nothing(self):
        run("simulate", "w", "--format", "csv", "--cases", "20000", "--raters", "2000",
            cwd=self.folder, check=0)
        work = self.start("import", "w/ratings.csv", "out", "--threads", "1", "--compress", "gz")
        time.sleep(0.3)
        work.send_signal(signal.SIGINT)
        work.communicate(timeout=60)
        self.assertIn(work.returncode, (0, 130))
        if work.returncode == 130:
            self.assertEqual([p.name for p in self.folder.iterdir()], ["w"])

    def test_a_reader_who_leaves_is_no_error(self):
        for ignored in (True, False):
            work = self.start("schema", restore_signals=not ignored)
            work.stdout.read(10)
            work.stdout.close()
            error = work.stderr.read()
            work.stderr.close()
            self.assertEqual(error, b"")
            self.assertIn(work.wait(timeout=60), (0, 141, -signal.SIGPIPE))

    def test_progress_only_after_a_second_and_not_when_quiet(self):
        self.table()
        quick = run("audit", "ratings.csv", *FAST, cwd=self.folder, check=0)
        self.assertEqual(quick.stderr, b"")
        run("simulate", "w", "--cases", "300", "--raters", "100", cwd=self.folder, check=0)
        for quiet in ([], ["--quiet"]):
            work = self.start("audit", "w", "--permutations", "100000", *quiet)
            time.sleep(3)
            work.send_signal(signal.SIGINT)
            _, error = work.communicate(timeout=60)
            self.assertEqual(b" %" in error, not quiet, error)
            self.assertNotIn(b"\x1b", error)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]], verbosity=2)
