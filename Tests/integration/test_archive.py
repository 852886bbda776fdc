"""Archives and single messages: the same field as the filter's, octets that stay, runs that are interrupted, pipes."""
import gzip
import importlib.machinery
import importlib.util
import json
import mailbox
import os
import pty
import random
import select
import signal
import subprocess
import tempfile
import time
import unittest

from browser import Browser
from nameserver import NameServer
from program import AUTHRES, MESSAGES, ROOT, Filter, run, sample

loader = importlib.machinery.SourceFileLoader("make_mbox", os.path.join(ROOT, "Tests", "benchmark", "make-mbox"))
make_mbox = importlib.util.module_from_spec(importlib.util.spec_from_loader("make_mbox", loader))
loader.exec_module(make_mbox)

FROM_LINE = b"From ann@sender.example Tue Nov 14 22:13:20 2023\n"


def unquoted(message):
    """A message of an mboxrd as it was delivered."""
    lines = message.split(b"\n")
    return b"\n".join(line[1:] if line.startswith(b">") and line.lstrip(b">").startswith(b"From ") else line
                      for line in lines)


def generate(count):
    """Messages as they stand in an mbox without their From_ lines, each with its envelope; many are not as they should be."""
    rng, private = random.Random(7), make_mbox.key()
    for number in range(count):
        before, after = make_mbox.template(number, rng.choice([1500, 2048, 6000]), rng, private)
        from_line, _, header = before.partition(b"\n")
        domain = number % make_mbox.DOMAINS
        envelope = {"ip": make_mbox.client(domain), "helo": f"mail.d{domain}.example",
                    "mail_from": f"<user{number}@d{domain}.example>"}
        if number % 7 == 1:
            after = after.replace(b"dolor", b"color", 1)
        if number % 11 == 3:
            envelope["ip"] = "198.51.100.9"
            header = header.replace(f"mail.d{domain}.example [{make_mbox.client(domain)}]".encode(), b"unknown [198.51.100.9]")
        if number % 13 == 5:
            envelope["mail_from"] = "<>"
            header = header.replace(f"Return-Path: <user{number}@d{domain}.example>".encode(), b"Return-Path: <>")
        if number % 17 == 2:
            header = header.replace(b"Authentication-Results: other", b"AUTHENTICATION-RESULTS : mx.example.org/x other")
        if number % 19 == 4:
            after = after.replace(b"Subject: ", b"Subject: changed ")
        yield from_line + b"\n", header + after.removesuffix(b"\n"), envelope


class ArchiveTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.TemporaryDirectory(prefix="authres")
        cls.mbox, cls.zone = cls.path("in.mbox"), cls.path("zone")
        with open(cls.zone, "w") as out:
            out.write(make_mbox.zone())
        cls.messages = list(generate(1000))
        with open(cls.mbox, "wb") as out:
            for from_line, message, _ in cls.messages:
                out.write(from_line + message + b"\n")
        cls.flags = ["--authserv-id", "mx.example.org", "--zone", cls.zone]
        cls.output, cls.report = cls.path("out.mbox"), cls.path("out.jsonl")
        cls.result = run("mbox", *cls.flags, cls.mbox, "--output", cls.output, "--report-file", cls.report, "--report-dns",
                         "--summary-json", cls.path("summary.json"))

    @classmethod
    def tearDownClass(cls):
        cls.directory.cleanup()

    @classmethod
    def path(cls, name):
        return os.path.join(cls.directory.name, name)

    def file(self, name, octets):
        with open(self.path(name), "wb") as out:
            out.write(octets)
        return self.path(name)

    def read(self, path):
        with open(path, "rb") as source:
            return source.read()

    def assert_same(self, one, other):
        self.assertTrue(self.read(one) == self.read(other), f"{one} and {other} differ")

    def test_a_thousand_messages_get_the_field_that_the_filter_writes(self):
        self.assertEqual(self.result.returncode, 0, self.result.stderr)
        files = []
        for number, (_, message, envelope) in enumerate(self.messages):
            folder = self.path(f"m{number}")
            os.mkdir(folder)
            with open(os.path.join(folder, "message.eml"), "wb") as out:
                out.write(unquoted(message))
            with open(os.path.join(folder, "envelope.json"), "w") as out:
                json.dump(envelope, out)
            files.append(os.path.join(folder, "message.eml"))
        with Filter("--zone", self.zone) as milter:
            sent = run("send", "--socket", milter.socket, "--output", "message", *files)
            self.assertEqual(sent.returncode, 0, sent.stderr)
        stored = b"".join(unquoted(octets) for octets in self.bodies_with_headers(self.output))
        self.assertTrue(sent.stdout == stored, "filter and archive differ")
        summary = json.loads(self.read(self.path("summary.json")))
        self.assertEqual(summary["messages"], 1000)
        for method, results in {"spf": {"pass", "fail", "none"}, "dkim": {"pass", "fail", "none"},
                                "dmarc": {"pass", "fail"}, "iprev": {"pass", "permerror"}}.items():
            self.assertEqual(set(summary["results"][method]), results)

    def bodies_with_headers(self, path):
        """The messages of an mboxrd, still quoted, by the rule of its simplest reader."""
        messages = (b"\n" + self.read(path)).split(b"\nFrom ")[1:]
        messages[-1] = messages[-1].removesuffix(b"\n")
        return [message.partition(b"\n")[2] for message in messages]

    def test_another_reader_finds_the_same_bodies_and_from_lines(self):
        before, after = mailbox.mbox(self.mbox), mailbox.mbox(self.output)
        self.assertEqual((len(before), len(after)), (1000, 1000))
        for number in range(1000):
            # Not the payload: a field with a space before its colon, which we remove, is the end of the header for it.
            one, other = before.get_bytes(number), after.get_bytes(number)
            self.assertEqual(one.partition(b"\n\n")[2], other.partition(b"\n\n")[2])
            self.assertEqual(before.get_message(number).get_from(), after.get_message(number).get_from())
            self.assertTrue(other.startswith(b"Authentication-Results: mx.example.org;"))
        before.close()
        after.close()

    def test_the_report_names_place_envelope_and_answers(self):
        reports = [json.loads(line) for line in self.read(self.report).splitlines()]
        octets = self.read(self.mbox)
        self.assertEqual(len(reports), 1000)
        for report, (from_line, _, envelope) in zip(reports, self.messages):
            self.assertEqual(report["file"], self.mbox)
            self.assertEqual(octets[report["offset"]:][:len(from_line)], from_line)
            self.assertEqual(report["envelope"]["client"], {"value": envelope["ip"], "source": "received:1"})
            self.assertEqual(report["envelope"]["mail_from"], {"value": envelope["mail_from"], "source": "return-path"})
            self.assertEqual(report["envelope"]["hop"]["tls"], True)
            self.assertEqual([result["method"] for result in report["results"]][:2], ["iprev", "spf"])
            self.assertTrue(report["dns"])

    def test_an_interrupted_run_is_continued_to_the_same_result(self):
        for number, signals in enumerate(([signal.SIGINT], [signal.SIGKILL], [signal.SIGTERM, signal.SIGKILL])):
            output, report = self.path(f"resumed{number}.mbox"), self.path(f"resumed{number}.jsonl")
            record = self.path(f"resumed{number}.zone")
            command = [AUTHRES, "mbox", *self.flags, self.mbox, "--output", output, "--report-file", report, "--report-dns",
                       "--record-dns", record, "--resume"]
            state = output + ".authres-state"
            for which in signals:
                process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                before = os.stat(state).st_mtime_ns if os.path.exists(state) else 0
                deadline = time.monotonic() + 60
                while process.poll() is None and time.monotonic() < deadline:
                    partial = output + ".authres-partial"
                    # By a signal it keeps what it has done; killed, what it has written down.
                    if which != signal.SIGKILL and os.path.exists(partial) and os.path.getsize(partial) > 0:
                        break
                    if os.path.exists(state) and os.stat(state).st_mtime_ns != before:
                        break
                    time.sleep(0.01)
                process.send_signal(which)
                _, errors = process.communicate(timeout=120)
                if process.returncode == 0:
                    break
                self.assertEqual(process.returncode, 75 if which != signal.SIGKILL else -9, errors)
                self.assertFalse(os.path.exists(output))
                if which != signal.SIGKILL:
                    self.assertIn(b"--resume", errors)
            if not os.path.exists(output):
                result = run(*command[1:])
                self.assertEqual(result.returncode, 0, result.stderr)
            self.assert_same(output, self.output)
            self.assert_same(report, self.report)
            self.assertFalse([name for name in os.listdir(self.directory.name) if name.startswith(f"resumed{number}")
                              and "authres" in name])

    def test_other_arguments_do_not_continue_a_run(self):
        many = self.file("others.mbox", self.read(self.mbox) * 20)
        output = self.path("other.mbox")
        command = ["mbox", *self.flags, many, "--output", output, "--resume"]
        self.assertEqual(self.interrupted(command, output), 75)
        result = run(*command, "--from-line")
        self.assertEqual(result.returncode, 64)
        self.assertIn(b"other arguments", result.stderr)

    def interrupted(self, command, output, octets=1, stdin=subprocess.DEVNULL):
        """The exit code of a run that gets SIGINT once it has written so many octets more than were there."""
        state, partial = output + ".authres-state", output + ".authres-partial"
        before = os.stat(state).st_mtime_ns if os.path.exists(state) else 0
        octets += os.path.getsize(partial) if before else 0
        process = subprocess.Popen([AUTHRES, *command], stdin=stdin, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < deadline:
            if os.path.exists(state) and os.stat(state).st_mtime_ns != before and os.path.getsize(partial) >= octets:
                break
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        return process.wait(120)

    def test_an_input_that_has_changed_does_not_continue_a_run(self):
        many = self.file("many.mbox", self.read(self.mbox) * 20)
        output = self.path("changed.mbox")
        command = ["mbox", *self.flags, many, "--output", output, "--resume"]
        self.assertEqual(self.interrupted(command, output), 75)
        os.utime(many, ns=(1, 1))  # another file of the same size
        result = run(*command)
        self.assertEqual(result.returncode, 64, result.stderr)
        self.assertIn(b"other arguments", result.stderr)

    def test_what_went_to_standard_output_cannot_be_continued(self):
        arguments = ["mbox", *self.flags, self.mbox, "--output", "-", "--report-file", self.path("half.jsonl")]
        self.assertEqual(run(*arguments, "--resume").returncode, 64)
        with open("/dev/full", "wb") as full:
            process = subprocess.run([AUTHRES, *arguments], stdout=full, stderr=subprocess.DEVNULL, timeout=120)
        self.assertEqual(process.returncode, 73)
        self.assertFalse([name for name in os.listdir(self.directory.name) if name.startswith("half")])

    def test_a_state_that_was_cut_short_or_edited_begins_a_new_run(self):
        output = self.path("state.mbox")
        for text in (b"", b'{"task":["x"],"now":1', b"\xff\x00"):
            self.file("state.mbox.authres-state", text)
            result = run("mbox", *self.flags, self.mbox, "--output", output, "--resume")
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertIn(b"is not a valid state file", result.stderr)
            self.assert_same(output, self.output)

    def test_odd_lines_are_told_once_however_often_the_run_was_interrupted(self):
        text = FROM_LINE + sample("plain-pass")
        odd = self.file("odd.mbox", (text * 2 + b"\n") * 6000)
        command = ["mbox", *self.flags, odd, "--output", self.path("odd.out"), "--summary-json", self.path("odd.json"),
                   "--resume"]
        for _ in range(2):
            self.assertEqual(self.interrupted(command, self.path("odd.out")), 75)
        result = run(*command)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(json.loads(self.read(self.path("odd.json")))["odd_lines"], 6000)

    def test_no_input_is_written_to_by_whatever_name(self):
        octets = self.read(self.mbox)[:20000]
        name = self.file("only.mbox", octets)
        os.link(name, self.path("hard.mbox"))
        os.symlink(name, self.path("soft.mbox"))
        partial = self.file("part.mbox.authres-partial", octets)
        for source, target in ((name, "hard.mbox"), (name, "soft.mbox"), (partial, "part.mbox")):
            result = run("mbox", *self.flags, source, "--output", self.path(target))
            self.assertEqual(result.returncode, 64, result.stderr)
            self.assertEqual(self.read(source), octets)
        result = run("check", *self.flags, "--record-dns", name, name)
        self.assertEqual((result.returncode, self.read(name)), (64, octets), result.stderr)
        for arguments, mode in ((["-", "--output", name], "rb"), ([name, "--output", "-"], "ab")):
            with open(name, mode) as same:
                command = [AUTHRES, "mbox", *self.flags, *arguments]
                streams = {"stdin": same} if mode == "rb" else {"stdout": same, "stdin": subprocess.DEVNULL}
                self.assertEqual(subprocess.run(command, timeout=60, stderr=subprocess.DEVNULL, **streams).returncode, 64)
            self.assertEqual(self.read(name), octets)

    def test_two_outputs_are_two_files_by_whatever_name(self):
        link = self.path("link")
        os.symlink(self.directory.name, link)
        for other in (self.directory.name + "/./one", link + "/one"):
            result = run("mbox", *self.flags, self.mbox, "--output", self.path("one"), "--summary-json", other)
            self.assertEqual(result.returncode, 64, result.stderr)

    def test_a_file_with_the_name_of_standard_input_is_not_looked_at(self):
        with tempfile.TemporaryDirectory() as directory:
            with open(os.path.join(directory, "-"), "wb") as other:
                other.write(b"x")
            result = run("mbox", *self.flags, "-", "--output", self.path("dash.mbox"), cwd=directory, stdin=self.read(self.mbox))
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assert_same(self.path("dash.mbox"), self.output)

    def test_the_file_behind_standard_output_is_one_by_name(self):
        with tempfile.TemporaryDirectory() as directory:
            with open(os.path.join(directory, "file"), "wb") as out:
                command = [AUTHRES, "mbox", *self.flags, self.mbox, "--output", "/dev/stdout"]
                self.assertEqual(subprocess.run(command, stdout=out, stderr=subprocess.DEVNULL, timeout=120).returncode, 0)
            self.assertEqual(os.listdir(directory), ["file"])
            self.assert_same(os.path.join(directory, "file"), self.output)

    def test_two_runs_do_not_write_to_one_file(self):
        output = self.path("both.mbox")
        with subprocess.Popen([AUTHRES, "mbox", *self.flags, "-", "--output", output], stdin=subprocess.PIPE,
                              stderr=subprocess.DEVNULL) as first:
            first.stdin.write(self.read(self.mbox)[:1000])
            first.stdin.flush()
            while not os.path.exists(output + ".authres-state"):
                time.sleep(0.01)
            second = run("mbox", *self.flags, self.mbox, "--output", output)
            first.stdin.write(self.read(self.mbox)[1000:])
        self.assertEqual(second.returncode, 73)
        self.assertRegex(second.stderr, rb"both.mbox.authres-partial: is being written by another run\n\Z")
        self.assertEqual(first.returncode, 0)
        self.assert_same(output, self.output)

    def test_the_wrong_pipe_does_not_cost_what_an_interrupted_run_has_done(self):
        many = self.file("piped.mbox", self.read(self.mbox) * 20)
        output = self.path("piped.out")
        with open(many, "rb") as source, subprocess.Popen(["cat"], stdin=source, stdout=subprocess.PIPE) as pipe:
            self.assertEqual(self.interrupted(["mbox", *self.flags, "-", "--output", output], output, stdin=pipe.stdout), 75)
            pipe.stdout.close()
        command = ["mbox", *self.flags, "-", "--output", output, "--resume"]
        self.assertEqual(run(*command, stdin=self.read(many)[:10]).returncode, 65)
        result = run(*command, stdin=self.read(many))
        self.assertEqual((result.returncode, os.path.getsize(output) > os.path.getsize(many)), (0, True), result.stderr)
        self.assertNotIn(b"from the beginning", result.stderr)

    def test_what_stands_above_the_first_message_is_written_once(self):
        octets = b"above\n\n" + self.read(self.mbox)
        command = ["mbox", *self.flags, "--variant", "mboxrd", "-", "--output"]
        self.assertEqual(run(*command, self.path("above.whole"), stdin=octets).returncode, 0)
        output = self.path("above.mbox")
        reading, writing = os.pipe()
        os.write(writing, octets[:100])
        with subprocess.Popen([AUTHRES, *command, output], stdin=reading, stderr=subprocess.DEVNULL) as process:
            while select.select([reading], [], [], 0)[0] or not os.path.exists(output + ".authres-state"):
                time.sleep(0.01)
            process.send_signal(signal.SIGINT)
        os.close(reading)
        os.close(writing)
        self.assertEqual(process.returncode, 75)
        self.assertEqual(run(*command, output, "--resume", stdin=octets).returncode, 0)
        self.assert_same(output, self.path("above.whole"))

    def test_output_that_is_closed_is_told(self):
        for arguments, number, code in ((["check", *self.flags, self.mbox], 1, 73), (["mbox", *self.flags, "-"], 0, 66)):
            process = subprocess.run([AUTHRES, *arguments], preexec_fn=lambda: os.close(number), capture_output=True, timeout=60)
            self.assertEqual(process.returncode, code, process.stderr)

    def test_a_fifo_is_opened_once_and_a_wait_for_it_can_be_ended(self):
        fifo = self.path("fifo")
        os.mkfifo(fifo)
        output = self.path("fifo.mbox")
        reader = subprocess.Popen([AUTHRES, "mbox", *self.flags, fifo, "--output", output], stderr=subprocess.DEVNULL)
        with open(fifo, "wb") as writer:
            writer.write(self.read(self.mbox))
        self.assertEqual(reader.wait(120), 0)
        self.assert_same(output, self.output)
        silent, end = os.pipe()
        for source in (fifo, "-"):
            self.assertEqual(self.interrupted(["mbox", *self.flags, source, "--output", self.path("no")], self.path("no"), 0,
                                              silent), 75)
        os.close(silent)
        os.close(end)

    def test_a_file_that_is_no_mbox_ends_the_run_before_it_begins(self):
        eml = os.path.join(MESSAGES, "plain-pass", "message.eml")
        result = run("mbox", *self.flags, self.mbox, eml, "--output", "-")
        self.assertEqual((result.returncode, result.stdout), (65, b""), result.stderr)

    def test_recorded_answers_give_the_same_again_without_a_network(self):
        few = self.file("few.mbox", b"".join(line + message + b"\n" for line, message, _ in self.messages[:60]))
        common = ["--authserv-id", "mx.example.org", few]
        with NameServer([self.zone]) as server:
            first = run("mbox", *common, "--dns-server", server.address, "--report", "json", "--record-dns",
                        self.path("record"))
        self.assertEqual(first.returncode, 0, first.stderr)
        again = run("mbox", *common, "--zone", self.path("record"), "--report", "json", "--record-dns", self.path("record2"))
        self.assertEqual(first.stdout, again.stdout)
        self.assert_same(self.path("record"), self.path("record2"))

    def test_what_is_named_is_read_wherever_it_is(self):
        octets, wanted = self.read(self.mbox), len(self.reports("plain.jsonl", self.mbox))
        os.mkdir(self.path("tmp"))
        # A folder of this name in a Maildir has what has not been delivered; Dovecot has files of its own in folders of mail.
        for name in ("in.mbox.gz", "dovecot-archive.mbox.gz", ".hidden.mbox.gz"):
            with self.subTest(name):
                path = self.file(os.path.join("tmp", name), gzip.compress(octets, 1))
                self.assertEqual(len(self.reports("packed.jsonl", path)), wanted)
                os.remove(path)
        self.file(os.path.join("tmp", "in.mbox"), octets)
        self.assertEqual(len(self.reports("folder.jsonl", self.path("tmp"))), wanted)
        for folder in ("cur", "new"):
            os.makedirs(self.path(os.path.join("undelivered", folder)))
        os.mkdir(self.path(os.path.join("undelivered", "tmp")))
        self.file(os.path.join("undelivered", "tmp", "1.2.host"), b"From: a@a.example\n\nnot delivered\n")
        self.file(os.path.join("undelivered", "new", "1.2.host"), b"From: a@a.example\n\ndelivered\n")
        self.assertEqual(len(self.reports("undelivered.jsonl", self.path("undelivered"))), 1)

    def test_pipes_in_and_out_also_from_gzip(self):
        with open(self.path("in.mbox.gz"), "wb") as out:
            out.write(gzip.compress(self.read(self.mbox), 1))
        unpacked = subprocess.Popen(["gzip", "-dc", self.path("in.mbox.gz")], stdout=subprocess.PIPE)
        result = subprocess.run([AUTHRES, "mbox", *self.flags, "-", "--output", "-", "--summary"], stdin=unpacked.stdout,
                                capture_output=True, timeout=600)
        unpacked.stdout.close()
        unpacked.wait()
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertTrue(result.stdout == self.read(self.output))
        self.assertIn(b"messages", result.stderr)
        self.assertNotIn(b"\r", result.stderr, "a progress line in a pipe")

    def test_a_terminal_gets_a_progress_line(self):
        parent, child = pty.openpty()
        process = subprocess.Popen([AUTHRES, "mbox", *self.flags, self.mbox, "--output", self.path("seen.mbox")],
                                   stdout=subprocess.DEVNULL, stderr=child)
        os.close(child)
        text = b""
        while True:
            try:
                piece = os.read(parent, 4096)
            except OSError:
                break
            if not piece:
                break
            text += piece
        os.close(parent)
        self.assertEqual(process.wait(60), 0)
        self.assertRegex(text, rb"\r\[#* *\] +\d+%  [\d,]+ messages  [\d,]+/s  \d+:\d\d left")

    def test_octets_of_all_variants_stay_but_for_the_field(self):
        text = sample("plain-pass").replace(b"\n\n", b"\nContent-Length: 30\n\n", 1)
        quoted = {"mboxo": b">From here\n", "mboxrd": b">>From here\n", "mboxcl": b">From here\n", "mboxcl2": b"\nFrom me\n\n"}
        for variant, line in quoted.items():
            for end in (b"\n", b""):
                archive = (FROM_LINE + text + line + b"\n" + FROM_LINE + text + line + end)
                for octets in (archive, archive.replace(b"\n", b"\r\n")):
                    path = self.file("variant.mbox", octets)
                    result = run("mbox", *self.flags, path, "--variant", variant, "--output", self.path("variant.out"))
                    self.assertEqual(result.returncode, 0, result.stderr)
                    written = self.read(self.path("variant.out"))
                    kept = b"".join(line for line in written.splitlines(keepends=True) if not self.is_added(line))
                    self.assertEqual(kept, octets)

    added = False

    def is_added(self, line):
        """True for a line of a field of ours."""
        self.added = line.startswith(b"Authentication-Results: mx.") or (self.added and line.startswith(b"\t"))
        return self.added

    def test_where_nothing_tells_the_variant_the_one_that_was_signed_is_found(self):
        head = b"From: a@d1.example\nSubject: x\n\n"
        for line, stored, variant in ((b">From me", b">From me", "mboxcl2"), (b"From me", b">From me", "mboxrd")):
            text = head + b"Hello\n\n" + line + b"\n"
            signature = make_mbox.sign(text, b"s1", b"d1.example", make_mbox.key(), include_headers=[b"from"])
            octets = FROM_LINE + signature.replace(b"\r\n", b"\n") + text.replace(line, stored) + b"\n"
            result = run("mbox", *self.flags, self.file("guess.mbox", octets), "--report", "json")
            report = json.loads(result.stdout)
            self.assertEqual(report["variant"], variant)
            self.assertIn("dkim=pass", report["header_field"])

    def test_a_large_message_is_not_held_in_memory_and_loses_nothing(self):
        octets = FROM_LINE + sample("plain-pass") + b"x" * 76 + b"\n" + (b"y" * 76 + b"\n") * 300_000 + b"\n"
        path = self.file("large.mbox", octets + FROM_LINE + sample("plain-pass") + b"\n")
        result = run("mbox", *self.flags, path, "--output", self.path("large.out"))
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertTrue(self.read(self.path("large.out")).endswith(sample("plain-pass") + b"\n"))
        lines = self.read(self.path("large.out")).splitlines(keepends=True)
        self.assertEqual(b"".join(line for line in lines if not self.is_added(line)), self.read(path))

    def test_an_archive_whose_separators_cannot_be_read_is_reported(self):
        message = sample("plain-pass")
        command = ["mbox", *self.flags, "--summary-json", self.path("strict.json")]
        for first, other, messages, odd in (("a b c", "d e f", 1, 3), ("jwz  Fri, Jul 01 09:13:09 1994",
                                            "a@x  Sat, Jul 02 09:13:09 1994", 3, 0), ("x@y 2023-10-16T23:18:56Z",
                                            "x@y Mon Oct 16 2023 16:18:56 GMT-0700 (PDT)", 1, 2)):
            lines = [first, other, other]
            path = self.file("odd-separators.mbox", b"".join(b"From " + line.encode() + b"\n" + message + b"\n" for line in lines))
            with self.subTest(first=first):
                result = run(*command, path)
                summary = json.loads(self.read(self.path("strict.json")))
                self.assertEqual((result.returncode, summary["messages"], summary["odd_lines"]), (0, messages, odd))
                self.assertEqual(result.stderr.count(b"odd-separators.mbox: octet "), odd, result.stderr)
                self.assertEqual(run(*command, "--strict", path).returncode, 65 if odd else 0)

    def test_counts_are_read_where_they_are_said_or_proven_to_be_right(self):
        def counted(body, count=None):
            return FROM_LINE + b"A: 1\nContent-Length: %d\n\n%s\n" % (len(body) if count is None else count, body)
        inner = counted(b"one\n\nFrom x@y Fri Jul  8 12:08:34 2011\ntwo\n")
        # More than what is looked at of an archive before it is read.
        other = counted(b"x" * 2000 + b"\n") * 600
        victim = FROM_LINE + b"Received: x\n\nvictim\n\n"
        for name, octets, flags, messages in (
                ("proven", other + inner + other, [], 1201), ("small", counted(b"x\n") + inner, [], 2),
                ("alone", inner, [], 2), ("said", inner, ["--variant", "mboxcl2"], 1),
                ("not all", inner + other + victim, [], 603),
                ("swallowed", other + counted(b"x\n", 3 + len(victim) - 1) + victim + counted(b"x\n"), [], 603)):
            with self.subTest(name=name):
                for source, stdin in ((self.file("counts.mbox", octets), b""), ("-", octets)):
                    if source == "-" and name == "proven":
                        continue
                    result = run("mbox", *self.flags, source, *flags, "--summary-json", self.path("counts.json"), stdin=stdin)
                    self.assertEqual(result.returncode, 0, result.stderr)
                    self.assertEqual(json.loads(self.read(self.path("counts.json")))["messages"], messages)

    def reports(self, name, *arguments, code=0):
        result = run("archive", *self.flags, "--report-file", self.path(name), *arguments)
        self.assertEqual(result.returncode, code, result.stderr)
        self.note = result.stderr
        return [json.loads(line) for line in self.read(self.path(name)).splitlines()]

    @staticmethod
    def verdicts(reports):
        return [(report["header_field"], report["removed"] and report["removed"][0]["id"], report["envelope"]) for report in reports]

    def maildir(self, name, count):
        """The first messages in a Maildir and a folder in it, an odd file among them; the messages in the order of reading."""
        order = []
        for number, (_, message, _) in enumerate(self.messages[:count]):
            folder = "/.Sent" if number % 5 == 0 else ""
            place = "new" if number % 3 == 0 else "cur"
            info = "" if place == "new" else (":2,RS" if number % 2 else ":2,")
            order.append((f"{folder}/{place}", f"1700000000.{number:05}.host{info}", unquoted(message)))
        for folder in ("", "/.Sent"):
            for place in ("cur", "new", "tmp"):
                os.makedirs(self.path(name) + folder + "/" + place)
        for place, file, octets in order:
            with open(self.path(name) + place + "/" + file, "wb") as out:
                out.write(octets)
        for file in ("/tmp/1700000000.x.host", "/dovecot.index", "/cur/.hidden"):
            with open(self.path(name) + file, "wb") as out:
                out.write(b"From: nobody\n\nx\n")
        return sorted(order, key=lambda entry: (entry[0].encode(), entry[1].encode()))

    def test_a_maildir_is_judged_as_an_mbox_is_and_written_as_either(self):
        order = self.maildir("maildir", 60)
        quoted = [b"\n".join(b">" + line if line.lstrip(b">").startswith(b"From ") else line for line in octets.split(b"\n"))
                  for _, _, octets in order]
        plain = self.file("plain.mbox", b"".join(FROM_LINE + octets + b"\n" for octets in quoted))
        expected = self.reports("plain.jsonl", plain, "--output", self.path("plain.out"))
        reports = self.reports("maildir.jsonl", self.path("maildir"), "--output", self.path("maildir.out"))
        self.assertEqual(self.verdicts(reports), self.verdicts(expected))
        self.assertEqual([report["file"] for report in reports], [self.path("maildir") + place + "/" + file for place, file, _ in order])
        self.assertNotIn("offset", reports[0])
        self.assertNotIn(b"skipped", self.note)
        bodies = [b"\n".join(message.split(b"\n")[1:]) for message in (b"\n" + self.read(self.path("maildir.out"))).split(b"\nFrom ")[1:]]
        wanted = [b"\n".join(message.split(b"\n")[1:]) for message in (b"\n" + self.read(self.path("plain.out"))).split(b"\nFrom ")[1:]]
        self.assertEqual(bodies, wanted)
        again = self.reports("again.jsonl", self.path("maildir.out"))
        self.assertEqual([report["header_field"] for report in again], [report["header_field"] for report in expected])
        self.reports("written.jsonl", self.path("maildir"), "--output", self.path("written") + "/")
        box = mailbox.Maildir(self.path("written"), create=False)
        self.assertEqual(len(box), 60)
        flags = sorted((message.get_subdir(), message.get_flags()) for message in box)
        self.assertEqual(flags, sorted((place.rsplit("/")[-1], "".join(sorted(file.partition(":2,")[2]))) for place, file, _ in order))
        stored = []
        for place in ("cur", "new"):
            for file in os.listdir(os.path.join(self.path("written"), place)):
                stored.append(self.read(os.path.join(self.path("written"), place, file)))
        self.assertEqual(sorted(octets.partition(b"\n\n")[2] for octets in stored),
                         sorted(octets.partition(b"\n\n")[2] for _, _, octets in order))
        self.assertTrue(all(octets.startswith(b"Authentication-Results: mx.example.org;") for octets in stored))
        result = run("archive", *self.flags, self.path("maildir"), "--output", self.path("written") + "/")
        self.assertEqual(result.returncode, 73, result.stderr)
        result = run("archive", *self.flags, self.path("maildir"), "--output", self.path("maildir") + "/out.mbox")
        self.assertEqual(result.returncode, 64, result.stderr)

    def test_packed_archives_are_judged_as_plain_ones(self):
        import bz2
        import io
        import lzma
        import tarfile
        import zipfile
        octets = b"".join(from_line + message + b"\n" for from_line, message, _ in self.messages[:40])
        plain, output = self.file("unpacked.mbox", octets), self.path("unpacked.out")
        expected = self.verdicts(self.reports("unpacked.jsonl", plain, "--output", output))
        takeout = io.BytesIO()
        with zipfile.ZipFile(takeout, "w", zipfile.ZIP_DEFLATED) as out:
            out.writestr("Takeout/archive_browser.html", "<!DOCTYPE html><html></html>")
            out.writestr("Takeout/Mail/All mail Including Spam and Trash.mbox", octets)
        tar = io.BytesIO()
        with tarfile.open(fileobj=tar, mode="w:gz") as out:
            for name, content in (("mail/x.mbox.gz", gzip.compress(octets)), ("mail/README", b"no mail here\n")):
                entry = tarfile.TarInfo(name)
                entry.size = len(content)
                out.addfile(entry, io.BytesIO(content))
        zstd = subprocess.run(["zstd", "-q", "-c"], input=octets, capture_output=True, check=True).stdout
        for name, content in (("a.mbox.gz", gzip.compress(octets)), ("a.mbox.bz2", bz2.compress(octets)), ("a.xz", lzma.compress(octets)),
                              ("a.zst", zstd), ("takeout.zip", takeout.getvalue()), ("a.tgz", tar.getvalue()),
                              ("two.gz", gzip.compress(octets[:30_000]) + gzip.compress(octets[30_000:]))):
            with self.subTest(name=name):
                reports = self.reports("packed.jsonl", self.file(name, content), "--output", self.path("packed.out"))
                self.assertEqual(self.verdicts(reports), expected)
                self.assert_same(self.path("packed.out"), output)
                self.assertTrue(reports[0]["file"].startswith(self.path(name)))
                piped = run("mbox", *self.flags, "-", "--output", "-", stdin=content)
                self.assertTrue(piped.stdout == self.read(output), piped.stderr)
                self.assertEqual(run("mbox", *self.flags, self.path(name), "--range", "0-1").returncode, 64)
        with tempfile.TemporaryDirectory() as folder:
            for number, (_, message, _) in enumerate(self.messages[:30]):
                with open(os.path.join(folder, f"{number + 1}" if number < 15 else f"m{number:03}.eml"), "wb") as out:
                    out.write(unquoted(message))
            reports = self.reports("folder.jsonl", folder)
            self.assertEqual(sorted(report["header_field"] for report in reports), sorted(field for field, _, _ in expected[:30]))
            self.assertEqual([os.path.basename(report["file"]) for report in reports[:11]], [str(number) for number in range(1, 12)])
            with open(os.path.join(folder, "bad.eml"), "wb") as out:
                out.write(b"\xff\xfe" + b"F\0")
            self.assertEqual(len(self.reports("folder.jsonl", folder, "--strict", code=65)), 30)
            self.assertIn(b"bad.eml: is text in UTF-16", self.note)

    def test_what_is_packed_badly_is_named(self):
        octets = self.read(self.mbox)
        bomb = gzip.compress(FROM_LINE + b"From: a@a.example\n\n" + bytes(64 << 20))
        for name, content, words in (("cut.gz", gzip.compress(octets)[:-5000], b"cannot be unpacked"), ("bomb.gz", bomb, b"times"),
                                     ("text.gz", gzip.compress(b"no mail\n"), b"contains no mail"),
                                     ("zeros.gz", gzip.compress(bytes(8 << 20)), b"contains no mail"),
                                     ("bad.zip", b"PK\3\4" + bytes(40), b"bad.zip")):
            with self.subTest(name=name):
                result = run("archive", *self.flags, self.file(name, content), "--output", self.path("badly.out"))
                self.assertEqual(result.returncode, 65, result.stderr)
                self.assertIn(words, result.stderr)
                self.assertFalse(os.path.exists(self.path("badly.out")))
        self.assertEqual(self.reports("empty.jsonl", self.file("empty.gz", gzip.compress(b""))), [])

    def test_what_is_damaged_in_a_folder_is_reported_and_the_rest_is_examined(self):
        import io
        import zipfile
        octets = self.read(self.mbox)
        nested = io.BytesIO()
        with zipfile.ZipFile(nested, "w", zipfile.ZIP_DEFLATED) as out:
            out.writestr("bad.mbox", octets)
            out.writestr("good.mbox", octets[:octets.index(b"\n\nFrom ") + 2])
        damaged = bytearray(nested.getvalue())
        damaged[len(damaged) // 2:len(damaged) // 2 + 3000] = bytes(3000)
        with tempfile.TemporaryDirectory() as folder:
            for name, content in (("a.zip", damaged), ("b.gz", gzip.compress(octets)[:-5000]), ("c.mbox", octets[:50_000])):
                with open(os.path.join(folder, name), "wb") as out:
                    out.write(content)
            reports = self.reports("damaged.jsonl", folder, code=65)
            note = self.note
            counts = {}
            for report in reports:
                name = os.path.basename(report["file"])
                counts[name] = counts.get(name, 0) + 1
            # Every message in front of the damage, but for what the library holds back (64 KiB), and not the one it cuts.
            self.assertGreater(counts["a.zip:bad.mbox"], 300)
            self.assertLess(counts["a.zip:bad.mbox"], 600)
            self.assertGreater(counts["b.gz"], 900)
            self.assertLess(counts["b.gz"], 1000)
            self.assertGreater(counts["c.mbox"], 10)
            self.assertIn(b"b.gz: cannot be unpacked", note)
            self.assertIn(b"a.zip: cannot be unpacked", note)
            whole = {report["offset"]: report["header_field"] for report in map(json.loads, self.read(self.report).splitlines())}
            for report in reports:
                # In the other, what is unpacked is wrong for a while before the library sees it.
                if os.path.basename(report["file"]) == "b.gz":
                    self.assertEqual(report["header_field"], whole[report["offset"]])
        # A named file is an error, after the messages in front of the damage.
        result = run("mbox", *self.flags, self.file("small.gz", gzip.compress(octets[:400_000], 1)[:-3000]), "--report", "json")
        self.assertEqual(result.returncode, 65)
        self.assertGreater(len(result.stdout.splitlines()), 20)

    def test_what_cannot_be_read_in_a_folder_is_reported_and_the_rest_is_examined(self):
        _, message, _ = self.messages[0]
        with tempfile.TemporaryDirectory() as folder:
            os.makedirs(folder + "/c")
            for name in ("a.eml", "c/1.eml", "z.eml"):
                with open(os.path.join(folder, name), "wb") as out:
                    out.write(unquoted(message))
            # A file that is there and can be opened, but not read, whoever asks.
            os.symlink("/proc/self/mem", folder + "/b.eml")
            if os.geteuid() != 0:
                os.makedirs(folder + "/d")
                os.chmod(folder + "/d", 0)
            output = self.path("unreadable.out")
            reports = self.reports("unreadable.jsonl", folder, "--output", output, code=66)
            self.assertEqual([os.path.relpath(report["file"], folder) for report in reports], ["a.eml", "c/1.eml", "z.eml"])
            self.assertIn(b"b.eml: Input/output error; skipped", self.note)
            self.assertEqual(b"d: Permission denied; skipped" in self.note, os.geteuid() != 0)
            self.assertEqual(len(mailbox.mbox(output, create=False)), 3)
            # A file that is named is not passed over.
            result = run("mbox", *self.flags, folder + "/b.eml", "--report", "json")
            self.assertEqual((result.returncode, result.stdout), (66, b""))

    def test_a_link_to_a_file_of_its_folder_is_not_another_message(self):
        _, message, _ = self.messages[0]
        with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as other:
            os.makedirs(folder + "/sub")
            for name in (folder + "/sub/1.eml", folder + "/.kept", other + "/2.eml"):
                with open(name, "wb") as out:
                    out.write(unquoted(message))
            os.symlink("sub/1.eml", folder + "/same.eml")
            os.symlink(".kept", folder + "/kept.eml")
            os.symlink(other + "/2.eml", folder + "/other.eml")
            # The same file, but two messages: copies in two folders of a Maildir are often one file.
            os.link(folder + "/sub/1.eml", folder + "/copy.eml")
            for path in (folder, folder + "/", os.path.relpath(folder)):
                reports = self.reports("links.jsonl", path, "--strict")
                self.assertEqual([os.path.relpath(report["file"], path) for report in reports],
                                 ["copy.eml", "kept.eml", "other.eml", "sub/1.eml"])
                self.assertIn(b"same.eml: is a link to ", self.note)
                self.assertEqual(self.note.count(b"\n"), 1, self.note)

    def test_a_message_that_is_damaged_in_a_zip_is_not_examined(self):
        import io
        import zipfile
        messages = [unquoted(message) for _, message, _ in self.messages[:3]]
        for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            packed = io.BytesIO()
            with zipfile.ZipFile(packed, "w", method) as out:
                for number, message in enumerate(messages):
                    out.writestr(f"{number}.eml", message)
            octets = bytearray(packed.getvalue())
            # In the data of the second message, behind its header.
            with zipfile.ZipFile(packed) as entries:
                info = entries.getinfo("1.eml")
            octets[info.header_offset + 35 + info.compress_size * 9 // 10] ^= 0x20
            with tempfile.TemporaryDirectory() as folder, self.subTest(method=method):
                with open(folder + "/mail.zip", "wb") as out:
                    out.write(octets)
                reports = self.reports("damaged.jsonl", folder, code=65)
                self.assertEqual([report["file"].rpartition(":")[2] for report in reports], ["0.eml", "2.eml"])
                self.assertRegex(self.note, b"mail.zip: cannot be unpacked: ZIP bad CRC.*; skipped")

    def test_files_with_any_name_are_examined(self):
        _, message, _ = self.messages[0]
        with tempfile.TemporaryDirectory() as folder:
            names = [b"\xff\xfe.eml", b"caf\xe9/1.eml", "\uef80.eml".encode(), b"line\nfeed.eml", b"-o.eml", "gr\u00fc\u00df.eml".encode()]
            for name in names:
                path = os.path.join(folder.encode(), name)
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "wb") as out:
                    out.write(unquoted(message))
            with open(os.path.join(folder, "no\nmail \x1b[31m"), "w") as out:
                out.write("hello\n")
            reports = self.reports("names.jsonl", folder)
            self.assertEqual(len(reports), len(names))
            self.assertEqual(len({report["file"] for report in reports}), len(names))
            self.assertIn(b"no\\x0Amail \\x1B[31m: has no header field", self.note)
            self.assertEqual(self.note.count(b"\n"), 1)

    def test_the_page_is_used_by_keyboard(self):
        claim = b"Authentication-Results: mx.example.org; spf=pass\n"
        mbox = self.file("keys.mbox", b"".join(from_line + claim + message + b"\n" for from_line, message, _ in self.messages[:300]))
        self.reports("keys.jsonl", mbox, "--summary-html", self.path("keys.html"))
        first = "document.querySelector('#domains tbody tr:not([hidden])').cells"
        with Browser(self.path("keys.html")) as browser:
            def tab_to(what):
                for _ in range(40):
                    browser.press("Tab")
                    if browser.value("document.activeElement.textContent") == what and browser.value(
                            "document.activeElement.closest('#domains') !== null"):
                        return
                self.fail(f"{what} is not reached by Tab")
            tab_to("fail")
            self.assertNotEqual(browser.value("getComputedStyle(document.activeElement).outlineStyle"), "none")
            browser.press("Enter")
            counts = browser.value("Array.from(document.querySelectorAll('#domains tbody tr'), row => Number(row.cells[3].dataset.value))")
            self.assertEqual(counts, sorted(counts, reverse=True))
            self.assertGreater(counts[0], 0)
            self.assertEqual(browser.value("document.activeElement.closest('th').getAttribute('aria-sort')"), "descending")
            browser.press(" ")
            self.assertEqual(browser.value(first + "[3].dataset.value"), "0")
            name = browser.value(first + "[0].textContent")
            browser.value("document.querySelector('#domains input').focus()")
            browser.write(name)
            self.assertEqual(browser.value("document.querySelectorAll('#domains tbody tr:not([hidden])').length"), 1)
            self.assertEqual(browser.value(first + "[0].textContent"), name)
            self.assertRegex(browser.value("document.querySelector('#domains output').textContent"), "^1 of [0-9]+ rows$")
            for width in (320, 1280):
                browser.view(width, 800)
                self.assertLessEqual(browser.value("document.documentElement.scrollWidth"), width)

    def test_an_interrupted_run_over_a_maildir_is_continued(self):
        for place, file, _ in self.maildir("interrupted", 60):
            for number in range(70 if place == "/cur" else 0):
                os.link(self.path("interrupted") + place + "/" + file, f"{self.path('interrupted')}/cur/{number:03}.{file}")
        self.reports("whole.jsonl", self.path("interrupted"), "--output", self.path("whole.out"))
        command = ["archive", *self.flags, self.path("interrupted"), "--output", self.path("continued.out"), "--report-file",
                   self.path("continued.jsonl"), "--resume"]
        self.assertEqual(self.interrupted(command, self.path("continued.out")), 75)
        result = run(*command)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assert_same(self.path("continued.out"), self.path("whole.out"))
        self.assert_same(self.path("continued.jsonl"), self.path("whole.jsonl"))

    def test_the_parts_of_an_archive_give_what_the_whole_gives(self):
        size = os.path.getsize(self.mbox)
        cuts = [0, size // 3, size // 3 + 1, 2 * size // 3, size]
        outputs, reports = b"", b""
        for part, (start, end) in enumerate(zip(cuts, cuts[1:] + [""])):
            output, report = self.path(f"part{part}.mbox"), self.path(f"part{part}.jsonl")
            result = run("archive", *self.flags, self.mbox, "--range", f"{start}-{end}", "--output", output, "--report-file", report,
                         "--report-dns")
            self.assertEqual(result.returncode, 0, result.stderr)
            outputs += self.read(output)
            reports += self.read(report)
        self.assertTrue(outputs == self.read(self.output), "the parts are not the whole")
        self.assertTrue(reports == self.read(self.report), "the reports of the parts are not the whole's")
        for arguments in (["-"], [self.mbox, self.mbox], [self.directory.name]):
            self.assertEqual(run("mbox", *self.flags, *arguments, "--range", "0-1").returncode, 64)
        self.assertEqual(run("mbox", *self.flags, self.mbox, "--range", "2-1").returncode, 64)

    def test_reports_add_up_to_the_summary_of_one_run(self):
        lines = self.read(self.report).splitlines(keepends=True)
        parts = [self.file(f"reduce{number}.jsonl", b"".join(lines[start:end]))
                 for number, (start, end) in enumerate(((0, 333), (333, 333), (333, 1000)))]
        whole = json.loads(self.read(self.path("summary.json")))
        result = run("report", *parts, "--summary-json", self.path("reduced.json"))
        self.assertEqual((result.returncode, result.stdout), (0, b""), result.stderr)
        reduced = json.loads(self.read(self.path("reduced.json")))
        for summary in (whole, reduced):
            del summary["seconds"], summary["messages_per_second"]
        self.assertEqual(reduced, whole)
        table = run("report", "-", stdin=self.read(self.report)).stdout.decode()
        self.assertIn("d1.example", table)
        for broken in (b"{}\n", lines[0] + lines[1][:-20], b"From x\n", b'{"results":7}\n'):
            result = run("report", "-", stdin=broken)
            self.assertEqual((result.returncode, result.stdout), (65, b""), result.stderr)
        self.assertEqual(run("report", "/nonexistent/file").returncode, 66)
        for outputs in [("--summary-html", self.report), ("--summary-json", self.report),
                        ("--summary-html", self.path("x"), "--summary-json", self.path("x"))]:
            result = run("report", self.report, *outputs)
            self.assertEqual(result.returncode, 64, result.stderr)
        self.assertTrue(self.read(self.report).startswith(b"{"))
        result = run("report", "-", stdin=b'{"file":"x","error":"is not an archive"}\n' + lines[0])
        self.assertEqual(result.returncode, 65)
        self.assertRegex(result.stdout, rb"messages +1\n")

    def test_the_page_is_that_of_the_summary_and_a_sender_writes_no_markup_into_it(self):
        claim = b'Authentication-Results: "<script>alert(1)</script>.mx.example.org" (; spf=pass\n'
        mbox = self.file("page.mbox", b"".join(
            from_line + (claim if number % 3 == 0 else b"") + message.replace(b"Subject: ", b"Subject: <script>alert(2)</script>") + b"\n"
            for number, (from_line, message, _) in enumerate(self.messages[:60])))
        reports = self.reports("page.jsonl", mbox, "--summary-html", self.path("page.html"), "--summary-json", self.path("page.json"))
        page = self.read(self.path("page.html"))
        failed = {}
        for report in reports:
            for result in report["results"]:
                if (result["method"], result["result"]) == ("dmarc", "fail"):
                    domain, = [entry["value"] for entry in result["properties"] if entry["name"] == "from"]
                    failed[domain] = failed.get(domain, 0) + 1
        worst = sorted(failed, key=lambda domain: (-failed[domain], domain))[:3]
        self.assertGreater(len(worst), 0)
        places = [page.index(f'<p class="name"><bdi>{domain}</bdi>'.encode()) for domain in worst]
        self.assertEqual(places, sorted(places))
        self.assertEqual(page.count(b"<script"), 1)
        self.assertNotIn(b"alert(2)", page)
        again = run("report", self.path("page.jsonl"), "--summary-html", self.path("again.html"))
        self.assertEqual((again.returncode, again.stdout), (0, b""), again.stderr)
        self.assertTrue(self.read(self.path("again.html")) == page, "a report makes another page than the run")
        summary = json.loads(self.read(self.path("page.json")))
        self.assertEqual(sum(source["messages"] for source in summary["sources"]) + sum(summary["unknown_clients"].values()), 60)
        self.assertEqual(sum(period["messages"] for period in summary["timeline"]), 60)

    def test_apple_mail_is_read_without_what_the_program_adds(self):
        with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as plain:
            for number, (_, message, _) in enumerate(self.messages[:8]):
                octets = unquoted(message)
                with open(os.path.join(folder, f"{number}.emlx"), "wb") as out:
                    out.write(b"%-10d\n" % len(octets) + octets + b'<?xml version="1.0"?>\n<plist version="1.0"></plist>\n')
                with open(os.path.join(plain, f"{number}.eml"), "wb") as out:
                    out.write(octets)
            with open(os.path.join(folder, "number.txt"), "wb") as out:
                out.write(b"42\nis no header\n")
            found, wanted = self.reports("emlx.jsonl", folder), self.reports("eml.jsonl", plain)
            self.assertEqual(len(found), 8)
            self.assertEqual([report["header_field"] for report in found], [report["header_field"] for report in wanted])
            with open(os.path.join(folder, "9.emlx"), "wb") as out:
                out.write(b"99999\n" + octets)
            self.reports("emlx.jsonl", folder, "--strict", code=65)
            self.assertIn(b"9.emlx: ends before its message does", self.note)

    def test_input_that_is_not_there_or_no_mbox_is_named(self):
        eml = os.path.join(MESSAGES, "plain-pass", "message.eml")
        empty = self.file("empty.mbox", b"")
        for arguments, code, words in (
                ([self.path("missing")], 66, b"missing"), ([eml], 65, b"authres check"),
                ([self.mbox, "--output", self.mbox], 64, b"in place"), ([empty], 0, b""),
                ([self.mbox, "--output", "-", "--report", "json"], 64, b"--report-file"),
                ([self.mbox, "--variant", "mh"], 64, b"mboxcl2"), (["-", "-"], 64, b"once"),
                ([self.mbox, "--output", "/nonexistent/out"], 73, b"/nonexistent/out"),
                ([self.mbox, "--at", "sometime"], 64, b"")):
            with self.subTest(arguments=arguments):
                result = run("mbox", *self.flags, *arguments)
                self.assertEqual(result.returncode, code, result.stderr)
                self.assertIn(words, result.stderr)
        self.assertFalse([name for name in os.listdir(self.directory.name) if name.startswith("message.eml")])


class CheckTests(unittest.TestCase):
    zones = ["--zone", os.path.join(MESSAGES, "plain-pass", "zone")]
    envelope = ["--authserv-id", "mx.example.org", "--ip", "192.0.2.7", "--helo", "mail.sender.example", "--mail-from",
                "<ann@sender.example>"]

    def flags(self, name):
        """The flags that say what the sample's envelope and settings are."""
        with open(os.path.join(MESSAGES, name, "envelope.json")) as source:
            envelope = json.load(source)
        flags = ["--authserv-id", "mx.example.org", "--zone", os.path.join(MESSAGES, name, "zone")]
        for key, flag in (("ip", "--ip"), ("helo", "--helo"), ("mail_from", "--mail-from")):
            if key in envelope:
                flags.append(f"{flag}={envelope[key]}")
        if "auth" in envelope:
            flags += [f"--auth-user={envelope['auth']['authen']}", f"--auth-type={envelope['auth']['type']}"]
            if "param" in envelope["auth"]:
                flags.append(f"--auth-param={envelope['auth']['param']}")
        return flags, self.settings(envelope)

    @staticmethod
    def settings(envelope):
        flags = []
        for key, value in envelope.get("settings", {}).items():
            for element in value if isinstance(value, list) else [value]:
                text = str(element).lower() if isinstance(element, bool) else str(element)
                flags += ["--" + key.replace(".", "-"), text]
        return flags

    def test_every_sample_becomes_what_the_filter_makes_of_it(self):
        for name in sorted(os.listdir(MESSAGES)):
            flags, settings = self.flags(name)
            # A seal holds the time at which it was made.
            if any(flag.startswith("--seal") for flag in settings):
                continue
            with self.subTest(name=name), Filter("--zone", os.path.join(MESSAGES, name, "zone"), *settings) as milter:
                eml = os.path.join(MESSAGES, name, "message.eml")
                sent = run("send", "--socket", milter.socket, "--output", "message", eml)
                checked = run("check", *flags, *settings, "--output", "message", eml)
                self.assertEqual((sent.returncode, checked.returncode), (0, 0), sent.stderr + checked.stderr)
                # An MTA stores with LF, a file keeps its line ends.
                self.assertEqual(checked.stdout.replace(b"\r\n", b"\n"), sent.stdout.replace(b"\r\n", b"\n"))

    def test_the_null_sender_as_pipe_writes_it_is_judged_by_its_helo_name(self):
        received = (b"Received: from mail_1.sender.example. (mail.sender.example [192.0.2.7])\n\tby mx.example.org (Postfix)"
                    b" with ESMTP id 1;\n\tTue, 14 Nov 2023 22:13:20 +0000\n")
        flags = ("--authserv-id", "mx.example.org", "--zone", os.path.join(MESSAGES, "helo-underscore", "zone"))
        for path, told in ((b"<MAILER-DAEMON>", b"spf=pass smtp.helo=mail_1.sender.example;"),
                           (b"<MAILER-DAEMON@sender.example>", b"spf=pass smtp.mailfrom=sender.example;"),
                           (b'<"a..b"@sender.example>', b"spf=pass smtp.mailfrom=sender.example;"),
                           (b"a..b@mail_1.sender.example.", b"spf=pass smtp.mailfrom=mail_1.sender.example;"),
                           (b"<ann>", b'spf=none reason="MAIL FROM has no domain";')):
            with self.subTest(path=path):
                message = b"Return-Path: " + path + b"\n" + received + sample("plain-pass")
                archive = b"From MAILER-DAEMON Tue Nov 14 22:13:20 2023\n" + message
                self.assertIn(told, run("check", *flags, "-", stdin=message).stdout)
                mbox = run("mbox", *flags, "--report", "json", "-", stdin=archive).stdout
                self.assertIn(told.decode(), json.loads(mbox)["header_field"])
        archive = b"From MAILER-DAEMON Tue Nov 14 22:13:20 2023\n" + received + sample("plain-pass")
        mbox = run("mbox", *flags, "--from-line", "--report", "json", "-", stdin=archive).stdout
        self.assertIn("spf=pass smtp.helo=mail_1.sender.example;", json.loads(mbox)["header_field"])

    def test_several_files_and_one_that_is_missing(self):
        name = os.path.join(MESSAGES, "plain-pass")
        result = run("check", *self.envelope, "--zone", os.path.join(name, "zone"), os.path.join(name, "message.eml"),
                     "/nonexistent/file", "-", stdin=sample("crlf"))
        self.assertEqual(result.returncode, 66)
        self.assertIn(b"/nonexistent/file", result.stderr)
        self.assertEqual(result.stdout.count(b"dkim=pass"), 2)
        self.assertEqual(result.stdout.count(b"==> "), 2)
        self.assertEqual(run("check", *self.envelope, "-", "-").returncode, 64)

    def test_what_is_not_a_message_is_named_and_never_judged(self):
        message = sample("plain-pass")
        kinds = [("gz", gzip.compress(message), b"gzip"), ("msg", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), b"Outlook"),
                 ("utf16", b"\xff\xfe" + message.decode("latin-1").encode("utf-16-le"), b"UTF-16"), ("empty", b"", b"empty"),
                 ("html", b"<html><a:b>", b"HTML"), ("json", b'{"From":"a@a.example"}\n', b"JSON"), ("nul", bytes(40), b"binary"),
                 ("text", b"no field here\n" + message, b"no header field"), ("emlx", b"99   \n" + message, b"emlx")]
        with tempfile.TemporaryDirectory() as directory:
            for name, octets, words in kinds:
                path = os.path.join(directory, name)
                with open(path, "wb") as out:
                    out.write(octets)
                for output in ("header", "json", "message"):
                    with self.subTest(name=name, output=output):
                        result = run("check", *self.envelope, *self.zones, "--output", output, path)
                        self.assertEqual((result.returncode, result.stdout), (65, b""), result.stderr)
                        self.assertIn(words, result.stderr)
                with self.subTest(name=name):
                    piped = run("check", *self.envelope, *self.zones, "--explain", "-", stdin=octets)
                    self.assertEqual((piped.returncode, piped.stdout), (65, b""), piped.stderr)
                    self.assertEqual(run("check", *self.envelope, *self.zones, "--verify-field", path).returncode, 65)
                    linted = run("lint", path)
                    self.assertEqual(linted.returncode, 0 if name == "text" else 65, linted.stderr)
            result = run("check", *self.envelope, *self.zones, directory, os.path.join(directory, "gz"), "-", stdin=message)
            self.assertEqual(result.returncode, 65)
            self.assertIn(b"directory", result.stderr)
            self.assertIn(b"dkim=pass", result.stdout)
            self.assertEqual(run("check", *self.envelope, "/nonexistent/file").returncode, 66)

    def test_a_byte_order_mark_is_passed_over_and_kept(self):
        mark, message = b"\xef\xbb\xbf", sample("forged-fields")
        flags, settings = self.flags("forged-fields")
        plain = run("check", *flags, *settings, "--output", "message", "-", stdin=message)
        marked = run("check", *flags, *settings, "--output", "message", "-", stdin=mark + message)
        self.assertEqual(marked.stdout, mark + plain.stdout)
        from_line = b"From ann@sender.example 2023-11-14T22:13:20Z\n"
        mbox = run("mbox", *flags, "-", "--output", "-", stdin=mark + from_line + mark + message + b"\n")
        self.assertEqual(mbox.stdout, mark + from_line + marked.stdout + b"\n", mbox.stderr)

    def test_json_is_one_line_a_message_and_explain_tells_the_rules(self):
        name = os.path.join(MESSAGES, "forged-fields")
        flags, settings = self.flags("forged-fields")
        result = run("check", *flags, *settings, "--output", "json", os.path.join(name, "message.eml"))
        report, = map(json.loads, result.stdout.splitlines())
        self.assertEqual(report["authserv_id"], "mx.example.org")
        self.assertTrue(report["header_field"].startswith("Authentication-Results: mx.example.org;"))
        self.assertTrue(report["removed"])
        self.assertEqual(set(report["removed"][0]), {"name", "index", "position", "id", "reason"})
        self.assertEqual(report["envelope"]["client"]["source"], "flag")
        result = run("check", *flags, *settings, "--explain", os.path.join(name, "message.eml"))
        for words in ("RFC 8601", "RFC 7208", "RFC 6376", "RFC 8617", "RFC 9989", "asked", "answered", "claims our authserv-id"):
            self.assertIn(words, result.stdout.decode())

    def test_the_field_that_claims_to_be_ours_is_proven_or_not(self):
        received = (b"Received: from a (a [192.0.2.1]) by mx.example.org (Postfix) with ESMTP id 1;\n"
                    b"\tTue, 14 Nov 2023 22:13:20 +0000\n")
        field = b"Authentication-Results: mx.example.org; none\n"
        text = b"From: a@d1.example\n\nHello\n"
        for message, code, proof in ((field + received + text, 0, "position"), (received + field + text, 1, "none"),
                                     (received + text, 1, "none")):
            result = run("check", "--authserv-id", "mx.example.org", "--zone", os.path.join(MESSAGES, "plain-pass", "zone"),
                         "--verify-field", "--output", "json", "-", stdin=message)
            self.assertEqual(result.returncode, code, result.stderr)
            self.assertEqual(json.loads(result.stdout)["proof"], proof)

    def test_the_field_that_claims_to_be_ours_is_proven_by_a_signature(self):
        with tempfile.TemporaryDirectory() as directory:
            zone = os.path.join(directory, "zone")
            with open(zone, "w") as out:
                out.write(make_mbox.zone())
            for claimed, signed, code in (
                    (b"mx.d1.example", [b"from", b"authentication-results"], 0), (b"mx.d1.example", [b"from"], 1),
                    (b'(a) "mx.d1.example" 1', [b"from", b"authentication-results"], 0),
                    (b"mx.d1.example/4F2A", [b"from", b"authentication-results"], 0)):
                text = b"Authentication-Results: " + claimed + b"; none\nFrom: a@d1.example\n\nHello\n"
                signature = make_mbox.sign(text, b"s1", b"d1.example", make_mbox.key(), include_headers=signed)
                result = run("check", "--authserv-id", "mx.d1.example", "--zone", zone, "--verify-field", "-",
                             stdin=signature.replace(b"\r\n", b"\n") + text)
                self.assertEqual(result.returncode, code, (claimed, signed, result.stdout))

    def test_answers_that_were_recorded_are_enough(self):
        name = os.path.join(MESSAGES, "two-signatures")
        flags, _ = self.flags("two-signatures")
        with tempfile.TemporaryDirectory() as directory:
            record = os.path.join(directory, "record")
            eml = os.path.join(name, "message.eml")
            # The report names the time of judgement: two runs have two unless it is given.
            common = ("--at", "2023-11-15", "--output", "json", eml)
            first = run("check", *flags, "--record-dns", record, *common)
            again = run("check", *flags[:2], "--zone", record, *flags[4:], *common)
            self.assertEqual(first.returncode, 0, first.stderr)
            self.assertEqual(first.stdout, again.stdout)

    def test_signatures_are_judged_at_the_time_that_is_asked_for(self):
        text = sample("unsigned-no-records")
        with tempfile.TemporaryDirectory() as directory:
            zone = os.path.join(directory, "zone")
            with open(zone, "w") as out:
                out.write(make_mbox.zone())
            received = (b"Received: from a (a [192.0.2.1]) by mx.example.org (Postfix) with ESMTP id 1;\n"
                        b"\tTue, 14 Nov 2023 22:13:20 +0000\n")
            # dkimpy writes no x=; a t= in the future is as good a clock.
            signed, later = (make_mbox.sign(text, b"s1", b"d1.example", make_mbox.key(), at=moment, include_headers=[b"from", b"subject"])
                             for moment in (make_mbox.SIGNED_AT, make_mbox.SIGNED_AT + 2592000))
            common = ["--authserv-id", "mx.example.org", "--zone", zone, "-"]
            for field, arguments, wanted in (
                    (signed, [], b"dkim=pass"), (later, [], b"dkim=policy"), (later, ["--at", "now"], b"dkim=pass"),
                    (later, ["--at", "2024-01-01"], b"dkim=pass"), (later, ["--at", "2023-11-15T00:00:00Z"], b"dkim=policy"),
                    (later, ["--at", "Mon, 1 Jan 2024 00:00:00 +0000"], b"dkim=pass")):
                message = received + field.replace(b"\r\n", b"\n") + text
                self.assertIn(wanted, run("check", *common, *arguments, stdin=message).stdout, (arguments, wanted))


if __name__ == "__main__":
    unittest.main()
