"""Large archives in every form give the verdicts of the plain mbox: a Takeout zip, a Maildir, an mbox that a Spark cluster
examines in 80 parts; and none takes more than 40 MiB of memory (the release build), whatever the name server does. Not met
yet where each message asks for names of its own (`-k names`): 46.5 MiB.
Not among the tests of Tests/run; by hand:

    AUTHRES=$PWD/.build/release/authres python3 Tests/integration/large_archives.py
    SPARK=$PWD/spark LARGE_OCTETS=10000000000 LARGE_MESSAGE=200000 AUTHRES=... python3 Tests/integration/large_archives.py
    LARGE_OCTETS=4600000000 LARGE_MESSAGE=200000 AUTHRES=... python3 Tests/integration/large_archives.py -k zip    # zip64
    LARGE_OCTETS=2048000000 AUTHRES=... python3 Tests/integration/large_archives.py -k zip                 # a million messages

SPARK is a virtual environment with pyspark and pyarrow, as for spark_cluster.py; without it there is no cluster. DIRECTORY is
where the archives go (four times their size); what is there already is not made again.
"""
import hashlib
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import zipfile

from nameserver import NameServer
from program import AUTHRES, ROOT
from test_spark import JOB

SPARK = os.environ.get("SPARK")
OCTETS = int(os.environ.get("LARGE_OCTETS", 205_000_000))
MESSAGE = int(os.environ.get("LARGE_MESSAGE", 2048))
PARTS = int(os.environ.get("LARGE_PARTS", 80))
MEMORY = int(os.environ.get("LARGE_MEMORY", 40))
# What says where a message was, not what it is.
PLACE = ("file", "offset", "octets", "odd_lines", "variant", "source", "dns", "error")
PARQUET = """
import json, pyarrow.dataset, sys
for batch in pyarrow.dataset.dataset(sys.argv[1], format="parquet").to_batches(batch_size=500):
    for row in batch.to_pylist(): print(json.dumps(row))
"""


def bare(value):
    """Without keys that are null, which a table has in every row."""
    if isinstance(value, dict):
        return {key: bare(member) for key, member in value.items() if member is not None}
    return [bare(member) for member in value] if isinstance(value, list) else value


class Digest:
    """Messages and their verdicts as one number, in whatever order they come; it has the size of one message."""

    def __init__(self):
        self.count = self.sum = 0
        self.verdicts = {}

    def take(self, line):
        row = json.loads(line)
        verdict = {key: row[key] for key in row if key not in PLACE}
        octets = json.dumps(bare(verdict), sort_keys=True).encode()
        self.count += 1
        self.sum = (self.sum + int.from_bytes(hashlib.sha256(octets).digest(), "big")) % 2**256
        for result in row["results"]:
            key = f"{result['method']}={result['result']}"
            self.verdicts[key] = self.verdicts.get(key, 0) + 1

    def __eq__(self, other):
        return (self.count, self.sum) == (other.count, other.sum)

    def __repr__(self):
        return f"{self.count} messages, {self.sum:064x}, {dict(sorted(self.verdicts.items()))}"


def highest_memory(process, peak):
    """Keeps the largest resident set of a process (KiB) in peak[0] until it ends."""
    while process.poll() is None:
        try:
            with open(f"/proc/{process.pid}/status") as status:
                peak[0] = max([peak[0]] + [int(line.split()[1]) for line in status if line.startswith("VmHWM")])
        except OSError:
            return
        time.sleep(0.2)


class UnevenServer(NameServer):
    """Every answer has a delay of its own."""

    def __init__(self, zones, delays):
        super().__init__(zones, delays[0])
        self.delays = delays

    def _answer(self, query):
        self.delay = random.uniform(*self.delays)
        return super()._answer(query)


class LargeArchiveTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = os.environ.get("DIRECTORY") or tempfile.mkdtemp(prefix="authres-large")
        cls.mbox, cls.zone = cls.path("all.mbox"), cls.path("zone")
        if not os.path.exists(cls.mbox):
            subprocess.run([os.path.join(ROOT, "Tests", "benchmark", "make-mbox"), "--count", str(OCTETS // MESSAGE), "--size",
                            str(MESSAGE), cls.mbox, cls.zone], check=True)
        cls.flags = ["--authserv-id", "mx.example.org", "--zone", cls.zone]
        cls.whole = cls.digest(cls.mbox)

    @classmethod
    def tearDownClass(cls):
        if "DIRECTORY" not in os.environ:
            shutil.rmtree(cls.directory)

    @classmethod
    def path(cls, name):
        return os.path.join(cls.directory, name)

    @classmethod
    def digest(cls, name, flags=None):
        start, digest, peak = time.monotonic(), Digest(), [0]
        with subprocess.Popen([AUTHRES, "mbox", *(flags or cls.flags), "--report", "json", name], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE) as process:
            watcher = threading.Thread(target=highest_memory, args=(process, peak))
            watcher.start()
            for line in process.stdout:
                digest.take(line)
            notes = process.stderr.read().decode()
            watcher.join()
        assert process.returncode == 0, notes
        print(f"{os.path.basename(name)}: {digest}; {time.monotonic() - start:.0f} s, at most {peak[0] / 1024:.1f} MiB",
              file=sys.stderr)
        assert peak[0] <= MEMORY * 1024, f"{name}: {peak[0] / 1024:.1f} MiB"
        return digest

    def messages(self):
        """The messages of the mbox, one by one, as they were delivered."""
        with open(self.mbox, "rb") as source:
            message = []
            for line in source:
                if line.startswith(b"From ") and message:
                    yield b"".join(message[1:-1])
                    message = []
                message.append(line[1:] if line.startswith(b">") and line.lstrip(b">").startswith(b"From ") else line)
            yield b"".join(message[1:-1])

    def takeout(self, name, method):
        if not os.path.exists(name):
            with zipfile.ZipFile(name, "w", method, compresslevel=1) as out:
                out.writestr("Takeout/archive_browser.html", "<!DOCTYPE html><html></html>")
                out.writestr("Takeout/Mail/User Settings/Filters.json", '{"filter": []}')
                entry = zipfile.ZipInfo("Takeout/Mail/All mail Including Spam and Trash.mbox")
                entry.compress_type = method
                with open(self.mbox, "rb") as source, out.open(entry, "w", force_zip64=True) as target:
                    shutil.copyfileobj(source, target, 1 << 20)
        return name

    def test_a_takeout_zip_gives_the_verdicts_of_the_mbox(self):
        self.assertEqual(self.digest(self.takeout(self.path("takeout.zip"), zipfile.ZIP_DEFLATED)), self.whole)

    def test_a_zip_of_files_that_are_only_stored_gives_the_verdicts_of_the_mbox(self):
        self.assertEqual(self.digest(self.takeout(self.path("stored.zip"), zipfile.ZIP_STORED)), self.whole)

    def test_a_slow_name_server_gives_the_verdicts_of_the_zone(self):
        with UnevenServer([self.zone], (0.05, 0.2)) as server:
            self.assertEqual(self.digest(self.mbox, [*self.flags[:2], "--dns-server", server.address]), self.whole)

    def test_names_that_no_other_message_has_take_no_more_memory(self):
        """Every message waits for the name server, and none of the answers is of use to another."""
        name = self.path("names.mbox")
        with open(name, "wb") as out:
            for number, message in zip(range(20_000), self.messages()):
                # The signature is as long as before, and of another domain.
                for label in set(re.findall(rb"\b(d[0-9]+)\.example", message)):
                    message = message.replace(label + b".example", b"n%d.%s.example" % (number, label))
                out.write(b"From - Tue Nov 14 22:13:00 2023\n" + message + b"\n")
        with UnevenServer([self.zone], (0.05, 0.2)) as server:
            self.digest(name, [*self.flags[:2], "--dns-server", server.address])

    def test_a_maildir_gives_the_verdicts_of_the_mbox(self):
        name = self.path("Maildir")
        if not os.path.exists(name):
            for folder in ("cur", "new", "tmp"):
                os.makedirs(os.path.join(name, folder))
            for number, message in enumerate(self.messages()):
                place = f"new/{number}.host" if number % 3 == 0 else f"cur/{number}.host:2,S"
                with open(os.path.join(name, place), "wb") as out:
                    out.write(message)
        self.assertEqual(self.digest(name), self.whole)

    @unittest.skipUnless(SPARK, "SPARK names no virtual environment")
    def test_parts_on_a_cluster_give_the_verdicts_of_the_mbox(self):
        split = -(-os.path.getsize(self.mbox) // PARTS)
        with tempfile.TemporaryDirectory(dir=self.directory) as output:
            rows = os.path.join(output, "rows")
            start = time.monotonic()
            subprocess.run([os.path.join(SPARK, "bin", "spark-submit"), "--master", "local-cluster[2,1,1024]", "--conf",
                            "spark.ui.enabled=false", JOB, "--authres", AUTHRES, "--output", rows, "--split", str(split), self.mbox,
                            "--", *self.flags], check=True, stderr=subprocess.DEVNULL,
                           env={**os.environ, "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_LOCAL_HOSTNAME": "localhost",
                                "PYSPARK_PYTHON": os.path.join(SPARK, "bin", "python")})
            digest = Digest()
            with subprocess.Popen([os.path.join(SPARK, "bin", "python"), "-c", PARQUET, rows], stdout=subprocess.PIPE) as read:
                for line in read.stdout:
                    digest.take(line)
            self.assertEqual(read.returncode, 0)
            files = len([name for name in os.listdir(rows) if name.endswith(".parquet")])
            print(f"cluster: {digest}; {time.monotonic() - start:.0f} s, {files} files", file=sys.stderr)
            self.assertEqual(digest, self.whole)


if __name__ == "__main__":
    unittest.main()
