"""The Spark job on a real Spark: not among the tests of Tests/run, which has no PySpark (400 MB). By hand:

    python3 -m venv spark && spark/bin/pip install pyspark      # and Java 17
    SPARK=$PWD/spark AUTHRES=$PWD/.build/release/authres python3 Tests/integration/spark_cluster.py
"""
import json
import os
import subprocess
import sys
import tempfile
import unittest

from program import AUTHRES, ROOT, run
from test_spark import JOB

SPARK = os.environ.get("SPARK", "spark")
COUNT = os.environ.get("SPARK_MESSAGES", "4000")


# A program that stands in for authres: in the third part it writes some rows and kills its executor, once. Its parent is a
# Python worker, whose parent is their daemon, whose parent is the executor.
KILLER = """#!{python}
import os, signal, subprocess, sys
if any(word.startswith("2000000-") for word in sys.argv) and not os.path.exists("{killed}"):
    rows = subprocess.run(["{program}", *sys.argv[1:]], stdout=subprocess.PIPE).stdout.splitlines(keepends=True)
    sys.stdout.buffer.write(b"".join(rows[:len(rows) // 2]))
    sys.stdout.flush()
    executor = os.getppid()
    for _ in range(2):
        with open(f"/proc/{{executor}}/status") as status:
            executor = int(status.read().split("PPid:")[1].split()[0])
    with open(f"/proc/{{executor}}/cmdline", "rb") as line:
        assert b"CoarseGrainedExecutorBackend" in line.read()
    open("{killed}", "w").close()
    os.kill(executor, signal.SIGKILL)
    sys.exit(1)
os.execv("{program}", ["{program}", *sys.argv[1:]])
"""


class ClusterTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.mkdtemp(prefix="authres-spark")
        cls.mbox, cls.zone = cls.path("all.mbox"), cls.path("zone")
        subprocess.run([os.path.join(ROOT, "Tests", "benchmark", "make-mbox"), "--count", COUNT, cls.mbox, cls.zone], check=True)
        cls.flags = ["--authserv-id", "mx.example.org", "--zone", cls.zone]
        cls.maildir = cls.path("Maildir")
        for folder in ("cur", "new", "tmp"):
            os.makedirs(os.path.join(cls.maildir, folder))
        with open(cls.mbox, "rb") as source:
            messages = source.read().split(b"\nFrom ")[:500]
        for number, message in enumerate(messages):
            with open(os.path.join(cls.maildir, "cur", f"{number}.host:2,S"), "wb") as out:
                out.write(message.partition(b"\n")[2])
        cls.bad = cls.path("bad.mbox")
        with open(cls.bad, "w") as out:
            out.write("no mail in here\n")
        cls.whole = cls.lines(cls.mbox)

    @classmethod
    def path(cls, name):
        return os.path.join(cls.directory, name)

    @classmethod
    def lines(cls, *files):
        result = run("mbox", *cls.flags, "--report", "json", *files)
        assert result.returncode == 0, result.stderr
        return sorted(result.stdout.decode().splitlines())

    def submit(self, master, *arguments, program=AUTHRES):
        """The rows that a run of the job leaves, as lines of a report."""
        output = tempfile.mkdtemp(dir=self.directory)
        environment = {**os.environ, "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_LOCAL_HOSTNAME": "localhost", "PYSPARK_PYTHON": os.path.join(SPARK, "bin", "python")}
        command = [os.path.join(SPARK, "bin", "spark-submit"), "--master", master, "--conf", "spark.ui.enabled=false", JOB, "--authres",
                   program, "--output", os.path.join(output, "rows"), "--summary", os.path.join(output, "summary.json"), "--page",
                   os.path.join(output, "page.html"), "--zone-out", os.path.join(output, "zone"), *arguments, "--", *self.flags]
        job = subprocess.run(command, env=environment, capture_output=True)
        self.told, self.log = job.stdout.decode(), job.stderr.decode(errors="replace")
        self.assertEqual(job.returncode, 0, self.log[-3000:])
        script = ("import pyarrow.parquet, json, sys\n"
                  "for row in pyarrow.parquet.read_table(sys.argv[1]).to_pylist(): print(json.dumps(row))\n")
        read = subprocess.run([os.path.join(SPARK, "bin", "python"), "-c", script, os.path.join(output, "rows")],
                              capture_output=True, check=True)
        self.output = output
        return [json.loads(line) for line in read.stdout.splitlines()]

    def assert_rows(self, rows, lines):
        """The rows hold what the lines hold; a key that a line has not is null in a row."""
        def bare(value):
            if isinstance(value, dict):
                return {key: bare(member) for key, member in value.items() if member is not None}
            return [bare(member) for member in value] if isinstance(value, list) else value

        def sorted_rows(rows):
            return sorted((json.dumps(bare({key: row[key] for key in row if key not in ("source", "dns")}), sort_keys=True)
                           for row in rows))
        self.assertEqual(sorted_rows(rows), sorted_rows(map(json.loads, lines)))

    def test_parts_on_one_machine_give_the_rows_of_one_run(self):
        rows = self.submit("local[2]", "--split", "1000000", self.mbox, self.bad, self.maildir)
        errors = [row for row in rows if row["error"]]
        self.assertEqual([row["file"] for row in errors], [self.bad])
        self.assert_rows([row for row in rows if not row["error"]], self.whole + self.lines(self.maildir))
        with open(os.path.join(self.output, "summary.json")) as source:
            summary = json.load(source)
        self.assertEqual(summary["messages"], len(rows) - 1)
        # The answers that were used are enough for a second pass that asks nobody.
        result = run("mbox", "--authserv-id", "mx.example.org", "--zone", os.path.join(self.output, "zone"), "--report", "json", self.mbox)
        self.assertEqual(sorted(result.stdout.decode().splitlines()), self.whole)

    def test_files_that_spark_reads_itself_give_the_same(self):
        rows = self.submit("local[2]", "--read-by-spark", self.mbox, self.bad, self.maildir)
        self.assertEqual([row["file"] for row in rows if row["error"]], [self.bad])
        self.assert_rows([row for row in rows if not row["error"]], self.whole + self.lines(self.maildir))

    def test_a_worker_that_is_killed_costs_a_retry_and_no_row(self):
        killer, killed = self.path("killer"), self.path("killed")
        with open(killer, "w") as out:
            out.write(KILLER.format(python=sys.executable, program=AUTHRES, killed=killed))
        os.chmod(killer, 0o755)
        rows = self.submit("local-cluster[2,1,1024]", "--split", "1000000", self.mbox, program=killer)
        self.assertTrue(os.path.exists(killed))
        self.assertRegex(self.log, "Lost task")
        self.assert_rows(rows, self.whole)


if __name__ == "__main__":
    unittest.main()
