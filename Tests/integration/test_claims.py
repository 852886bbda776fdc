"""Authentication-Results fields as other programs read them: a field in which one of them sees our authserv-id has been
removed. Python's authres and Perl's Mail::AuthenticationResults are the readers, and one that knows no grammar at all."""
import json
import os
import random
import re
import subprocess
import tempfile
import unittest

from program import run

OWN = "mx.example.org"
MESSAGE = b"""From ann@evil.example Tue Nov 14 22:13:20 2023
From: ann@evil.example
Message-ID: <%d@evil.example>
Authentication-Results:%s

x

"""

PERL = r"""
use strict; use warnings; use JSON::PP; use Mail::AuthenticationResults::Parser;
$| = 1; $SIG{__WARN__} = sub {};
while (<STDIN>) {
    chomp; my $field = pack('H*', $_); my @all;
    my $read = eval { Mail::AuthenticationResults::Parser->new->parse($field) };
    push @all, $read->value->value if $read && $read->value;
    print encode_json([map { my $id = $_; utf8::decode($id); $id } grep { defined } @all]), "\n";
}
"""

PYTHON = r"""
import authres, json, sys
for line in sys.stdin:
    field = bytes.fromhex(line).decode("latin-1")
    try:
        read = [authres.AuthenticationResultsHeader.parse("Authentication-Results:" + field).authserv_id]
    except Exception:
        read = []
    print(json.dumps([id for id in read if id is not None]))
"""


def readings(command, fields):
    lines = "".join(field.hex() + "\n" for field in fields).encode()
    output = subprocess.run(command, input=lines, capture_output=True, check=True).stdout
    return [json.loads(line) for line in output.splitlines()]


def naive(field):
    """What is before the first semicolon, comments and quotes taken away."""
    text = re.sub(r"\s+", " ", field.decode("latin-1")).split(";")[0]
    words = re.sub(r"\([^()]*\)", " ", text).replace('"', "").split()
    return words[:1]


def is_own(identifier):
    return identifier.strip().lower().rstrip(".") == OWN


def removed(fields):
    """For each field whether the program removes it."""
    with tempfile.NamedTemporaryFile(suffix=".mbox") as archive, tempfile.NamedTemporaryFile(suffix=".zone") as zone:
        for number, field in enumerate(fields):
            archive.write(MESSAGE % (number, field))
        archive.flush()
        result = run("mbox", archive.name, "--authserv-id", OWN, "--zone", zone.name, "--report", "json")
    if result.returncode:
        raise AssertionError(result.stderr.decode())
    return [bool(json.loads(line)["removed"]) for line in result.stdout.splitlines()]


IDS = [b"mx.example.org", b"mx.example.org", b"MX.Example.ORG", b'"mx.example.org"', b"evil.example", b"mx.example.org.evil.example",
       b"xmx.example.org", b"mx.example.org.", b"mx.example.org/abc", b"m\\x.example.org", b'"m\\x.example.org"', b'"mx".example.org']
TOKENS = [b"(", b")", b"(c)", b'"', b"\\", b";", b" ", b"\t", b"\n ", b"\r", b"\0", b"1", b" 1", b"=", b"/", b".", b"@", b",", b"<", b">",
          b"\xff", b"\xc2\xa0", b"\xc3\xb6", b"\xef\xbb\xbf", b"\x0b", b"none", b"spf=pass", b"mx.example.org", b"evil.example", b"(\\)"]
FRAMES = [b"%s; spf=pass smtp.mailfrom=evil.example", b" %s; none", b" %s 1; dkim=pass header.d=evil.example", b" (c) %s (d) ; none",
          b" %s (%s); none", b" (%s) %s; none", b' "%s"; none', b" %s", b" ; %s", b" %s %s; none", b' "a" %s; none', b" %s\n\t1;\n\tnone",
          b" %s/%s; none", b" %s; spf=pass reason=\"%s; x\"", b" (%s; none", b' "%s; none', b" spf=pass %s; none", b" %s;;", b" i=1; %s; none"]


def generated(count, seed):
    chance = random.Random(seed)
    for _ in range(count):
        frame = chance.choice(FRAMES)
        field = bytearray(frame % tuple(chance.choice(IDS) for _ in range(frame.count(b"%s"))))
        for _ in range(chance.choice([0, 0, 1, 1, 2, 3])):
            place = chance.randrange(min(len(field), 40) + 1)
            if chance.random() < 0.75:
                field[place:place] = chance.choice(TOKENS)
            else:
                del field[place:place + chance.choice([1, 1, 2, 4])]
        # What ends the field in any reading is the next field, and no case of this table.
        yield re.sub(rb"\n(?![ \t])", b"\n ", bytes(field))


class ClaimTests(unittest.TestCase):
    COUNT = int(os.environ.get("READER_FIELDS", "3000"))

    def test_a_field_in_which_a_reader_sees_our_id_is_removed(self):
        fields = list(generated(self.COUNT, 8601))
        python = readings(["/usr/bin/python3", "-c", PYTHON], fields)
        perl = readings(["perl", "-e", PERL], fields)
        kept, seen = 0, {"python": 0, "perl": 0, "naive": 0}
        for field, is_removed, one, other in zip(fields, removed(fields), python, perl, strict=True):
            read = {"python": one, "perl": other, "naive": naive(field)}
            claims = {reader for reader, ids in read.items() if any(is_own(id) for id in ids)}
            for reader in claims:
                seen[reader] += 1
            kept += not is_removed
            if claims and not is_removed:
                with self.subTest(field=field, read=read):
                    self.fail("a reader sees our id, and the field was kept")
        # The table has fields of both kinds, and each reader reads many of them.
        self.assertGreater(kept, self.COUNT // 10)
        for reader, count in seen.items():
            self.assertGreater(count, self.COUNT // 50, reader)


if __name__ == "__main__":
    unittest.main()
