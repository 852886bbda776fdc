"""The log's lines in all formats: what an operator greps for, and what a program reads."""
import json
import os
import re
import shlex
import tempfile
import unittest

from program import MESSAGES, Filter, run, zone

RULES = """\
policy:
  rules:
    - {name: trial, when: {dmarc: fail}, action: quarantine, dry-run: true}
    - {name: dmarc, when: {dmarc: fail, dmarc-policy: reject}, action: reject, text: "no = never"}
"""
#: Sample: what the text says of it between client and times, and the details of the other formats but queue and times.
LINES = {
    "plain-pass": (
        "client=192.0.2.7 iprev=pass spf=pass dkim=pass arc=none dmarc=pass removed=0",
        {"client": "192.0.2.7",
         "helo": "mail.sender.example",
         "from": "sender.example",
         "iprev": "pass",
         "spf": "pass",
         "dkim": ["pass"],
         "arc": "none",
         "dmarc": "pass",
         "spf_domain": "sender.example",
         "dkim_domain": ["sender.example"],
         "dmarc_domain": "sender.example",
         "dmarc_policy": "reject",
         "removed": 0},
    ),
    "forged-fields": (
        'client=192.0.2.7 iprev=pass spf=pass dkim=pass arc=none dmarc=pass removed=7 [1: "mx.example.org" claims our authserv-id; 3: "mx.example.org" claims our authserv-id; 5: "mx.example.org./q7" claims our authserv-id; 7: no authserv-id; 8: "other.example" unsupported version; ...]',
        {"client": "192.0.2.7",
         "helo": "mail.sender.example",
         "from": "sender.example",
         "iprev": "pass",
         "spf": "pass",
         "dkim": ["pass"],
         "arc": "none",
         "dmarc": "pass",
         "spf_domain": "sender.example",
         "dkim_domain": ["sender.example"],
         "dmarc_domain": "sender.example",
         "dmarc_policy": "reject",
         "removed": 7,
         "removed_ids": ["mx.example.org", "mx.example.org", "mx.example.org./q7", "", "other.example"],
         "removed_reasons": ["claims our authserv-id", "claims our authserv-id", "claims our authserv-id", "no authserv-id", "unsupported version"]},
    ),
    "dmarc-fail": (
        'client=192.0.2.7 iprev=pass spf=pass dkim=pass arc=none dmarc=fail removed=0 action=reject rule=dmarc reply="550 5.7.26 no = never" [dry run: action=quarantine rule=trial]',
        {"client": "192.0.2.7",
         "helo": "mail.sender.example",
         "from": "sender.example",
         "iprev": "pass",
         "spf": "pass",
         "dkim": ["pass"],
         "arc": "none",
         "dmarc": "fail",
         "spf_domain": "sender.example",
         "dkim_domain": ["sender.example"],
         "dmarc_domain": "bank.example",
         "dmarc_policy": "reject",
         "removed": 0,
         "action": "reject",
         "rule": "dmarc",
         "reply": "550 5.7.26 no = never",
         "tried_action": "quarantine",
         "tried_rule": "trial"},
    ),
    "submission": (
        'client=198.51.100.9 auth=pass removed=1 [1: "mx.example.org" claims our authserv-id]',
        {"client": "198.51.100.9",
         "helo": "mail.sender.example",
         "from": "sender.example",
         "auth": "pass",
         "removed": 1,
         "removed_ids": ["mx.example.org"],
         "removed_reasons": ["claims our authserv-id"]},
    ),
    "null-sender": (
        "client=192.0.2.7 iprev=pass spf=pass dkim=pass arc=none dmarc=pass removed=0",
        {"client": "192.0.2.7",
         "helo": "mail.sender.example",
         "from": "",
         "iprev": "pass",
         "spf": "pass",
         "dkim": ["pass"],
         "arc": "none",
         "dmarc": "pass",
         "spf_domain": "mail.sender.example",
         "dkim_domain": ["sender.example"],
         "dmarc_domain": "sender.example",
         "dmarc_policy": "reject",
         "removed": 0},
    ),
    "two-signatures": (
        "client=192.0.2.7 iprev=pass spf=pass dkim=pass dkim=pass arc=none dmarc=pass removed=0",
        {"client": "192.0.2.7",
         "helo": "mail.sender.example",
         "from": "sender.example",
         "iprev": "pass",
         "spf": "pass",
         "dkim": ["pass", "pass"],
         "arc": "none",
         "dmarc": "pass",
         "spf_domain": "sender.example",
         "dkim_domain": ["list.example", "sender.example"],
         "dmarc_domain": "sender.example",
         "dmarc_policy": "reject",
         "removed": 0},
    ),
    "dns-silent": (
        'client=192.0.2.7 iprev=temperror "PTR: time-out" spf=temperror "TXT of sender.example: time-out" dkim=temperror "key unavailable: time-out" arc=none dmarc=temperror "policy: time-out" removed=0',
        {"client": "192.0.2.7",
         "helo": "mail.sender.example",
         "from": "sender.example",
         "iprev": "temperror",
         "spf": "temperror",
         "dkim": ["temperror"],
         "arc": "none",
         "dmarc": "temperror",
         "spf_domain": "sender.example",
         "dkim_domain": ["sender.example"],
         "dmarc_domain": "sender.example",
         "reasons": ["iprev: PTR: time-out", "spf: TXT of sender.example: time-out", "dkim: key unavailable: time-out", "dmarc: policy: time-out"],
         "removed": 0},
    ),
    "helo-hostile": (
        "client=192.0.2.7 iprev=pass spf=pass dkim=pass arc=none dmarc=pass removed=0",
        {"client": "192.0.2.7",
         "helo": "a (good.example [192.0.2.1]);spf=pass",
         "from": "sender.example",
         "iprev": "pass",
         "spf": "pass",
         "dkim": ["pass"],
         "arc": "none",
         "dmarc": "pass",
         "spf_domain": "sender.example",
         "dkim_domain": ["sender.example"],
         "dmarc_domain": "sender.example",
         "dmarc_policy": "reject",
         "removed": 0},
    ),
}


def masked(text):
    return re.sub(r"\d+\.\dms", "Nms", text)


class LogTests(unittest.TestCase):
    maxDiff = None

    def lines(self, form):
        """The log's line of each sample."""
        lines = {}
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            file.write(RULES)
            file.flush()
            for name in LINES:
                with Filter("--config", file.name, "--log-format", form, "--zone", *zone(name)) as milter:
                    run("send", "--socket", milter.socket, "--queue-id", name, os.path.join(MESSAGES, name, "message.eml"))
                    milter.stop()
                    lines[name] = next(line for line in milter.log().splitlines() if name in line)
        return lines

    def test_text(self):
        for name, line in self.lines("text").items():
            with self.subTest(name):
                self.assertRegex(line, r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4} info authres: ")
                self.assertEqual(masked(line.split(": ", 1)[1]), f"{name}: {LINES[name][0]} time=Nms after-body=Nms")

    def test_json(self):
        for name, line in self.lines("json").items():
            with self.subTest(name):
                record = json.loads(line)
                self.assertRegex(record.pop("time"), r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
                self.assertEqual({type(record.pop(key)) for key in ("time_ms", "after_body_ms")}, {float})
                self.assertEqual(record, {"level": "info", "message": "message", "queue": name, **LINES[name][1]})

    def test_logfmt_says_the_same(self):
        def plain(value):
            if isinstance(value, list):
                return ",".join(value)
            return json.dumps(value) if isinstance(value, (bool, int)) else value

        for name, line in self.lines("logfmt").items():
            with self.subTest(name):
                # Of the escapes of a shell's double quotes, those of logfmt are two: of the quote and of the backslash.
                record = dict(word.split("=", 1) for word in shlex.split(line))
                self.assertEqual(list(record)[:4], ["time", "level", "message", "queue"])
                for key in ("time", "time_ms", "after_body_ms"):
                    record.pop(key)
                wanted = {"level": "info", "message": "message", "queue": name, **LINES[name][1]}
                self.assertEqual(record, {key: plain(value) for key, value in wanted.items()})

    def test_a_start_says_what_runs_and_by_which_configuration(self):
        with Filter("--log-format", "json", "--zone", *zone("plain-pass")) as milter:
            milter.stop()
            record = json.loads(milter.log().splitlines()[0])
        self.assertEqual((record["level"], record["message"], record["socket"]), ("notice", "listening", milter.socket))
        self.assertEqual((record["authserv_id"], record["name_servers"]), ("mx.example.org", ["zone files"]))
        self.assertEqual(record["version"], run("--version").stdout.decode().split()[0])


if __name__ == "__main__":
    unittest.main()
