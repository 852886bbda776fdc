"""ARC Sets of ours, judged by other verifiers: a chain of three hops through real Postfixes, with a list that changes
the subject on the way."""
import base64
import email
import os
import re
import subprocess
import tempfile
import unittest

from program import ROOT, Filter, run, sample, zone
from instance import Postfix

KEY = os.path.join(ROOT, "Tests", "ARCSealingTests", "Seals", "rsa.pem")
HOSTS = ["one.example.org", "lists.example.org", "three.example.org"]

# dkimpy, and Mail::DKIM: the message on standard input, TXT records as NAME=TEXT arguments.
DKIMPY = r"""
import sys, dkim
records = dict(a.split("=", 1) for a in sys.argv[1:])
find = lambda name, timeout=5: records.get(name.decode().rstrip("."), "").encode()
result = dkim.arc_verify(sys.stdin.buffer.read(), dnsfunc=find)
# No word at all for a chain that is marked as broken.
print((result[0] or b"fail").decode())
"""
PERL = r"""
use Mail::DKIM::ARC::Verifier; use Mail::DKIM::DNS; use Net::DNS;
my %records = map { split /=/, $_, 2 } @ARGV;
{ no warnings 'redefine';
  *Mail::DKIM::DNS::query = sub { my ($name, $type) = @_;
    return unless $type eq 'TXT' && exists $records{$name};
    my @parts = unpack('(A250)*', $records{$name});
    return Net::DNS::RR->new(name => $name, type => 'TXT', txtdata => [@parts]); }; }
my $verifier = Mail::DKIM::ARC::Verifier->new(); binmode STDIN;
while (<STDIN>) { $verifier->PRINT($_); } $verifier->CLOSE;
print $verifier->result, " ", $verifier->result_detail, "\n";
"""


def record():
    der = subprocess.run(["openssl", "rsa", "-in", KEY, "-pubout", "-outform", "DER"], capture_output=True, check=True)
    return "v=DKIM1; k=rsa; p=" + base64.b64encode(der.stdout).decode()


def verdicts(message):
    """What dkimpy and Mail::DKIM say."""
    wire = message.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    keys = [f"arc._domainkey.{host}={record()}" for host in HOSTS]
    found = []
    for command in (["/usr/bin/python3", "-c", DKIMPY], ["perl", "-e", PERL]):
        result = subprocess.run([*command, *keys], input=wire, capture_output=True, timeout=60)
        found.append(result.stdout.decode().split(" ")[0].strip() or result.stderr.decode()[-300:])
    return found


def without_envelope(stored):
    """As the next host gets it: without what local delivery has put on top."""
    return re.sub(rb"^(Return-Path|X-Original-To|Delivered-To):.*\n", b"", stored, flags=re.M)


class ChainTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.mkdtemp(prefix="authres-arc")
        os.chmod(cls.directory, 0o755)
        cls.zone = os.path.join(cls.directory, "zone")
        text = record()
        parts = " ".join('"%s"' % text[i:i + 250].replace(";", "\\;") for i in range(0, len(text), 250))
        with open(cls.zone, "w") as out:
            for path in zone("plain-pass"):
                with open(path) as source:
                    out.write(source.read())
            for host in HOSTS:
                out.write(f"arc._domainkey.{host}. IN TXT {parts}\n")

    def settings(self, host, *more):
        return ["--zone", self.zone, "--authserv-id", host, "--arc-seal-domain", host, "--arc-seal-selector", "arc",
                "--arc-seal-key-file", KEY, *more]

    def hop(self, host, message, *more, **envelope):
        """The message as a Postfix with our filter stores it, and the filter's log."""
        with Filter(*self.settings(host, *more)) as filter:
            with Postfix(os.path.join(self.directory, host + str(len(os.listdir(self.directory)))), filter.socket,
                         [f"myhostname = {host}"]) as postfix:
                code, text = postfix.send(message, **{**dict(
                    client="192.0.2.7", hostname="mail.sender.example", helo="mail.sender.example",
                    mail_from="<ann@sender.example>"), **envelope})
                self.assertEqual(code, 250, (text, filter.log()))
                stored = without_envelope(postfix.delivered(1)[0])
            self.assertEqual(filter.stop(), 0)
            return stored, filter.log()

    def test_three_hops_and_a_list_that_changes_the_subject(self):
        # With a seal of our own field as well, which the set signs.
        first, log = self.hop("one.example.org", sample("plain-pass"), "--seal-domain", "one.example.org",
                              "--seal-selector", "arc", "--seal-key-file", KEY)
        self.assertIn("arc-seal=1 cv=none", log)
        self.assertEqual(verdicts(first), ["pass", "pass"])
        order = [key.lower() for key in email.message_from_bytes(first).keys()]
        self.assertEqual(order[:5], ["arc-seal", "arc-message-signature", "arc-authentication-results",
                                     "dkim-signature", "authentication-results"])
        # The list takes it in, changes it, and sends it on by its own Postfix.
        taken, _ = self.hop("lists.example.org", first, "--arc-seal-when", "departure", client="192.0.2.9",
                            hostname="[192.0.2.9]", helo="one.example.org")
        self.assertNotIn(b"arc-seal: i=2", taken.lower())
        changed = re.sub(rb"^Subject: ", b"Subject: [list] ", taken, flags=re.M) + b"-- \nlist@lists.example.org\n"
        self.assertEqual(verdicts(changed), ["fail", "fail"], "the list has broken what was signed")
        sent, log = self.hop("lists.example.org", changed, "--arc-seal-when", "departure",
                             "--trusted-relays", "127.0.0.1", client=None, helo="localhost",
                             mail_from="<list-bounces@lists.example.org>")
        self.assertIn("arc-seal=2 cv=pass", log)
        self.assertEqual(verdicts(sent), ["pass", "pass"])
        last, log = self.hop("three.example.org", sent, client="192.0.2.10", hostname="[192.0.2.10]",
                             helo="lists.example.org", mail_from="<list-bounces@lists.example.org>")
        self.assertIn("arc-seal=3 cv=pass", log)
        self.assertEqual(verdicts(last), ["pass", "pass"])
        checked = run("check", "--zone", self.zone, "--authserv-id", "mx.example.org", "-", stdin=last)
        self.assertIn(b"arc=pass", checked.stdout, checked.stderr)

    def test_a_broken_chain_is_sealed_once(self):
        first, _ = self.hop("one.example.org", sample("plain-pass"))
        broken = re.sub(rb"^Subject: ", b"Subject: [x] ", first, flags=re.M)
        second, log = self.hop("lists.example.org", broken)
        self.assertIn("arc-seal=2 cv=fail", log)
        self.assertEqual(verdicts(second), ["fail", "fail"])
        third, log = self.hop("three.example.org", second)
        self.assertIn('arc-seal=none "its newest seal says cv=fail"', log)
        for stored in (second, third):
            self.assertEqual(len(email.message_from_bytes(stored).get_all("ARC-Seal")), 2)

    def test_a_departing_message_whose_field_is_not_proven_is_not_sealed(self):
        forged = b"Authentication-Results: lists.example.org; arc=pass; dmarc=pass\n" + sample("plain-pass")
        _, log = self.hop("lists.example.org", forged, "--arc-seal-when", "departure", "--trusted-relays", "127.0.0.1",
                          client=None, helo="localhost")
        self.assertIn("arc-seal=none \"the field is not proven to be ours", log)

    def test_a_key_that_is_not_published_is_a_warning(self):
        with Filter("--zone", zone("plain-pass")[0], "--arc-seal-domain", "one.example.org", "--arc-seal-selector",
                    "arc", "--arc-seal-key-file", KEY) as filter:
            self.assertEqual(filter.logged("arc-seal: no key for signature: arc._domainkey.one.example.org"), 1)
            self.assertIsNone(filter.process.poll())

    def test_a_key_of_another_kind_is_refused_with_the_reason(self):
        other = os.path.join(os.path.dirname(KEY), "ed25519.pem")
        result = run("config", "--arc-seal-domain", "a.example", "--arc-seal-selector", "s", "--arc-seal-key-file", other)
        self.assertEqual(result.returncode, 78)
        self.assertIn(b"rsa-sha256", result.stderr)


if __name__ == "__main__":
    unittest.main()
