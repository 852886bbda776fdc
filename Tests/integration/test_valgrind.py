"""The readers of hostile input under valgrind. What it costs grows with its size and no faster: n, 2n and 4n of each shape,
by the instructions that they take (callgrind counts them; a clock would count the rest of the machine as well). No octet is
read that was not written, and none is lost.

AUTHRES_LONG=1 makes every shape eight times as large, and reads all samples."""
import concurrent.futures
import glob
import os
import re
import subprocess
import tempfile
import unittest

from program import LONG, MESSAGES, ROOT
from test_faults import frame, stages

# A little more than twice as much for twice as much: sorting, and tables that grow.
RATIO = 2.2

HEAD = b"From: a@sender.example\nSubject: x\n"
SIGNATURE = (b"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=sender.example; s=s; h=%s; b=AAAA;\n"
             b" bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n")
ARC = (b"ARC-Seal: i=%d; a=rsa-sha256; cv=%s; d=a.example; s=s; b=AAAA\n"
       b"ARC-Message-Signature: i=%d; a=rsa-sha256; d=a.example; s=s; h=from; b=AAAA; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
       b"ARC-Authentication-Results: i=%d; a.example; none\n")
FORGED = b"Authentication-Results: mx.example.org; spf=pass\n"
FOREIGN = b"Authentication-Results: e.example; spf=pass smtp.mailfrom=a.example\n"


def header(*parts):
    return HEAD + b"".join(parts) + b"\nbody\n"


def sets(count):
    return b"".join(ARC % (i, b"pass" if i > 1 else b"none", i, i) for i in range(count, 0, -1))


# Reader, shape, n, and the input of size n.
SHAPES = [
    ("message", "header fields", 40, lambda n: header(b"X: y\n" * n)),
    ("message", "names of fields", 40, lambda n: header(*(b"X%d: y\n" % i for i in range(n)))),
    ("message", "folds", 30, lambda n: header(b"X: y\n" + b" z\n" * n)),
    ("message", "forged fields", 6, lambda n: header(FORGED * n)),
    ("message", "forged fields that are not well-formed", 2, lambda n: header(b"Authentication-Results: mx.example.org\n" * n)),
    ("message", "foreign fields", 4, lambda n: header(FOREIGN * n)),
    ("message", "hidden fields", 2, lambda n: header(b"X: y", b"\rAuthentication-Results: e.example (" * n, b"\n")),
    ("message", "lines that end in CR", 75, lambda n: header(b"X: y" + b"\r\r" * n + b"\n")),
    ("message", "From fields", 6, lambda n: header(b"From: b@bank.example\n" * n)),
    ("message", "Received fields", 10, lambda n: header(b"Received: from a.example by b.example with SMTP; x\n" * n)),
    ("message", "signatures", 2, lambda n: header(SIGNATURE % b"from" * n)),
    ("message", "names in h=", 60, lambda n: header(SIGNATURE % (b"from" + b":x" * n))),
    ("message", "names in h= of ten signatures, and fields", 6,
     lambda n: header(SIGNATURE % (b"from" + b":x" * n) * 10, b"X: y\n" * n)),
    ("message", "names in h= that are absent, and fields", 12,
     lambda n: header(SIGNATURE % (b"from" + b":z" * n), b"X: y\n" * n)),
    ("message", "tags of a signature", 30, lambda n: header(SIGNATURE % (b"from; " + b"".join(b"x%d=y; " % i for i in range(n)) + b"z=z"))),
    ("message", "ARC sets", 2, lambda n: header(sets(n))),
    ("message", "ARC fields of one instance", 3, lambda n: header(sets(1) * n)),
    ("message", "octets of the body", 1000, lambda n: header(SIGNATURE % b"from") + b"x" * n),
    ("message", "lines of the body", 250, lambda n: header(SIGNATURE % b"from") + b"x\n" * n),
    ("message", "empty lines of the body", 250, lambda n: header(SIGNATURE % b"from") + b"\n" * n),
    ("message", "bare CRs in the body", 250, lambda n: header(SIGNATURE % b"from") + b"\r" * n),
    ("message", "spaces in the body", 500, lambda n: header(SIGNATURE % b"from") + b" \t" * (n // 2)),
    ("results", "comments", 50, lambda n: b" e.example" + b" (c)" * n + b"; none"),
    ("results", "depth of comments", 83, lambda n: b" e.example " + b"(" * n + b")" * n + b"; none"),
    ("results", "comments that do not end", 83, lambda n: b" e.example " + b"(" * n),
    ("results", "results", 6, lambda n: b" e.example" + b"; dkim=pass header.d=a.example" * n),
    ("results", "results that contradict", 3, lambda n: b" e.example" + b"; dkim=pass header.b=abcd; dkim=fail header.b=abcd" * n),
    ("results", "properties", 10, lambda n: b" e.example; dkim=pass" + b" header.d=a.example" * n),
    ("results", "semicolons", 83, lambda n: b" e.example" + b";" * n),
    ("results", "quoted pairs", 83, lambda n: b' "' + b"\\a" * n + b'"; none'),
    ("claims", "octets of an id", 333, lambda n: b" " + b"a" * n + b"; none"),
    ("claims", "combining marks of an id", 66, lambda n: b" mx\xcc\x81" + b"\xcc\x81" * n + b".example; none"),
    ("claims", "depth of comments", 166, lambda n: b" " + b"(" * n + b")" * n + b" mx.example.org; none"),
    ("from", "members", 10, lambda n: b" a@b.example," * n),
    ("from", "domains", 10, lambda n: b",".join(b" a@b%d.example" % i for i in range(n))),
    ("from", "groups", 10, lambda n: b" g: a@b.example;," * n),
    ("from", "encoded words", 6, lambda n: b" =?utf-8?q?a=40b.example?=" * n + b" <a@b.example>"),
    ("from", "encoded words that do not end", 25, lambda n: b" =?utf-8?q?" * n + b" <a@b.example>"),
    ("from", "depth of comments", 66, lambda n: b" " + b"(" * n + b")" * n + b"<a@b.example>"),
    ("from", "quotes", 16, lambda n: b' " "' * n + b"<a@b.example>"),
    ("from", "angle brackets", 33, lambda n: b" <" * n + b"a@b.example" + b">" * n),
    ("from", "routes", 5, lambda n: b" <" + b"@a.example," * n + b"@b.example:c@d.example>"),
    ("from", "at signs", 11, lambda n: b" a" + b"@b.example" * n),
    ("received", "comments", 50, lambda n: b" from a.example " + b"(b) " * n + b"by mx.example.org; x"),
    ("received", "clauses", 33, lambda n: b" from a.example by mx.example.org" + b" with SMTP" * n + b"; x"),
    ("received", "depth of comments", 50, lambda n: b" from a.example " + b"(" * n + b")" * n + b" by mx.example.org; x"),
    ("signature", "tags", 33, lambda n: b" v=1; " + b"".join(b"x%d=y; " % i for i in range(n))),
    ("signature", "folds", 66, lambda n: b" v=1;" + b"\n " * n + b"a=rsa-sha256"),
    ("key", "tags", 33, lambda n: b"v=DKIM1; " + b"".join(b"x%d=y; " % i for i in range(n)) + b"p=AAAA"),
    ("key", "octets of a key", 333, lambda n: b"v=DKIM1; p=" + b"A" * (n - n % 4)),
    ("dmarc", "tags", 33, lambda n: b"v=DMARC1; p=none; " + b"x=y; " * n),
    ("dmarc", "addresses", 13, lambda n: b"v=DMARC1; p=none; rua=" + b",".join([b"mailto:a@b.example!10m"] * n)),
    ("spf", "terms", 25, lambda n: b"v=spf1" + b" ip4:192.0.2.1" * n + b" -all"),
    ("spf", "macros", 3, lambda n: b"v=spf1 exists:" + b"%{d1}" * n + b".example -all"),
    ("spf", "a macro of a record that includes itself", 6, lambda n: b"v=spf1 include:%{d} exists:" + b"%{i}" * n + b".example -all"),
    ("spf", "modifiers", 33, lambda n: b"v=spf1" + b" x=y" * n + b" -all"),
    ("mbox", "lines that are quoted", 41, lambda n: b"From a Thu Jan  1 00:00:00 2026\nX: y\n\n" + b">From x\n" * n),
    ("mbox", "signs of quotation in a line", 250, lambda n: b"From a Thu Jan  1 00:00:00 2026\nX: y\n\n" + b">" * n + b"From x\n"),
    ("mbox", "messages", 4, lambda n: b"From a Thu Jan  1 00:00:00 2026\nX: y\n\nz\n\n" * n),
    ("mbox", "lines From that begin no message", 16, lambda n: b"From a Thu Jan  1 00:00:00 2026\nX: y\n\n" + b"From x\n" * n),
    ("mbox", "empty lines", 166, lambda n: b"From a Thu Jan  1 00:00:00 2026\nX: y\n\n" + b"\n" * n),
    ("mbox", "counts", 4, lambda n: b"From a Thu Jan  1 00:00:00 2026\nContent-Length: 99999\n\nz\n\n" * n),
    ("zone", "records", 10, lambda n: b"".join(b"n%d.example. 60 IN A 192.0.2.1\n" % i for i in range(n))),
    ("zone", "records of one name", 10, lambda n: b"".join(b"n.example. 60 IN TXT \"%d\"\n" % i for i in range(n))),
    ("zone", "strings", 33, lambda n: b"a.example. IN TXT" + b' "x"' * n + b"\n"),
    ("capabilities", "lines", 10, lambda n: b"220 x\n> EHLO y\n" + b"250-AUTHSERV mx.example.org\n" * n),
    ("capabilities", "words", 44, lambda n: b"* OK x\n> a CAPABILITY\n* CAPABILITY" + b" AUTHSERV=a.example" * n + b"\na OK x\n"),
    ("configuration", "keys", 2, lambda n: b"".join(b"x%d: y\n" % i for i in range(n))),
    ("configuration", "elements of a list", 6, lambda n: b"own-ids: [" + b"a.example, " * n + b"b]\n"),
    ("configuration", "rules", 2, lambda n: b"policy:\n  rules:\n" + b"".join(
        b"    - {name: r%d, when: {dmarc: fail}, action: tempfail}\n" % i for i in range(n))),
    ("milter", "recipients", 16, lambda n: b"".join(stages()[:6]) + frame(b"R", b"<bob@example.org>\0") * n + b"".join(stages()[7:])),
    ("milter", "macros", 16, lambda n: b"".join(stages()[:4]) + b"".join(frame(b"D", b"Mx%d\0y\0" % i) for i in range(n)) + b"".join(stages()[5:])),
    ("milter", "macros of one stage", 16, lambda n: b"".join(stages()[:4]) + frame(b"D", b"M" + b"".join(b"x%d\0y\0" % i for i in range(n)))),
    ("milter", "fields", 16, lambda n: b"".join(stages()[:8]) + frame(b"L", b"X\0 y\0") * n + b"".join(stages()[9:])),
    ("milter", "chunks of the body", 16, lambda n: b"".join(stages()[:11]) + frame(b"B", b"x") * n + frame(b"E")),
    ("milter", "messages on a connection", 2, lambda n: b"".join(stages()) + b"".join(stages()[4:]) * n),
    ("milter", "aborts", 16, lambda n: b"".join(stages()[:6]) + frame(b"A") * n),
]


def instructions(program, reader, inputs, directory):
    """What each of the inputs takes."""
    paths = []
    for number, octets in enumerate(inputs):
        paths.append(os.path.join(directory, f"{reader}{number}"))
        with open(paths[-1], "wb") as out:
            out.write(octets)
    result = subprocess.run(["valgrind", "--tool=callgrind", "--dump-before=*beginInput*", "--compress-pos=no",
                             f"--callgrind-out-file={directory}/{reader}.out", program, reader, *paths],
                            capture_output=True, text=True, timeout=1800,
                            # Tables of the same keys are the same in every run.
                            env={**os.environ, "SWIFT_DETERMINISTIC_HASHING": "1"})
    if result.returncode:
        raise AssertionError(f"{reader}: {result.stderr[-2000:]}")
    # The first ends before the first input, one is written at the end of the program.
    dumps = sorted(glob.glob(f"{directory}/{reader}.out.*"), key=lambda name: int(name.rpartition(".")[2]))
    if len(dumps) < len(paths) + 1:
        raise AssertionError(f"{reader}: {len(dumps)} dumps of {len(paths)} inputs")
    found = []
    for name in dumps[1:len(paths) + 1]:
        with open(name, errors="replace") as dump:
            found.append(int(re.search(r"^(?:summary|totals): (\d+)", dump.read(), re.MULTILINE)[1]))
    return found


def stripped(directory):
    """The program without its debugging information: valgrind 3.19 cannot read that of Swift 6."""
    program = os.path.join(directory, "cost-sweep")
    subprocess.run(["strip", "--strip-debug", "-o", program, os.path.join(ROOT, ".build", "debug", "cost-sweep")], check=True)
    return program


class ValgrindTests(unittest.TestCase):
    def test_the_libraries_read_no_foreign_memory_and_lose_none(self):
        corpus = os.path.join(ROOT, "Tests", "fuzz", "corpus")
        samples = sorted(glob.glob(os.path.join(MESSAGES, "*", "message.eml")))
        files = {reader: sorted(glob.glob(os.path.join(corpus, reader, "*"))) for reader in ("message", "spf", "key", "claims")}
        files["message"] += [path for path in samples if os.path.getsize(path) < 20_000][::1 if LONG else 16]
        with tempfile.TemporaryDirectory() as directory, concurrent.futures.ThreadPoolExecutor(2) as pool:
            program = stripped(directory)

            def checked(reader):
                return subprocess.run(["valgrind", "--error-exitcode=9", "--leak-check=full", "--show-leak-kinds=definite",
                                       "--errors-for-leak-kinds=definite", program, reader, *files[reader]],
                                      capture_output=True, text=True, timeout=1800)

            for reader, result in zip(files, pool.map(checked, files)):
                with self.subTest(reader):
                    self.assertGreater(len(files[reader]), 5)
                    self.assertEqual(result.returncode, 0, result.stderr[-4000:])
                    self.assertIn("ERROR SUMMARY: 0 errors", result.stderr)

    def test_the_cost_of_hostile_input_grows_with_its_size_and_no_faster(self):
        scale = 8 if LONG else 1
        with tempfile.TemporaryDirectory() as directory:
            program = stripped(directory)
            readers = sorted({shape[0] for shape in SHAPES}, key=lambda reader: -sum(shape[0] == reader for shape in SHAPES))

            def swept(reader):
                shapes = [shape for shape in SHAPES if shape[0] == reader]
                # The first time is not counted: what is looked up once in a process is looked up then.
                inputs = [make(size * scale * factor) for _, _, size, make in shapes for factor in (1, 1, 2, 4)]
                costs = instructions(program, reader, inputs, directory)
                return [(shape, costs[4 * i + 1:4 * i + 4]) for i, shape in enumerate(shapes)]

            with concurrent.futures.ThreadPoolExecutor(2) as pool:
                found = [pair for pairs in pool.map(swept, readers) for pair in pairs]
        self.assertEqual(len(found), len(SHAPES))
        for (reader, name, size, make), (one, two, four) in found:
            # What does not grow with the shape is left out by taking what each step adds.
            first, second = two - one, four - two
            if os.environ.get("AUTHRES_VERBOSE"):
                octets = len(make(size * scale * 4)) - len(make(size * scale * 2))
                print(f"{reader:14}{name:48}{four / 1e6:8.1f}M{second / octets:8.0f} an octet, {second / max(first, 1):.2f} times")
            with self.subTest(reader=reader, shape=name):
                # A hundredth for tables that grow, and are made again.
                self.assertLess(second, RATIO * max(first, 0) + four / 100, (one, two, four))


if __name__ == "__main__":
    unittest.main()
