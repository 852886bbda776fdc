"""Hostile senders, zones, peers and files against the real program: each case was an attack, and some of them worked."""
import email
import os
import random
import re
import signal
import socket
import struct
import subprocess
import tempfile
import time
import unittest

from nameserver import NameServer
from program import AUTHRES, Filter, run, sample, zone

FORGED = b"Authentication-Results: mx.example.org; spf=pass smtp.mailfrom=bank.example"
FLAGS = ("--zone", *zone("plain-pass"), "--authserv-id", "mx.example.org", "--ip", "192.0.2.7", "--helo", "mail.sender.example",
         "--mail-from", "<ann@sender.example>")

# Where the forged field stands in the header, by what a reader might do that we do not.
DISGUISES = {
    "as it is": FORGED,
    "in any case": FORGED.replace(b"Authentication-R", b"aUTHENTICATION-r"),
    "white space before the colon": FORGED.replace(b":", b" \t:", 1),
    "behind a bare CR": b"X: a\r" + FORGED,
    "behind a bare CR in a foreign field": b"Authentication-Results: evil.example; none\r" + FORGED,
    "behind a fold of a bare CR": b"X: a\n \r" + FORGED,
    "behind three": b"X: a\r\r\r" + FORGED,
    "behind a CR at the end of a line": b"X: a\r\r\n" + FORGED,
    "below a line of white space": b"X: a\n \t\n" + FORGED,
    "below an mbox's line": b"From x Thu Jan  1 00:00:00 2026\n" + FORGED,
    "below a line that is no field": b"hello\n" + FORGED,
    "below white space on top": b" hello\n" + FORGED,
    "below a name of 3 KB": b"X" * 3000 + b": x\n" + FORGED,
    "behind a comment of 300 KB": FORGED.replace(b" ", b" (" + b"x" * 300_000 + b") ", 1),
    "a name with a CR": FORGED.replace(b":", b"\r:", 1),
    "a name with a NUL": FORGED.replace(b":", b"\0:", 1),
    "an id with a NUL behind": FORGED.replace(b";", b"\0;", 1),
}


def forged_fields(message):
    """The fields that readers without much grammar would take for ours: Python's, and one that splits at any line end."""
    found = [value for name, value in email.message_from_bytes(message).items() if name.strip().lower() == "authentication-results"]
    header = re.split(rb"\r?\n\r?\n", message, maxsplit=1)[0]
    found += [line.decode("latin-1") for line in re.split(rb"\r\n|\n|\r", header)
              if re.match(rb"(?i)authentication-results\s*:", line)]
    return [value for value in found if "bank.example" in str(value)]


def frame(code, data=b""):
    return struct.pack(">I", 1 + len(data)) + code + data


NEGOTIATE = frame(b"O", struct.pack(">III", 6, 0x1FF, 0x1FFFFF))
CONNECT = frame(b"C", b"mail.sender.example\0004" + struct.pack(">H", 25) + b"192.0.2.7\0")
STAGES = [NEGOTIATE, CONNECT, frame(b"H", b"mail.sender.example\0"), frame(b"D", b"Mi\0Q1\0"), frame(b"M", b"<ann@sender.example>\0"),
          frame(b"R", b"<bob@example.org>\0"), frame(b"T"), frame(b"L", b"From\0 Ann <ann@sender.example>\0"), frame(b"N"),
          frame(b"B", b"Hello\r\n"), frame(b"E")]


def connected(milter):
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(milter.path)
    connection.settimeout(20)
    return connection


def received(connection):
    head = connection.recv(4, socket.MSG_WAITALL)
    return connection.recv(struct.unpack(">I", head)[0], socket.MSG_WAITALL) if len(head) == 4 else b""


def played(milter, fields=((b"From", b" Ann <ann@sender.example>"),), mail_from=b"<ann@sender.example>", client=CONNECT):
    """The answers to one good message on a connection of its own."""
    with connected(milter) as connection:
        connection.sendall(NEGOTIATE + client + b"".join(STAGES[2:4]) + frame(b"M", mail_from + b"\0") + b"".join(STAGES[5:7])
                           + b"".join(frame(b"L", name + b"\0" + value + b"\0") for name, value in fields) + b"".join(STAGES[8:]))
        answers = [received(connection)]
        while answers[-1] and answers[-1][:1] not in b"cart":
            answers.append(received(connection))
        return answers


class AttackTests(unittest.TestCase):
    def assertAlive(self, milter):
        self.assertIsNone(milter.process.poll(), milter.log()[-2000:])
        self.assertTrue(any(b"mx.example.org" in answer for answer in played(milter)), milter.log()[-2000:])

    def test_no_reader_finds_the_forged_field(self):
        with tempfile.TemporaryDirectory() as directory:
            for number, (name, text) in enumerate(DISGUISES.items()):
                for line_end in (b"\n", b"\r\n"):
                    for above in (b"", b"Date: x\n"):
                        message = above + text + b"\nFrom: a@sender.example\n\nbody\n"
                        with open(os.path.join(directory, f"{number}{len(line_end)}{len(above)}.eml"), "wb") as file:
                            file.write(re.sub(rb"(?<!\r)\n", line_end, message))
            for file in sorted(os.listdir(directory)):
                path = os.path.join(directory, file)
                result = run("check", "--output", "message", *FLAGS, path)
                if result.returncode == 65:  # no line of it is a field: not a message, and nothing comes out
                    self.assertIn(b"has no header field at its beginning", result.stderr)
                    self.assertEqual(result.stdout, b"")
                    continue
                self.assertEqual(result.returncode, 0, result.stderr)
                with self.subTest(file=file, text=list(DISGUISES)[int(file[:-6])]):
                    self.assertEqual(forged_fields(result.stdout), [])

    def test_a_second_author_is_seen_wherever_a_reader_sees_one(self):
        for text in (b"From : x@bank.example\n", b"X: a\rFrom: x@bank.example\n", b"From\t: x@bank.example\n"):
            result = run("check", *FLAGS, "-", stdin=text + b"From: a@sender.example\n\nbody\n")
            self.assertRegex(result.stdout, rb"dmarc=(none|fail) reason=\"readers may see another author in From\"", text)
            self.assertRegex(result.stdout, rb"header.from=(bank|sender).example", text)

    def test_any_mixture_of_fields_comes_out_right(self):
        values = [b" mx.example.org; spf=pass OWN", b" evil.example; spf=pass FOREIGN", b' "MX.EXAMPLE.ORG" 1; spf=pass OWN',
                  b" (c) mx.example.org./q;spf=pass OWN", b" ; OWN", b" evil.example; x=y FOREIGN mx.example.org"]
        names = ["Authentication-Results", "Subject", "X-Mine"]
        chance = random.Random(3)
        with Filter("--zone", *zone("plain-pass"), "--log-level", "error", "--also-remove", "x-mine") as milter:
            for _ in range(150):
                fields = [("".join(chance.choice((letter.upper(), letter.lower())) for letter in chance.choice(names)).encode(),
                           chance.choice(values)) for _ in range(chance.randrange(1, 30))] + [(b"From", b" a@sender.example")]
                header = [(b"Received", b" x")] + fields
                for answer in played(milter, fields):
                    if answer[:1] == b"m":
                        index, = struct.unpack(">I", answer[1:5])
                        name = answer[5:].split(b"\0")[0].lower()
                        places = [place for place in range(1, len(header)) if header[place][0].lower() == name]
                        del header[places[index - 1]]
                    elif answer[:1] == b"i":
                        header.insert(struct.unpack(">I", answer[1:5])[0], tuple(answer[5:].split(b"\0")[:2]))
                kept = [field for field in fields if field[0].lower() not in (b"authentication-results", b"x-mine")
                        or field[0].lower() == b"authentication-results" and b"FOREIGN" in field[1]]
                self.assertEqual(header[2:], kept)
                self.assertEqual(header[1], (b"Received", b" x"))

    def test_peers_that_go_away_or_talk_nonsense_leave_nothing_behind(self):
        with NameServer([], silent=("sender.example",)) as server, \
                Filter("--dns-server", server.address, "--limits-deadline", "1s", "--log-level", "critical") as milter:
            self.assertAlive(milter)
            descriptors = len(os.listdir(f"/proc/{milter.process.pid}/fd"))
            chance = random.Random(5)
            for round in range(500):
                octets = bytearray(b"".join(STAGES))
                for _ in range(3):
                    octets[chance.randrange(len(octets))] = chance.randrange(256)
                shuffled = chance.sample(STAGES[1:], len(STAGES) - 1)
                with connected(milter) as connection:
                    try:
                        connection.sendall((bytes(octets), NEGOTIATE + b"".join(shuffled), chance.randbytes(50),
                                            struct.pack(">I", chance.choice((0, 65_537, 2**31, 2**32 - 1))) + b"OOOO")[round % 4])
                    except OSError:
                        pass
            with connected(milter) as connection:
                connection.sendall(b"".join(STAGES[:2]) + (frame(b"M", b"<a@sender.example>\0") + frame(b"A")) * 1000)
            self.assertAlive(milter)
            for _ in range(100):
                if len(os.listdir(f"/proc/{milter.process.pid}/fd")) <= descriptors + 2:
                    break
                time.sleep(0.05)
            self.assertLessEqual(len(os.listdir(f"/proc/{milter.process.pid}/fd")), descriptors + 2)
            self.assertLess(milter.status("VmRSS"), 120 * 1024)

    def test_out_of_descriptors_the_filter_waits_and_says_so_once(self):
        class Poor(Filter):
            def start(self):
                self.arguments = ["bash", "-c", 'ulimit -n 48; exec "$@"', "bash", *self.arguments]
                super().start()

        with Poor("--zone", *zone("plain-pass")) as milter:
            connections = [connected(milter) for _ in range(100)]
            milter.logged("could not be accepted")
            time.sleep(1.5)  # time enough to say it again and again
            lines = milter.log().count("could not be accepted")
            for connection in connections:
                connection.close()
            self.assertGreater(lines, 0)
            self.assertLess(lines, 5)
            self.assertAlive(milter)

    def test_whose_address_cannot_be_read_is_not_taken_for_one_of_us(self):
        with Filter("--zone", *zone("plain-pass")) as milter:
            for address, wanted in ((b"[IPv6:2001:db8::9]", b'policy.iprev="2001:db8::9"'), (b"[192.0.2.7]", b"spf=pass"),
                                    (b"IPv6:::ffff:192.0.2.7", b"spf=pass"), (b"unknown", b"dkim=none"), (b"999.0.2.7\nX: y", None), (b"", None)):
                client = frame(b"C", b"mail.sender.example\0006" + struct.pack(">H", 25) + address + b"\0")
                answers = played(milter, client=client)
                self.assertIn(wanted or b"t", answers[-2] if wanted else answers[-1], address)
            self.assertEqual(milter.logged('-: client=999.0.2.7\\u{a}X:\\u{20}y: the filter failed, temporary failure: '
                                           'unusable client address "999.0.2.7\\u{a}X:\\u{20}y" from the MTA\n'), 1, milter.log())

    def test_no_more_is_asked_than_the_rfc_lets_be_asked(self):
        lines = ['evil.example. IN TXT "v=spf1 ' + " ".join(f"mx:m{i}.evil.example" for i in range(11)) + ' -all"']
        for i in range(11):
            lines += [f"m{i}.evil.example. IN MX 1 h{i}x{k}.evil.example" for k in range(10)]
        lines += [f"7.2.0.192.in-addr.arpa. IN PTR p{i}.evil.example" for i in range(30)]
        fields = [(b"From", b" a@a.b.c.d.e.f.g.h.i.evil.example")]
        fields += [(b"DKIM-Signature", b" v=1; a=rsa-sha256; d=a.b.c.d.e.f.g.h.s%d.example; s=s; h=from; b=AAAA;"
                    b" bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" % i) for i in range(100)]
        with tempfile.NamedTemporaryFile("w", suffix=".zone") as records:
            records.write("\n".join(lines) + "\n")
            records.flush()
            with NameServer([records.name]) as server, Filter("--dns-server", server.address) as milter:
                answers = played(milter, fields, b"<a@evil.example>")
                self.assertTrue(any(b"spf=permerror" in answer for answer in answers), answers)
                # RFC 7208, 4.6.4: ten names of an MX, ten terms; ten PTR names; RFC 9989, 4.10: eight names; ten keys.
                self.assertLess(sum(server.queries.values()), 200, server.queries)

    def test_a_log_that_cannot_be_written_costs_no_mail(self):
        def broken():
            reading, writing = os.pipe()
            os.close(reading)
            return {"stderr": writing}

        logs = {"full": lambda: {"stderr": os.open("/dev/full", os.O_WRONLY)}, "nobody reads it": broken,
                "closed": lambda: {"preexec_fn": lambda: os.closerange(0, 3)}}
        for name, options in logs.items():
            with self.subTest(name), tempfile.NamedTemporaryFile("w", suffix=".yaml") as file, \
                    Filter("--config", file.name, "--zone", *zone("plain-pass")) as milter:
                milter.stop()
                given = options()
                milter.process = subprocess.Popen(milter.arguments, **given)
                if "stderr" in given:
                    os.close(given["stderr"])
                self.assertTrue(milter.listens())
                # Mistakes to be reported, where there is no way to.
                file.write("no-such-key: 1\n")
                file.flush()
                milter.process.send_signal(signal.SIGHUP)
                for _ in range(50):
                    self.assertTrue(any(b"mx.example.org" in answer for answer in played(milter)))
                if name == "closed":
                    standard = [os.readlink(f"/proc/{milter.process.pid}/fd/{number}") for number in range(3)]
                    self.assertEqual(standard, ["/dev/null"] * 3)
                self.assertEqual(milter.stop(), 0)

    def test_too_few_descriptors_to_begin_with_are_said(self):
        result = subprocess.run(["bash", "-c", 'ulimit -n 12; exec "$@"', "bash", AUTHRES, "milter", "--socket", "inet:0@127.0.0.1"],
                                capture_output=True, timeout=60)
        self.assertEqual((result.returncode, result.stderr),
                         (69, b"authres: only 12 descriptors may be open (ulimit -n, LimitNOFILE)\n"))

    def test_as_many_findings_as_results_are_all_there(self):
        results = b"; ".join((b"dkim=pass header.b=abcdefgh", b"dkim=fail header.b=abcdefgh")[i % 2] for i in range(6000))
        result = run("lint", "-", stdin=b"Authentication-Results: mx.example.org; " + results + b"\n\n")
        self.assertEqual(result.stdout.count(b"contradictory"), 5999)

    def test_output_that_cannot_be_written_is_said(self):
        with open("/dev/full", "wb") as full, tempfile.NamedTemporaryFile(suffix=".eml") as message:
            message.write(sample("plain-pass"))
            message.flush()
            for arguments in (("check", *FLAGS, message.name), ("config",)):
                result = subprocess.run([AUTHRES, *arguments], stdout=full, stderr=subprocess.PIPE, timeout=60)
                self.assertEqual(result.returncode, 73, arguments)
                self.assertIn(b"standard output", result.stderr)


if __name__ == "__main__":
    unittest.main()
