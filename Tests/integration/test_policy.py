"""Rules of the policy in a real Postfix: what the client is told, what is held, what is logged."""
import glob
import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import time
import unittest

from nameserver import NameServer
from program import Filter, frame, logged, received, run, sample, zone
from instance import Postfix
from test_postfix import GOOD, fields

STRANGER = dict(client="203.0.113.66", hostname="[203.0.113.66]", helo="mail.stranger.example")
ZONE = """\
fail.example. IN TXT "v=spf1 exp=why.fail.example -all"
why.fail.example. IN TXT "100%% %{d} is \\"not\\" yours; see http://x.example/%%20"
broken.example. IN TXT "v=spf1 +nonsense -all"
dead.example. SERVFAIL
soft.example. IN TXT "v=spf1 ~all"
_dmarc.hold.example. IN TXT "v=DMARC1; p=quarantine"
_dmarc.reject.example. IN TXT "v=DMARC1; p=reject"
_dmarc.tested.example. IN TXT "v=DMARC1; p=reject; t=y"
"""
HELP = "https://mx.example.org/why?a=%20b"
RULES = """\
policy:
  help: %s
  rules:
    - {name: partner, when: {from: reject.example, clients: 198.51.100.0/24}, action: accept}
    - {name: dmarc, when: {dmarc: fail, dmarc-policy: reject}, action: reject}
    - {name: dmarc-quarantine, when: {dmarc: fail, dmarc-policy: quarantine}, action: quarantine}
    - {name: dns, when: {spf: temperror, dkim: [none, temperror]}, action: tempfail}
    - {name: broken, when: {spf: permerror}, action: reject}
    - {name: trial, when: {spf: softfail}, action: reject, dry-run: true}
    - {name: spf, when: {spf: fail}, action: reject, spf-explanation: true}
    - {name: text, when: {mail-from: text.example}, action: reject, enhanced-code: 5.7.0, text: "50%% off, 100%%%% sure: go"}
    - {name: submission, when: {peer: local, forged-fields: true}, action: reject}
""" % HELP


def message(author="ann@none.example"):
    return f"From: {author}\nSubject: x\nMessage-ID: <1@{author}>\n\nhello\n".encode()


class PolicyTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.mkdtemp(prefix="authres-policy")
        os.chmod(cls.directory, 0o755)
        cls.zone = os.path.join(cls.directory, "zone")
        lines = {}
        for path in zone("plain-pass", "dmarc-fail"):
            with open(path) as source:
                lines.update(dict.fromkeys(source))
        with open(cls.zone, "w") as out:
            out.writelines(lines)
            out.write(ZONE)
        cls.config = os.path.join(cls.directory, "authres.yaml")
        with open(cls.config, "w") as out:
            out.write(RULES)
        cls.filter = Filter("--config", cls.config, "--zone", cls.zone)
        cls.filter.start()
        # A second filter after ours, which changes nothing.
        cls.second = Filter("--zone", cls.zone, "--authserv-id", "second.example.org")
        cls.second.start()
        cls.postfix = Postfix(os.path.join(cls.directory, "postfix"), f"{cls.filter.socket}, {cls.second.socket}",
                              ["default_destination_concurrency_limit = 1"])
        cls.postfix.__enter__()

    @classmethod
    def tearDownClass(cls):
        cls.postfix.__exit__()
        cls.filter.__exit__()
        cls.second.__exit__()
        shutil.rmtree(cls.directory, ignore_errors=True)

    def play(self, text, **envelope):
        code, reply = self.postfix.send(text, **{**STRANGER, **envelope})
        return f"{code} {reply.decode()}"

    def held(self):
        return glob.glob(os.path.join(self.postfix.root, "queue", "hold", "*"))

    def refused(self, reply, rule, text, action="reject", **envelope):
        """The client, Postfix's log and ours have the same octets."""
        before = self.filter.log().count(f"rule={rule} ")
        self.assertEqual(self.play(text, **envelope), reply)
        self.assertGreater(self.filter.logged(f'action={action} rule={rule} reply="{reply}"', before + 1), before,
                           self.filter.log()[-1500:])
        told = f": {reply.split(' ', 1)[1]}; from="
        self.assertGreater(logged(self.postfix.log, told), 0, self.postfix.log()[-1500:])

    def test_a_forged_author_is_refused_with_the_code_of_several_failures(self):
        self.refused("550 5.7.26 DMARC fail: neither SPF nor DKIM authenticates bank.example, whose policy is reject; "
                     f"send through its servers, or sign with its DKIM key; see {HELP}", "dmarc", sample("dmarc-fail"), **GOOD)

    def test_every_recipient_is_refused_at_once(self):
        reply = self.play(message("ceo@reject.example"), rcpt=("<bob@example.org>", "<eve@example.org>", "<x@example.org>"))
        self.assertRegex(reply, r"^550 5\.7\.26 DMARC fail: .*reject\.example")

    def test_a_policy_that_is_tested_is_lowered(self):
        before = len(self.held())
        self.assertRegex(self.play(message("a@tested.example")), "^250 ")
        self.assertEqual(len(self.held()), before + 1)

    def test_an_exempted_partner_is_taken_from_his_network_only(self):
        text = message("ann@reject.example")
        self.assertRegex(self.play(text, client="198.51.100.7", hostname="[198.51.100.7]"), "^250 ")
        self.assertGreater(self.filter.logged("action=accept rule=partner "), 0)
        self.assertRegex(self.play(text), "^550 5.7.26 ")

    def test_a_quarantined_message_is_held_with_its_field_and_without_forged_ones(self):
        before = set(self.held())
        forged = b"Authentication-Results: mx.example.org; dmarc=pass\n" + message("a@hold.example")
        self.assertRegex(self.play(forged), "^250 ")
        new = set(self.held()) - before
        self.assertEqual(len(new), 1)
        name = os.path.basename(new.pop())
        stored = subprocess.run(["postcat", "-c", self.postfix.config, "-bh", "-q", name], capture_output=True, check=True).stdout
        values = fields(stored)
        self.assertRegex(values[0], r"^mx\.example\.org; .*dmarc=fail header\.from=hold\.example policy\.dmarc=quarantine")
        self.assertEqual(len(values), 1, "Postfix asks no filter after the one that holds a message")
        self.assertGreater(self.filter.logged("removed=1 "), 0)

    def test_a_name_server_that_fails_defers_the_message(self):
        self.refused("451 4.7.24 SPF temperror: the DNS gave no answer for dead.example; try again later; "
                     f"see {HELP}", "dns", message(), action="tempfail", mail_from="<a@dead.example>")

    def test_a_broken_record_is_named(self):
        self.refused("550 5.7.24 SPF permerror: the SPF record of broken.example has a mistake; correct it; "
                     f"see {HELP}", "broken", message(), mail_from="<a@broken.example>")

    def test_the_words_of_the_domain_are_told_where_asked_for(self):
        self.refused("550 5.7.23 SPF fail: 203.0.113.66 may not send for fail.example; send through its servers, or list the "
                     "address in its SPF record; fail.example explains: 100% fail.example is 'not' yours; "
                     f"see http://x.example/%20; see {HELP}", "spf", message(), mail_from="<a@fail.example>")

    def test_percent_signs_arrive_as_they_were_written(self):
        self.refused(f"550 5.7.0 50% off, 100%% sure: go; see {HELP}", "text", message(), mail_from="<a@text.example>")

    def test_a_dry_run_is_told_and_not_done(self):
        self.assertRegex(self.play(message(), mail_from="<a@soft.example>"), "^250 ")
        self.assertGreater(self.filter.logged(
            'action=reject rule=trial reply="550 5.7.23 SPF softfail: 203.0.113.66 may not send for soft.example; send through '
            f'its servers, or list the address in its SPF record; see {HELP}" dry-run=true'), 0, self.filter.log()[-1500:])

    def test_a_rejected_message_had_its_forged_fields_counted(self):
        forged = b"Authentication-Results: mx.example.org; dmarc=pass\n" * 3 + message("ceo@reject.example")
        self.assertRegex(self.play(forged), "^550 ")
        self.assertGreater(self.filter.logged("dmarc=fail removed=3 "), 0)
        self.assertRegex(self.filter.log(), r"dmarc=fail removed=3 \[.*\] action=reject rule=dmarc ")

    def test_whom_no_rule_is_about_is_not_judged(self):
        code, _ = self.postfix.send(message("ceo@reject.example"), client="127.0.0.2", hostname="localhost")
        self.assertEqual(code, 250)

    def test_a_rule_may_be_about_the_hosts_own(self):
        forged = b"Authentication-Results: mx.example.org; dmarc=pass\n" + message("ceo@reject.example")
        code, text = self.postfix.send(forged, client="127.0.0.2", hostname="localhost")
        self.assertEqual((code, text[:6]), (550, b"5.7.1 "))

    def test_what_no_rule_matches_goes_on_to_the_next_filter(self):
        reply = self.play(sample("plain-pass"), **GOOD)
        self.assertRegex(reply, "^250 .* queued as ")
        line = reply.split()[-1] + ": client="
        self.assertGreater(self.second.logged(line + "192.0.2.7 "), 0)
        self.assertGreater(self.filter.logged(line), 0)
        self.assertNotIn("action=", next(found for found in self.filter.log().splitlines() if line in found))

    def test_several_messages_on_one_connection_each_have_their_reply(self):
        smtp = self.postfix.connect(**STRANGER)
        for author, code in (("a@reject.example", 550), ("a@none.example", 250), ("a@reject.example", 550)):
            self.assertEqual(self.postfix.play(smtp, message(author), mail_from="<a@none.example>")[0], code)
        smtp.close()

    def test_holding_is_negotiated_only_where_a_rule_holds(self):
        for milter, actions in ((self.filter, 0x131), (self.second, 0x111)):
            with socket.socket(socket.AF_UNIX) as connection:
                connection.connect(milter.path)
                connection.sendall(frame(b"O", struct.pack(">III", 6, 0x1FF, 0x1FFFFF)))
                self.assertEqual(struct.unpack(">I", received(connection)[5:9])[0], actions)

    def test_check_and_mbox_say_what_would_be_done(self):
        common = ("--config", self.config, "--zone", self.zone, "--authserv-id", "mx.example.org")
        path = os.path.join(self.directory, "one.eml")
        with open(path, "wb") as out:
            out.write(sample("dmarc-fail"))
        envelope = ("--ip", GOOD["client"], "--helo", GOOD["helo"], "--mail-from", GOOD["mail_from"])
        checked = run("check", "--output", "json", *common, *envelope, path)
        policy = json.loads(checked.stdout)["policy"]
        reply = policy.pop("reply")
        self.assertEqual(policy, {"action": "reject", "rule": "dmarc", "dry_run": False, "tried": None})
        self.assertEqual(reply, f"{self.play(sample('dmarc-fail'), **GOOD)}")
        explained = run("check", "--explain", *common, *envelope, path).stdout.decode()
        self.assertIn("Policy: reject by rule dmarc", explained)
        self.assertIn("2. dmarc (reject) matches: dmarc is fail; dmarc-policy is reject", explained)
        self.assertIn("3. dmarc-quarantine (quarantine) does not match: dmarc-policy is reject, not quarantine", explained)

        archive = os.path.join(self.directory, "one.mbox")
        received = (b"Received: from mail.sender.example (mail.sender.example [192.0.2.7]) by mx.example.org (Postfix) with ESMTPS id 4F3; "
                    b"Tue, 14 Nov 2023 22:13:21 +0000 (UTC)\n")
        with open(archive, "wb") as out:
            for name in ("dmarc-fail", "plain-pass", "dmarc-fail"):
                out.write(b"From ann@sender.example Tue Nov 14 22:13:21 2023\nReturn-Path: <ann@sender.example>\n" + received
                          + sample(name) + b"\n")
        ran = run("mbox", *common, archive, "--report", "json", "--summary")
        self.assertEqual(ran.returncode, 0, ran.stderr)
        found = [json.loads(line)["policy"] for line in ran.stdout.splitlines() if line.startswith(b"{")]
        self.assertEqual([policy and policy["rule"] for policy in found], ["dmarc", None, "dmarc"])
        self.assertRegex((ran.stdout + ran.stderr).decode(), r"(?m)^dmarc +reject +2$")

    def test_codes_are_explained(self):
        one = run("codes", "5.7.26").stdout.decode()
        self.assertRegex(one, r"^5\.7\.26  Multiple authentication checks failed\n")
        self.assertIn("basic codes: 550", one)
        self.assertIn("RFC 7372", one)
        self.assertEqual(len(run("codes").stdout.splitlines()), 81)
        wrong = run("codes", "5.7.99")
        self.assertEqual(wrong.returncode, 65)
        self.assertIn(b"5.7.99", wrong.stderr)


class ChangedRulesTests(unittest.TestCase):
    """A Postfix and a filter of its own, since the rules are changed."""

    def test_a_message_keeps_the_rules_it_began_with(self):
        directory = tempfile.mkdtemp(prefix="authres-rules")
        os.chmod(directory, 0o755)
        config = os.path.join(directory, "authres.yaml")

        def write(rules):
            with open(config, "w") as out:
                out.write("policy: {rules: [" + rules + "]}\n")

        write("")
        zones = os.path.join(directory, "zone")
        with open(zones, "w") as out:
            out.write(ZONE)
        with NameServer([zones]) as server, Filter("--config", config, "--dns-server", server.address) as milter, \
                Postfix(os.path.join(directory, "postfix"), milter.socket) as postfix:
            def begin(domain):
                smtp = postfix.connect(**STRANGER)
                smtp.docmd("MAIL", f"FROM:<a@{domain}>")
                smtp.docmd("RCPT", "TO:<bob@example.org>")
                self.assertEqual(smtp.docmd("DATA")[0], 354)
                # The filter says nothing before the end of a message; that it asks for the record shows that it has begun.
                for _ in range(2400):
                    if server.queries[domain, "TXT"]:
                        return smtp
                    time.sleep(0.05)
                self.fail("the filter has not begun the message")

            def end(smtp):
                smtp.send(message("a@reject.example").replace(b"\n", b"\r\n") + b".\r\n")
                return smtp.getreply()[0]

            def reload(wanted):
                milter.process.send_signal(signal.SIGHUP)
                self.assertEqual(milter.logged("SIGHUP: configuration reloaded", wanted), wanted)

            smtp = begin("one.example")
            write("{name: hold, when: {dmarc: fail}, action: quarantine}")
            reload(1)
            self.assertEqual(end(smtp), 250, "it began without rules")
            # Holding was not negotiated on this connection: the message is deferred, and comes again on another.
            reply = "451 4.3.0 The rules of this site have just changed; try again later"
            code, text = postfix.play(smtp, message("a@reject.example"), mail_from="<a@none.example>")
            self.assertEqual(f"{code} {text.decode()}", reply)
            self.assertGreater(milter.logged(f'action=tempfail rule=hold reply="{reply}"'), 0)
            smtp.close()
            smtp = begin("two.example")
            write("{name: no, when: {dmarc: fail}, action: reject}")
            reload(2)
            self.assertEqual(end(smtp), 250, "held, as when it began")
            self.assertEqual(len(glob.glob(os.path.join(postfix.root, "queue", "hold", "*"))), 1)
            self.assertEqual(postfix.play(smtp, message("a@reject.example"), mail_from="<a@none.example>")[0], 550)
            smtp.close()
            write("{name: no, when: {dmark: fail}, action: reject}")
            milter.process.send_signal(signal.SIGHUP)
            self.assertEqual(milter.logged("SIGHUP: the configuration stays as it was"), 1)
            self.assertIn(f"{config}:1:36: when.dmark: no such condition", milter.log())
            self.assertEqual(postfix.send(message("a@reject.example"), mail_from="<a@none.example>", **STRANGER)[0], 550)
        shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    unittest.main()
