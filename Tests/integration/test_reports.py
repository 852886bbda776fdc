"""DMARC aggregate reports, from the filter to a mailbox: the sums of a day, two foreign parsers, a real Postfix."""
import collections
import email
import email.policy
import glob
import gzip
import json
import os
import re
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree

from program import ROOT, Filter, run
from instance import Postfix

SCHEMA = os.path.join(ROOT, "Tests", "AggregateReportsTests", "Schema", "dmarc-2.0.xsd")
NAMESPACE = "{urn:ietf:params:xml:ns:dmarc-2.0}"
DOMAINS, MESSAGES = 200, int(os.environ.get("AUTHRES_REPORT_MESSAGES", "1000"))
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
                # sendmail(1) of the running Postfix is not to be had here: a program that plays the message by SMTP.
                sendmail = os.path.join(directory, "sendmail")
                with open(sendmail, "w") as out:
                    out.write("#!/usr/bin/python3\nimport smtplib, sys\n"
                              f"smtp = smtplib.SMTP('127.0.0.1', {postfix.port}, local_hostname='mx.example.org')\n"
                              "smtp.sendmail(sys.argv[3], sys.argv[5:], sys.stdin.buffer.read())\n")
                os.chmod(sendmail, 0o755)
                arguments = ["--zone", zone, "--reports-database", database, "--reports-email", "dmarc@mx.example.org",
                             "--reports-send-by", "sendmail:" + sendmail]
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


class PolicyTests(unittest.TestCase):
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


if __name__ == "__main__":
    unittest.main()
