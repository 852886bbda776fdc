"""From fields as mail programs read them: what one of them takes for the author's domain is judged, and never passes
unnoticed. Python's own parsers and those of Perl's mail modules are the readers."""
import email
import email.policy
import email.utils
import json
import os
import random
import re
import subprocess
import tempfile
import unittest

from program import run

ZONE = """$TTL 3600
7.2.0.192.in-addr.arpa. IN PTR mail.evil.example.
mail.evil.example. IN A 192.0.2.7
evil.example. IN TXT "v=spf1 ip4:192.0.2.7 -all"
_dmarc.evil.example. IN TXT "v=DMARC1; p=none"
bank.example. IN A 192.0.2.8
_dmarc.bank.example. IN TXT "v=DMARC1; p=reject"
other.example. IN A 192.0.2.9
"""
FAMILIES = ("evil.example", "bank.example", "other.example")

MESSAGE = b"""From ann@evil.example Tue Nov 14 22:13:20 2023
Return-Path: <ann@evil.example>
Received: from mail.evil.example (mail.evil.example [192.0.2.7])
\tby mx.example.org (Postfix) with ESMTP id 4SVJ0h5Zz1z1234
\tfor <bob@example.org>; Tue, 14 Nov 2023 22:13:20 +0000 (UTC)
Message-ID: <%d@evil.example>
%s
Subject: x

x

"""

PERL = r"""
use strict; use warnings; use JSON::PP; use Email::Address::XS; use Mail::Address; use Email::Address;
$| = 1; $SIG{__WARN__} = sub {};
sub domain { my ($a) = @_; defined $a && $a =~ /\@([^\@]*)\z/s ? $1 : undef }
while (<STDIN>) {
    chomp; my $field = pack('H*', $_); my @all;
    push @all, map { $_->host } eval { Email::Address::XS->parse($field) };
    push @all, map { domain($_->address) } eval { Mail::Address->parse($field) };
    push @all, map { domain($_->address) } eval { Email::Address->parse($field) };
    print encode_json([grep { defined } @all]), "\n";
}
"""


def python_domains(field):
    """What Python's old parser, its new one, and the old one on the bare text see."""
    found = []
    try:
        found += [address for _, address in email.utils.getaddresses([field.decode("utf-8", "surrogateescape")])]
        found.append(email.utils.parseaddr(field.decode("utf-8", "surrogateescape"))[1])
    except Exception:  # a reader that gives up reads nothing
        pass
    try:
        message = email.message_from_bytes(b"From:" + field + b"\n\n", policy=email.policy.default)
        found += ["@" + address.domain for address in message["From"].addresses]
    except Exception:
        pass
    return [address.rpartition("@")[2] for address in found if "@" in address]


def perl_domains(fields):
    lines = "".join(field.hex() + "\n" for field in fields).encode()
    output = subprocess.run(["perl", "-e", PERL], input=lines, capture_output=True, check=True).stdout
    return [json.loads(line) for line in output.splitlines()]


def names(domains):
    """Those of the texts that are domain names, as they are asked for."""
    for domain in domains:
        labels = [label for label in domain.lower().split(".") if label]
        if len(labels) > 1 and all(re.fullmatch(r"[a-z0-9_-]{1,63}", label) for label in labels):
            yield ".".join(labels)


def family(domain):
    return next((root for root in FAMILIES if domain == root or domain.endswith("." + root)), None)


def judged(fields):
    """What the program says of each From field, and of several in one message where the value has the name again."""
    with tempfile.TemporaryDirectory(prefix="authres") as directory:
        zone, archive = os.path.join(directory, "zone"), os.path.join(directory, "mbox")
        with open(zone, "w") as out:
            out.write(ZONE)
        with open(archive, "wb") as out:
            for number, field in enumerate(fields):
                out.write(MESSAGE % (number, b"From:" + field))
        result = run("mbox", archive, "--authserv-id", "mx.example.org", "--zone", zone, "--report", "json")
    if result.returncode:
        raise AssertionError(result.stderr.decode())
    verdicts = []
    for line in result.stdout.splitlines():
        dmarc = [entry for entry in json.loads(line)["results"] if entry["method"] == "dmarc"][0]
        properties = {p["type"] + "." + p["name"]: p["value"] for p in dmarc["properties"]}
        verdicts.append((dmarc["result"], properties.get("header.from"), properties.get("policy.dmarc")))
    return verdicts


ADDRESSES = [b"a@evil.example", b"b@bank.example", b"c@other.example", b"a@evil.example", b"d@mail.bank.example"]
TOKENS = [b"<", b">", b"<", b">", b",", b" ", b" ", b" ", b'"', b"(", b")", b";", b":", b"@", b".", b"\\", b"'", b"[", b"]",
          b"Ann", b"Foo, Inc.", b"via", b"\xf6", b"\xc3\xb6", b"\n ", b"\t", b"=?utf-8?q?x?=", b"=?utf-8?q?(?=", b"=?utf-8?q?",
          b"?=", b"@evil.example", b"@bank.example", b".example", b"\xff", b"\x00", b"\r ", b"bank", b"mailto:"]
FRAMES = [b"%s", b"<%s>", b"Ann <%s>", b'"%s" <%s>', b"(%s) %s", b"%s (%s)", b"%s <%s>", b"%s, %s", b"<%s> %s", b"g: %s;",
          b"%s <%s>,", b'"%s"', b'"%s", x <%s>', b"<@x.example:%s>", b"Ann (%s <%s>", b'"Ann <%s>', b'x "%s" %s', b"<%s",
          b"%s Ann", b"[%s] <%s>", b"'%s' <%s>", b"a . %s", b"..%s", b"%s.", b"Ann; <%s>", b"<<%s>>", b"%s %s"]


def generated(count, seed):
    rng = random.Random(seed)
    for _ in range(count):
        frame = rng.choice(FRAMES)
        field = bytearray(frame % tuple(rng.choice(ADDRESSES) for _ in range(frame.count(b"%s"))))
        for _ in range(rng.choice([0, 1, 1, 2, 3])):
            place = rng.randrange(len(field) + 1)
            if rng.random() < 0.7:
                field[place:place] = rng.choice(TOKENS)
            else:
                del field[place:place + rng.choice([1, 1, 2, 4])]
        yield b" " + re.sub(rb"\n(?![ \t])", b"\n ", bytes(field))


class ReaderTests(unittest.TestCase):
    COUNT = int(os.environ.get("READER_FIELDS", "6000"))

    def test_no_reader_sees_a_domain_that_was_not_judged(self):
        fields = list(generated(self.COUNT, 5322))
        passed = 0
        for field, (result, author, policy), perl in zip(fields, judged(fields), perl_domains(fields), strict=True):
            seen = set(names(python_domains(field) + perl))
            known = {name for name in seen if family(name)}
            with self.subTest(field=field, seen=seen, result=result, author=author):
                if any(family(name) == "bank.example" for name in known):
                    self.assertEqual((result, policy), ("fail", "reject"))
                    self.assertEqual(family(author), "bank.example")
                if result == "pass":
                    passed += 1
                    self.assertLessEqual(known, {author})
                if seen:
                    self.assertNotEqual(result, "permerror")
        self.assertGreater(passed, self.COUNT // 20)


if __name__ == "__main__":
    unittest.main()
