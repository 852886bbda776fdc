"""DMARC aggregate reports, from the filter to a mailbox: the sums of a day, two foreign parsers, a real Postfix."""
import collections
import email
import email.policy
import glob
import gzip
import json
import os
import re
import socket
import subprocess
import tempfile
import threading
import unittest
import xml.etree.ElementTree as ElementTree

from program import ROOT, Filter, run, sample
from instance import Postfix

SCHEMA = os.path.join(ROOT, "Tests", "AggregateReportsTests", "Schema", "dmarc-2.0.xsd")
NAMESPACE = "{urn:ietf:params:xml:ns:dmarc-2.0}"
DOMAINS, MESSAGES = 200, int(os.environ.get("REPORT_MESSAGES", "1000"))
OPTIONS = ["--reports-email", "dmarc@mx.example.org", "--reports-org-name", "Example"]



def date(second):
    return email.utils.format_datetime(__import__("datetime").datetime.fromtimestamp(second, __import__("datetime").UTC))


def document(path):
    """The XML in a mail, and the mail."""
    with open(path, "rb") as source:
        message = email.message_from_binary_file(source, policy=email.policy.default)
    attachment, = message.iter_attachments()
    return gzip.decompress(attachment.get_content()), message


class DayTests(unittest.TestCase):
    """A day's traffic of 200 domains, by way of an archive."""

    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.mkdtemp(prefix="authres-reports")
        cls.zone = os.path.join(cls.directory, "zone")
        cls.database = os.path.join(cls.directory, "reports.db")
        with open(cls.zone, "w") as zone:
            for number in range(DOMAINS):
                name = f"d{number}.example"
                # A domain in ten asks for no report, one in ten for one to a collector, half of which want it.
                target = f"rua=mailto:r@{name}"
                if number % 10 == 1:
                    target = ""
                if number % 10 == 2:
                    target = "rua=mailto:r@collector.example"
                policy = ["none", "quarantine", "reject"][number % 3]
                zone.write(f'_dmarc.{name}. IN TXT "v=DMARC1\\; p={policy}\\; {target}"\n')
                zone.write(f'{name}. IN TXT "v=spf1 ip4:192.0.2.0/28 -all"\n')
                if number % 20 == 2:
                    zone.write(f'{name}._report._dmarc.collector.example. IN TXT "v=DMARC1"\n')
        cls.mbox = os.path.join(cls.directory, "mbox")
        with open(cls.mbox, "w") as mbox:
            for number in range(MESSAGES):
                domain = f"d{number * 7 % DOMAINS}.example"
                address = f"192.0.2.{number % 24 + 1}"
                when = 1_700_000_000 // 86400 * 86400 + number * 86400 // MESSAGES
                mbox.write(f"From ann@{domain} Thu Jan  1 00:00:00 1970\nReturn-Path: <ann@{domain}>\n"
                           f"Received: from m.{domain} (unknown [{address}])\n by mx.example.org (Postfix) with ESMTP"
                           f" id {number}; {date(when)}\n"
                           f"From: ann@{domain}\nSubject: {number}\n\nHello\n\n")
        cls.lines = os.path.join(cls.directory, "report.jsonl")
        result = run("mbox", "--zone", cls.zone, "--authserv-id", "mx.example.org", "--reports", cls.database,
                     "--report", "json", "--report-file", cls.lines, cls.mbox)
        assert result.returncode == 0, result.stderr
        cls.folder = os.path.join(cls.directory, "mails")
        cls.made = run("reports", "make", "--zone", cls.zone, "--reports-database", cls.database, *OPTIONS, "--dry-run",
                       cls.folder)
        assert cls.made.returncode == 0, cls.made.stderr
        cls.mails = sorted(glob.glob(os.path.join(cls.folder, "*.eml")))

    def expected(self):
        """Counts by domain and source, from the log of the same run."""
        sums = collections.Counter()
        with open(self.lines) as lines:
            for line in lines:
                message = json.loads(line)
                domain, = [p["value"] for r in message["results"] if r["method"] == "dmarc" for p in r["properties"]
                           if p["name"] == "from"]
                result, = [r["result"] for r in message["results"] if r["method"] == "dmarc"]
                sums[domain, message["envelope"]["client"]["value"], result] += 1
        return sums

    def test_the_sums_are_those_of_the_log(self):
        counted = collections.Counter()
        for path in self.mails:
            root = ElementTree.fromstring(document(path)[0])
            domain = root.find(f"{NAMESPACE}policy_published/{NAMESPACE}domain").text
            for record in root.iter(f"{NAMESPACE}record"):
                row = record.find(f"{NAMESPACE}row")
                evaluated = row.find(f"{NAMESPACE}policy_evaluated")
                aligned = [evaluated.find(NAMESPACE + method).text for method in ("dkim", "spf")]
                counted[domain, row.find(f"{NAMESPACE}source_ip").text,
                        "pass" if "pass" in aligned else "fail"] += int(row.find(f"{NAMESPACE}count").text)
        wanted = collections.Counter({key: count for key, count in self.expected().items()
                                      if int(key[0][1:].split(".")[0]) % 10 != 1
                                      and (int(key[0][1:].split(".")[0]) % 10 != 2
                                           or int(key[0][1:].split(".")[0]) % 20 == 2)})
        self.assertEqual(sum(wanted.values()), sum(counted.values()))
        self.assertEqual(wanted, counted)

    def test_every_report_is_valid_by_the_schema(self):
        self.assertGreater(len(self.mails), 150)
        paths = []
        for number, path in enumerate(self.mails):
            paths.append(os.path.join(self.directory, f"{number}.xml"))
            with open(paths[-1], "wb") as out:
                out.write(document(path)[0])
        result = subprocess.run(["xmllint", "--noout", "--schema", SCHEMA, *paths], capture_output=True, text=True)
        self.assertEqual(result.returncode, 0, result.stderr[-2000:])

    def test_subject_file_name_and_id_agree(self):
        for path in self.mails[:20]:
            xml, message = document(path)
            metadata = ElementTree.fromstring(xml).find(f"{NAMESPACE}report_metadata")
            number = metadata.find(f"{NAMESPACE}report_id").text
            subject = re.fullmatch(r"Report Domain: (\S+) Submitter: (\S+) Report-ID: <(\S+)>", message["subject"])
            self.assertEqual(subject[3], number)
            attachment, = message.iter_attachments()
            name = attachment.get_filename().split("!")
            begin, end = (metadata.find(f"{NAMESPACE}date_range/{NAMESPACE}{tag}").text for tag in ("begin", "end"))
            self.assertEqual(name[:4], [subject[2], subject[1], begin, end])
            self.assertEqual(name[4], number.split("@")[0] + ".xml.gz")
            self.assertEqual(attachment.get_content_type(), "application/gzip")
            self.assertEqual(int(begin) % 3600, 0)

    def test_who_has_not_said_that_it_wants_reports_gets_none(self):
        self.assertIn(b"ignored d12.example", self.made.stdout)
        self.assertIn(b"collector.example has not published that it accepts reports on d12.example", self.made.stdout)
        self.assertFalse([path for path in self.mails if "!d12.example!" in path])

    def test_mail_dmarc_reads_them(self):
        script = os.path.join(ROOT, "Tests", "integration", "read-report.pl")
        result = subprocess.run(["perl", script, *self.mails[:40]], capture_output=True, text=True)
        self.assertEqual(result.returncode, 0, result.stderr[-2000:])
        sums = 0
        for path in self.mails[:40]:
            root = ElementTree.fromstring(document(path)[0])
            sums += sum(int(count.text) for count in root.iter(f"{NAMESPACE}count"))
        self.assertEqual(int(result.stdout.split()[-1]), sums, result.stdout)


class PostfixTests(unittest.TestCase):
    def test_a_real_postfix_carries_them_once_and_they_pass_dmarc(self):
        directory = tempfile.mkdtemp(prefix="authres-reports")
        os.chmod(directory, 0o755)
        zone = os.path.join(directory, "zone")
        with open(zone, "w") as out:
            out.write('_dmarc.example.org. IN TXT "v=DMARC1\\; p=reject\\; rua=mailto:bob@example.org"\n'
                      'example.org. IN TXT "v=spf1 ip4:192.0.2.0/24 -all"\n'
                      '_dmarc.mx.example.org. IN TXT "v=DMARC1\\; p=reject"\n'
                      'mx.example.org. IN TXT "v=spf1 ip4:127.0.0.1 -all"\n')
        database = os.path.join(directory, "reports.db")
        with Filter("--zone", zone, "--reports-database", database, "--reports-email", "dmarc@mx.example.org",
                    "--local-networks", "10.0.0.0/8") as filter:
            with Postfix(os.path.join(directory, "postfix"), filter.socket) as postfix:
                for number in range(5):
                    postfix.send(b"From: a@example.org\nSubject: x\n\nx\n", mail_from="<a@example.org>",
                                 client=f"192.0.2.{number % 2 + 1}", hostname="[192.0.2.1]", helo="h.example.org")
                postfix.delivered(5)
                self.assertEqual(filter.stop(), 0)
                filter.start()
                arguments = ["--zone", zone, "--reports-database", database, "--reports-email", "dmarc@mx.example.org",
                             "--reports-send-by", f"smtp://127.0.0.1:{postfix.port}"]
                sent = run("reports", "send", *arguments, "--until", "now")
                self.assertEqual(sent.returncode, 0, sent.stderr + sent.stdout)
                self.assertIn(b"to bob@example.org", sent.stdout)
                again = run("reports", "send", *arguments)
                self.assertEqual((again.returncode, again.stdout), (0, b""), again.stderr)
                mail = postfix.delivered(6)[-1]
                shown = run("reports", "show", "--reports-database", database)
                self.assertIn(b"sent bob@example.org", shown.stdout, shown.stderr)
        message = email.message_from_bytes(mail, policy=email.policy.default)
        self.assertIn("dmarc=pass header.from=mx.example.org", re.sub(r"\s+", " ", message["Authentication-Results"]))
        attachment, = message.iter_attachments()
        root = ElementTree.fromstring(gzip.decompress(attachment.get_content()))
        self.assertEqual(sorted(int(count.text) for count in root.iter(f"{NAMESPACE}count")), [2, 3])


class MTA:
    """A mail server that answers as it is told: `replies` by the word that a command begins with, `.` being the end of the
    message; None closes the connection."""

    def __init__(self, replies):
        self.replies, self.messages = replies, []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"smtp://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                connection = self.listener.accept()[0]
            except OSError:
                return
            with connection, connection.makefile("rwb") as stream:
                self.talk(stream)

    def talk(self, stream):
        message = None
        stream.write(b"220 mx ready\r\n")
        stream.flush()
        for line in stream:
            word = line.strip() if message is not None else line.split()[0].split(b":")[0].upper()
            if message is not None and word != b".":
                message.append(line)
                continue
            usual = {b"EHLO": b"250 mx", b"DATA": b"354 go on", b"QUIT": b"221 bye"}.get(word, b"250 2.0.0 fine")
            reply = self.replies.get(word.decode(), usual)
            if word == b".":
                self.messages.append(message)
                message = None
            elif word == b"DATA":
                message = []
            if reply is None:
                return
            stream.write(reply + b"\r\n")
            stream.flush()


class TransportTests(unittest.TestCase):
    """How the local MTA is talked to."""

    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.mkdtemp(prefix="authres-reports")
        cls.zone = os.path.join(cls.directory, "zone")
        with open(cls.zone, "w") as out:
            out.write('_dmarc.d.example. IN TXT "v=DMARC1\\; p=none\\; rua=mailto:r@d.example"\n')
        cls.mbox = os.path.join(cls.directory, "mbox")
        with open(cls.mbox, "w") as out:
            out.write("From a@d.example Thu Jan  1 00:00:00 1970\nReturn-Path: <a@d.example>\n"
                      "Received: from m.d.example (unknown [192.0.2.1]) by mx.example.org (Postfix) with ESMTP id 1; "
                      "Tue, 14 Nov 2023 22:14:00 +0000\nFrom: a@d.example\n\nHello\n")

    def database(self, name):
        path = os.path.join(self.directory, name + ".db")
        counted = run("mbox", "--zone", self.zone, "--authserv-id", "mx.example.org", "--reports", path, self.mbox)
        self.assertEqual(counted.returncode, 0, counted.stderr)
        return path

    def send(self, database, by):
        return run("reports", "send", "--zone", self.zone, "--reports-database", database, *OPTIONS, "--reports-send-by", by)

    def shown(self, database):
        return run("reports", "show", "--reports-database", database).stdout.decode()

    def test_what_the_mta_says_decides_what_becomes_of_a_report(self):
        cases = [({}, 0, "sent r@d.example", 1), ({"RCPT": b"451 4.7.1 greylisted"}, 75, "due r@d.example (451 4.7.1 greylisted)", 0),
                 ({"RCPT": b"550 5.1.1 no such user"}, 0, "refused r@d.example", 0),
                 ({"RCPT": b"554 5.7.1 relay access denied"}, 0, "failed r@d.example (554 5.7.1 relay access denied)", 0),
                 ({"MAIL": b"452 4.3.1 full"}, 75, "due r@d.example", 0), ({".": b"552 5.3.4 too big"}, 0, "failed r@d.example", 1),
                 ({".": b"451 4.3.0 later"}, 75, "due r@d.example", 1), ({"EHLO": None}, 75, "due r@d.example", 0),
                 ({".": None}, 0, "failed r@d.example (not known whether the MTA has taken it", 1)]
        for number, (replies, code, words, messages) in enumerate(cases):
            with self.subTest(replies=replies):
                database, mta = self.database(f"case{number}"), MTA(replies)
                result = self.send(database, mta.url)
                self.assertEqual(result.returncode, code, result.stderr + result.stdout)
                self.assertIn(words, self.shown(database))
                self.assertEqual(len(mta.messages), messages)
                # Whatever it was, the next run is not to send it again, nor too soon.
                again = self.send(database, mta.url)
                self.assertEqual(len(mta.messages), messages)
                waits = rb"^authres: to be sent again, but not before 20\S+Z: 1\n$" if code == 75 else rb"^$"
                self.assertEqual(again.returncode, code)
                self.assertRegex(again.stderr, waits)
                mta.listener.close()
        message = email.message_from_bytes(b"".join(self.sent()), policy=email.policy.default)
        self.assertEqual(message["From"], "Example <dmarc@mx.example.org>")
        self.assertTrue(gzip.decompress(next(message.iter_attachments()).get_content()).startswith(b"<?xml"))

    def sent(self):
        """The lines of a report that was sent."""
        mta = MTA({})
        self.send(self.database("sent"), mta.url)
        mta.listener.close()
        return mta.messages[0]

    def test_no_mta_is_a_reason_to_wait(self):
        database = self.database("none")
        with socket.create_server(("127.0.0.1", 0)) as closed:
            url = f"smtp://127.0.0.1:{closed.getsockname()[1]}"
        self.assertEqual(self.send(database, url).returncode, 75)
        self.assertIn("due r@d.example", self.shown(database))

    def test_a_program_that_is_sendmail_gets_the_message(self):
        database, program = self.database("sendmail"), os.path.join(self.directory, "sendmail")
        with open(program, "w") as out:
            out.write(f'#!/bin/sh\necho "$@" > {program}.arguments\ncat > {program}.message\n')
        os.chmod(program, 0o755)
        self.assertEqual(self.send(database, "sendmail:" + program).returncode, 0)
        with open(program + ".arguments") as source:
            self.assertEqual(source.read(), "-i -f dmarc@mx.example.org -- r@d.example\n")
        with open(program + ".message", "rb") as source:
            self.assertNotIn(b"\r", source.read())
        for wrong in ("sendmail:sendmail", "smtp://ann@localhost", "imap://localhost", "localhost:25"):
            self.assertEqual(self.send(database, wrong).returncode, 78, wrong)


class PolicyTests(unittest.TestCase):
    def test_a_sealer_that_is_trusted_is_told_as_the_reason(self):
        directory = tempfile.mkdtemp(prefix="authres-reports")
        paths = zone, database, config, message = [os.path.join(directory, name) for name in ("zone", "db", "yaml", "eml")]
        # The author's key is gone, and the list is not in the author's SPF: only the chain speaks for the message.
        lines = [line for line in sample("arc-two-sets", "zone").splitlines() if b"s2048._domainkey" not in line
                 and b"_dmarc" not in line]
        contents = (b"\n".join(lines) + b'\n_dmarc.sender.example. IN TXT "v=DMARC1\\; p=reject\\; rua=mailto:r@sender.example"\n', b"",
                    b"policy:\n  rules:\n    - {name: lists, when: {dmarc: fail, arc-sealer: list.example}, action: accept}\n"
                    b"    - {name: dmarc, when: {dmarc: fail, dmarc-policy: reject}, action: reject}\n", sample("arc-two-sets"))
        for path, content in zip(paths, contents):
            if content:
                with open(path, "wb") as out:
                    out.write(content)
        told = {}
        with Filter("--config", config, "--zone", zone, "--reports-database", database) as filter:
            for mail_from in ("<bounce@list.example>", "<ann@sender.example>"):
                played = run("send", "--socket", filter.socket, "--ip", "198.51.100.9", "--mail-from", mail_from, message)
                self.assertEqual(played.returncode, 0, played.stderr)
            # The same without a chain.
            with open(message, "wb") as out:
                out.write(sample("plain-pass"))
            run("send", "--socket", filter.socket, "--ip", "198.51.100.10", "--mail-from", "<ann@sender.example>", message)
            self.assertEqual(filter.stop(), 0)
        folder = os.path.join(directory, "mails")
        made = run("reports", "make", "--zone", zone, "--reports-database", database, *OPTIONS, "--until", "now", "--dry-run", folder)
        self.assertEqual(made.returncode, 0, made.stderr)
        path, = glob.glob(os.path.join(folder, "*.eml"))
        for record in ElementTree.fromstring(document(path)[0]).iter(f"{NAMESPACE}record"):
            row = record.find(f"{NAMESPACE}row")
            evaluated = row.find(f"{NAMESPACE}policy_evaluated")
            told.setdefault(row.find(f"{NAMESPACE}source_ip").text, set()).add(
                (evaluated.find(f"{NAMESPACE}disposition").text,
                 *[(reason.find(f"{NAMESPACE}type").text, reason.find(f"{NAMESPACE}comment").text)
                   for reason in evaluated.iter(f"{NAMESPACE}reason")]))
        self.assertEqual(told, {"198.51.100.9": {("none", ("trusted_forwarder", "sealed by list.example"))},
                                "198.51.100.10": {("reject",)}})

    def test_what_the_rules_did_is_told(self):
        directory = tempfile.mkdtemp(prefix="authres-reports")
        zone, database, config = (os.path.join(directory, name) for name in ("zone", "reports.db", "authres.yaml"))
        with open(zone, "w") as out:
            for domain, policy in [("r.example", "reject"), ("q.example", "quarantine"), ("n.example", "none")]:
                out.write(f'_dmarc.{domain}. IN TXT "v=DMARC1\\; p={policy}\\; rua=mailto:r@{domain}"\n'
                          f'{domain}. IN TXT "v=spf1 -all"\n')
        with open(config, "w") as out:
            out.write("policy:\n  rules:\n"
                      "    - {name: dmarc, when: {dmarc: fail, dmarc-policy: [reject, quarantine]}, action: reject}\n")
        with Filter("--config", config, "--zone", zone, "--reports-database", database) as filter:
            for domain in ("r", "q", "n"):
                message = os.path.join(directory, domain)
                with open(message, "w") as out:
                    out.write(f"From: a@{domain}.example\nSubject: x\n\nx\n")
                run("send", "--socket", filter.socket, "--ip", "192.0.2.1", "--mail-from", f"<a@{domain}.example>", message)
            self.assertEqual(filter.stop(), 0)
        folder = os.path.join(directory, "mails")
        made = run("reports", "make", "--zone", zone, "--reports-database", database, *OPTIONS, "--until", "now",
                   "--dry-run", folder)
        self.assertEqual(made.returncode, 0, made.stderr)
        told = {}
        for path in glob.glob(os.path.join(folder, "*.eml")):
            root = ElementTree.fromstring(document(path)[0])
            evaluated = root.find(f"{NAMESPACE}record/{NAMESPACE}row/{NAMESPACE}policy_evaluated")
            told[root.find(f"{NAMESPACE}policy_published/{NAMESPACE}domain").text] = (
                evaluated.find(f"{NAMESPACE}disposition").text,
                [kind.text for kind in evaluated.iter(f"{NAMESPACE}type")])
        self.assertEqual(told, {"r.example": ("reject", []), "q.example": ("reject", ["local_policy"]),
                                "n.example": ("none", [])})


class FaultTests(unittest.TestCase):
    def test_a_database_that_cannot_be_written_costs_rows_and_no_mail(self):
        directory = tempfile.mkdtemp(prefix="authres-reports")
        zone = os.path.join(directory, "zone")
        with open(zone, "w") as out:
            out.write('_dmarc.client.example. IN TXT "v=DMARC1\\; p=none\\; rua=mailto:r@client.example"\n')
        message = os.path.join(directory, "message")
        with open(message, "w") as out:
            out.write("From: a@client.example\nSubject: x\n\nx\n")
        with Filter("--zone", zone, "--reports-database", os.path.join(directory, "missing", "reports.db"),
                    "--reports-email", "dmarc@example.org") as filter:
            sent = run("send", "--socket", filter.socket, "--ip", "192.0.2.1", "--mail-from", "<a@client.example>",
                       message)
            self.assertEqual(sent.returncode, 0, sent.stderr)
            self.assertEqual(filter.stop(), 0)
            self.assertIn("reports: 1 messages are not recorded", filter.log())

    def test_a_file_that_is_no_database_ends_every_command_with_69(self):
        database = os.path.join(tempfile.mkdtemp(prefix="authres-reports"), "reports.db")
        with open(database, "wb") as out:
            out.write(bytes(range(256)) * 16)
        flags = ["--reports-database", database, "--reports-email", "dmarc@example.org"]
        for command in ["make"], ["send"], ["show"], ["forget", "a.example"]:
            ended = run("reports", *command, *flags)
            self.assertEqual(ended.returncode, 69, command)
            self.assertIn(f"{database}: ", str(ended.stderr))


if __name__ == "__main__":
    unittest.main()
