"""The Spark job, as far as it needs no Spark: its parts, its schema, and what it makes of a run. spark_cluster.py, beside this
file, is the rest."""
import importlib.machinery
import importlib.util
import json
import os
import sys
import tempfile
import unittest

from program import AUTHRES, ROOT, run

JOB = os.path.join(ROOT, "samples", "spark", "authres_job.py")
loader = importlib.machinery.SourceFileLoader("authres_job", JOB)
job = importlib.util.module_from_spec(importlib.util.spec_from_loader("authres_job", loader))
sys.modules["authres_job"] = job
loader.exec_module(job)

INBOX, ZONE = (os.path.join(ROOT, "samples", name) for name in ("inbox.mbox", "inbox.zone"))
FLAGS = ["--authserv-id", "mx.example.org", "--zone", ZONE]
COMMAND = [AUTHRES, "mbox", "--report", "json", *FLAGS]


class SparkJobTests(unittest.TestCase):
    def lines(self, *arguments):
        result = run("mbox", "--report", "json", *FLAGS, *arguments)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout.decode().splitlines(keepends=True)

    def test_ranges_meet_and_cover_a_file(self):
        for size in (0, 1, 9, 10, 11, 105):
            cuts = job.ranges(size, 10)
            self.assertEqual(cuts[0][0], 0)
            self.assertEqual(cuts[-1][1], size)
            self.assertTrue(all(before[1] == after[0] for before, after in zip(cuts, cuts[1:])))

    def test_what_is_large_is_cut_and_what_is_small_goes_together(self):
        files = [("big", 25, False), ("big.gz", 25, False), ("small", 5, False), ("d/1", 6, True), ("d/2", 6, True), ("d/3", 1, True),
                 ("d/big", 25, True)]
        parts = job.plan(files, 10, lambda path: b"\x1f\x8b" if path.endswith("gz") else b"From a")
        self.assertEqual([(part.paths, part.range, part.is_bundle) for part in parts], [
            (("big",), (0, 10), False), (("big",), (10, 20), False), (("big",), (20, 25), False), (("big.gz",), None, False),
            (("small",), None, False), (("d/1", "d/2"), None, True), (("d/big",), (0, 10), False), (("d/big",), (10, 20), False),
            (("d/big",), (20, 25), False), (("d/3",), None, True)])

    def test_the_schema_is_declared_as_the_reports_are_written(self):
        def check(value, kind, place):
            if value is None:
                return
            if isinstance(kind, list):
                self.assertIsInstance(value, list, place)
                for member in value:
                    check(member, kind[0], place)
            elif isinstance(kind, dict):
                self.assertIsInstance(value, dict, place)
                for key, member in value.items():
                    self.assertIn(key, kind, place)
                    check(member, kind[key], f"{place}.{key}")
            else:
                types = {"string": str, "boolean": bool, "int": int, "bigint": int}
                self.assertIs(type(value), types[kind], place)
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as config:
            config.write("policy: {rules: [{name: a, when: {dmarc: fail}, action: reject}]}\n")
            config.flush()
            keys = set()
            for line in self.lines(INBOX, "--report-dns", "--config", config.name):
                message = json.loads(line)
                keys |= set(message)
                check(message, job.MESSAGE, "")
        self.assertEqual(set(job.MESSAGE) - keys, {"error", "field_proof"})
        self.assertTrue(job.ddl(job.MESSAGE).startswith("STRUCT<`authserv_id`: STRING, `dns`: ARRAY<STRUCT<`name`: STRING,"))

    def test_parts_give_the_lines_of_one_run(self):
        whole, size = self.lines(INBOX), os.path.getsize(INBOX)
        parts = job.plan([(INBOX, size, False)], size // 6, lambda path: b"From ")
        self.assertGreater(len(parts), 5)
        self.assertEqual([line for part in parts for _, line in job.examine(part, COMMAND)], whole)
        with open(INBOX, "rb") as source:
            read = job.examine_contents([(INBOX, source.read())], COMMAND, set())
            self.assertEqual([line for _, line in read], whole)

    def test_a_bundle_is_a_folder(self):
        with tempfile.TemporaryDirectory() as folder:
            os.mkdir(os.path.join(folder, "cur"))
            with open(INBOX, "rb") as source:
                messages = source.read().split(b"\n\nFrom ")
            paths = []
            for number, message in enumerate(messages):
                paths.append(os.path.join(folder, "cur", f"{number}:2,S"))
                with open(paths[-1], "wb") as out:
                    out.write(message.partition(b"\n")[2])
            whole = sorted(self.lines(folder))
            bundle = job.Part(tuple(paths), is_bundle=True)
            self.assertEqual(sorted(line for _, line in job.examine(bundle, COMMAND)), whole)
            contents = [(path, message.partition(b"\n")[2]) for path, message in zip(paths, messages)]
            self.assertEqual(sorted(line for _, line in job.examine_contents(contents, COMMAND, set(paths))), whole)

    def test_what_is_no_archive_is_a_row_and_what_has_failed_is_not(self):
        with tempfile.TemporaryDirectory() as folder:
            bad = os.path.join(folder, "bad \"quoted\".mbox")
            with open(bad, "w") as out:
                out.write("no mail in here\n")
            for path in (bad, os.path.join(folder, "missing")):
                (source, line), = job.examine(job.Part((path,)), COMMAND)
                self.assertEqual((source, json.loads(line)["file"]), (path, path))
                self.assertIn(os.path.basename(path), json.loads(line)["error"])
        with self.assertRaisesRegex(RuntimeError, "64"):
            list(job.examine(job.Part((INBOX,)), [*COMMAND, "--nonsense"]))


if __name__ == "__main__":
    unittest.main()
