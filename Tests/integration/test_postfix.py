"""The filter inside a real Postfix: what it stores is what counts."""
import email
import os
import re
import signal
import subprocess
import tempfile
import time
import unittest

from program import Filter, run, sample, zone
from instance import Postfix

GOOD = dict(client="192.0.2.7", hostname="mail.sender.example", helo="mail.sender.example",
            mail_from="<ann@sender.example>")
FIELD = "authentication-results"


def fields(message, name=FIELD):
    """The values of all fields of this name, unfolded, from the top."""
    parsed = email.message_from_bytes(message)
    return [re.sub(r"\s+", " ", value).strip() for key, value in parsed.items() if key.lower() == name]


def names(message):
    return [key.lower() for key in email.message_from_bytes(message).keys()]


class PostfixTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.mkdtemp(prefix="authres-postfix")
        os.chmod(cls.directory, 0o755)
        zones = os.path.join(cls.directory, "zone")
        lines = {}
        for path in zone("plain-pass", "dmarc-fail", "arc-two-sets", "ipv6-client"):
            with open(path) as source:
                lines.update(dict.fromkeys(line for line in source if "ip6:2001" not in line))
        with open(zones, "w") as out:
            out.writelines(lines)
        cls.filter = Filter("--zone", zones)
        cls.filter.start()
        with open(os.path.join(cls.directory, "prepend"), "w") as out:
            out.write("/^203\\.0\\.113\\.66$/ PREPEND Authentication-Results: mx.example.org; x-policy=pass\n"
                      "/^203\\.0\\.113\\.67$/ PREPEND Authentication-Results: policy.example; x-policy=pass\n")
        # Debian's Postfix looks for it below its own configuration, whatever cyrus_sasl_config_path says.
        sasl = os.path.join(cls.directory, "postfix", "etc", "sasl")
        os.makedirs(sasl)
        with open(os.path.join(sasl, "smtpd.conf"), "w") as out:
            out.write(f"pwcheck_method: auxprop\nauxprop_plugin: sasldb\nsasldb_path: {sasl}/db\nmech_list: PLAIN\n")
        subprocess.run(["saslpasswd2", "-p", "-c", "-u", "mx.example.org", "-f", f"{sasl}/db", "ann"], input=b"secret",
                       check=True)
        os.chmod(f"{sasl}/db", 0o644)
        cls.postfix = Postfix(os.path.join(cls.directory, "postfix"), cls.filter.socket, [
            f"smtpd_recipient_restrictions = check_client_access regexp:{cls.directory}/prepend",
            "smtpd_sasl_auth_enable = yes", "smtpd_sasl_type = cyrus", "smtpd_sasl_path = smtpd",
            "smtpd_sasl_local_domain = mx.example.org",
            "smtpd_sasl_security_options = noanonymous", "smtpd_tls_security_level = none",
            "non_smtpd_milters = $smtpd_milters"])
        cls.postfix.__enter__()
        cls.count = 0

    @classmethod
    def tearDownClass(cls):
        cls.postfix.__exit__()
        cls.filter.__exit__()

    def stored(self, message, **envelope):
        """What Postfix stores of a message that it accepts."""
        code, text = self.postfix.send(message, **{**GOOD, **envelope})
        self.assertEqual(code, 250, (text, self.filter.log()[-2000:]))
        type(self).count += 1
        return self.postfix.delivered(self.count)[-1]

    def test_forged_fields_of_every_kind_go_and_one_of_ours_stands_on_top(self):
        stored = self.stored(sample("forged-fields"))
        values = fields(stored)
        own = [value for value in values if value.startswith("mx.example.org;")]
        self.assertEqual(len(own), 1, values)
        self.assertIn("spf=pass smtp.mailfrom=sender.example", own[0])
        self.assertRegex(own[0], r"dkim=pass header\.d=sender\.example")
        self.assertEqual(values[0], own[0])
        order = names(stored)
        self.assertLess(order.index(FIELD), order.index("received"))
        sent = [value for value in fields(sample("forged-fields")) if value.split(";")[0].strip() in
                ("relay.example", "evil.example (mx.example.org)", "mx.example.org.evil.example")]
        self.assertEqual(values[1:], sent, "foreign fields are not touched")

    def test_two_hundred_forged_fields_go(self):
        values = fields(self.stored(sample("many-forged")))
        self.assertEqual(len(values), 1)
        self.assertNotIn("smtp.mailfrom=n", values[0])

    def test_more_forged_fields_than_postfix_can_remove_defer_the_message(self):
        forged = b"Authentication-Results: mx.example.org; spf=pass smtp.mailfrom=n.example\n"
        self.assertEqual(len(fields(self.stored(forged * 400 + sample("plain-pass")))), 1)
        for count in (501, 10_000):
            code, text = self.postfix.send(forged * count + sample("plain-pass"), **GOOD)
            self.assertEqual(code, 451)
            self.assertIn(b"more than 500 header fields that are to be removed", text)
        self.assertEqual(self.filter.logged("temporary failure: more than 500 forged fields (limits.removals)", 2), 2)
        self.assertEqual(len(fields(self.stored(forged + sample("plain-pass")))), 1)

    def test_names_in_any_case_and_with_space_before_the_colon(self):
        forged = b"".join(name + b" mx.example.org; spf=pass smtp.mailfrom=n.example\n" for name in (
            b"AUTHENTICATION-RESULTS:", b"authentication-results :", b"Authentication-results\t:", b"aUTHENTICATION-rESULTS  :"))
        message = forged.replace(b"AUTH", b"X-Keep: 1\nAUTH", 1) + sample("plain-pass")
        values = fields(self.stored(message))
        self.assertEqual(len(values), 1, values)

    def test_what_a_policy_service_prepends_under_our_name_goes_too(self):
        values = fields(self.stored(sample("forged-fields"), client="203.0.113.66", hostname="[203.0.113.66]"))
        self.assertEqual(sum("x-policy" in value for value in values), 0, values)
        self.assertEqual(sum(value.startswith("mx.example.org;") for value in values), 1, values)

    def test_what_it_prepends_under_a_foreign_name_stays(self):
        values = fields(self.stored(sample("plain-pass"), client="203.0.113.67", hostname="[203.0.113.67]"))
        self.assertTrue(values[0].startswith("mx.example.org;"), values)
        self.assertEqual(values[1:], ["policy.example; x-policy=pass"])

    def test_our_edits_are_what_postfix_stores(self):
        for name in ("forged-fields", "foreign-fields", "many-forged", "plain-pass"):
            with self.subTest(name):
                stored = self.stored(sample(name))
                checked = run("check", "--output", "message", "--zone", os.path.join(self.directory, "zone"),
                              "--authserv-id", "mx.example.org", "--ip", GOOD["client"], "--helo", GOOD["helo"],
                              "--mail-from", GOOD["mail_from"], "-", stdin=sample(name))
                self.assertEqual(checked.returncode, 0, checked.stderr)
                pick = lambda message: [v for k, v in email.message_from_bytes(message).items()
                                        if k.lower() not in ("return-path", "x-original-to", "delivered-to", "received")]
                self.assertEqual(pick(stored), pick(checked.stdout))

    def test_several_messages_and_a_reset_on_one_connection(self):
        smtp = self.postfix.connect(client=GOOD["client"], hostname=GOOD["hostname"], helo=GOOD["helo"])
        for _ in range(3):
            smtp.docmd("MAIL", "FROM:<x@y.example>")
            smtp.docmd("RSET")
            self.assertEqual(self.postfix.play(smtp, sample("forged-fields"), mail_from=GOOD["mail_from"])[0], 250)
            type(self).count += 1
        smtp.close()
        for message in self.postfix.delivered(self.count)[-3:]:
            own = [value for value in fields(message) if value.startswith("mx.example.org;")]
            self.assertEqual(len(own), 1)
            self.assertIn("spf=pass", own[0])

    def test_an_authenticated_submission_is_said_to_be_one_and_loses_its_forged_fields(self):
        smtp = self.postfix.connect(client="198.51.100.9", hostname="[198.51.100.9]", helo="laptop.example")
        smtp.ehlo_resp = None
        code, text = smtp.docmd("AUTH", "PLAIN AGFubkBteC5leGFtcGxlLm9yZwBzZWNyZXQ=")
        self.assertEqual(code, 235, (text, self.postfix.log()[-1500:]))
        self.assertEqual(self.postfix.play(smtp, sample("forged-fields"), mail_from="<ann@mx.example.org>")[0], 250)
        smtp.close()
        type(self).count += 1
        values = fields(self.postfix.delivered(self.count)[-1])
        own = [value for value in values if value.startswith("mx.example.org;")]
        self.assertEqual(len(own), 1, values)
        self.assertRegex(own[0], r"^mx\.example\.org; auth=pass smtp\.auth=\"?ann")
        self.assertNotIn("spf=", own[0])

    def test_the_auth_parameter_of_mail_is_told_of_whom_has_authenticated_only(self):
        for user, parameter, told in (
                (True, "ann+2Blunch@sender.example", "smtp.mailfrom=ann+lunch@sender.example"), (True, "<>", None),
                (True, "ann@mx.example.org BODY=8BITMIME", "smtp.mailfrom=ann@mx.example.org"),
                (True, "+22a+20b+22@sender.example", None), (True, "a+zz@sender.example", None),
                (False, "ann@bank.example", None), (False, "<>", None)):
            with self.subTest(user=user, parameter=parameter):
                smtp = self.postfix.connect(client=GOOD["client"], hostname=GOOD["hostname"], helo=GOOD["helo"])
                if user:
                    self.assertEqual(smtp.docmd("AUTH", "PLAIN AGFubkBteC5leGFtcGxlLm9yZwBzZWNyZXQ=")[0], 235)
                reply = self.postfix.play(smtp, sample("plain-pass"), mail_from=GOOD["mail_from"], parameters=" AUTH=" + parameter)
                self.assertEqual(reply[0], 250, reply)
                smtp.close()
                type(self).count += 1
                value = fields(self.postfix.delivered(self.count)[-1])[0]
                if user:
                    self.assertEqual(value, "mx.example.org; auth=pass smtp.auth=ann@mx.example.org" + (f" {told}" if told else ""))
                else:
                    self.assertNotIn("bank.example", value)
                    self.assertNotIn("auth=", value)
                    self.assertIn("spf=pass smtp.mailfrom=sender.example", value)

    def test_spf_judges_the_domain_whatever_postfix_lets_in_before_it(self):
        judged = "spf=pass smtp.mailfrom=sender.example;"
        for mail_from, told in (
                ("<a..b@sender.example>", judged), ("<ann.@sender.example>", judged), ("<.ann@sender.example>", judged),
                ("<@sender.example>", judged), ("<a@sender.example.>", judged), ("ann@Sender.Example", judged),
                ("ann@sender.example>", judged), ("<<ann@sender.example>>", judged), ("< ann @ sender.example >", judged),
                ("(c)<ann@sender.example>", judged), ("<ann(c)@sender.example(c)>", judged), ("<a\x01b@sender.example>", judged),
                ('<"a b"@sender.example>', judged), ('<"a@b.example".c@sender.example>', judged), ("<a)b:c@sender.example>", judged),
                ("<@relay.example:a..b@sender.example>", judged), ("<%s@sender.example>" % ("a" * 200), judged),
                ("<a@mail_1.sender.example>", 'spf=none reason="mail_1.sender.example does not exist" smtp.mailfrom=mail_1.sender.example;'),
                ("<root>", 'spf=none reason="MAIL FROM has no domain";'), ("<ann%sender.example>", 'spf=none reason="MAIL FROM has no domain";'),
                ("<sender.example!ann>", 'spf=none reason="MAIL FROM has no domain";'),
                ("<MAILER-DAEMON>", 'spf=none reason="MAIL FROM has no domain";'),
                ("<ann@b.example@sender.example>", 'spf=none reason="readers may see different domains in MAIL FROM";'),
                ("<ann(b@sender.example>", 'spf=none reason="readers may see different domains in MAIL FROM";'),
                ("<ann@sender\\.example>", 'spf=none reason="readers may see different domains in MAIL FROM";'),
                ("<@sender.example:ann>", 'spf=none reason="readers may see different domains in MAIL FROM";'),
                ("<ann@[192.0.2.7]>", 'spf=none reason="MAIL FROM has an address literal in place of a domain";')):
            with self.subTest(mail_from=mail_from):
                values = fields(self.stored(sample("plain-pass"), mail_from=mail_from))
                self.assertEqual(len(values), 1)
                self.assertIn(told, values[0])
        for helo, told in (("mail_1.sender.example", 'spf=none reason="mail_1.sender.example does not exist" smtp.helo=mail_1.sender.example;'),
                           ("sender.example.", "spf=pass smtp.helo=sender.example;"),
                           ("[192.0.2.7]", 'spf=none reason="the sender is null and HELO is not a domain name";')):
            with self.subTest(helo=helo):
                self.assertIn(told, fields(self.stored(sample("plain-pass"), mail_from="<>", helo=helo))[0])

    def test_hostile_envelopes_get_nothing_into_the_field(self):
        for helo, mail_from in (("a (good.example [192.0.2.1])", GOOD["mail_from"]), ("a;spf=pass", GOOD["mail_from"]),
                                (GOOD["helo"], "<any@sender.example(.attack.example>"),
                                (GOOD["helo"], "<(any@sender.example>"), (GOOD["helo"], "<any@sender.example'@a.attack.example>")):
            with self.subTest(helo=helo, mail_from=mail_from):
                stored = self.stored(sample("plain-pass"), helo=helo, mail_from=mail_from)
                values = fields(stored)
                self.assertEqual(len(values), 1)
                self.assertNotIn("attack", values[0])
                self.assertNotIn("good.example", values[0])
                if mail_from != GOOD["mail_from"]:
                    self.assertNotIn("spf=pass", values[0])
                    self.assertNotIn("smtp.mailfrom", values[0])

    def test_a_message_of_any_shape_has_one_field_of_ours(self):
        forged = b"Authentication-Results: mx.example.org; x=forged"
        for message in (b"", forged + b"\n", forged + b"\nSubject: x", b"\nhello\n", forged + b"\n\n.\n..\n",
                        b"X: " + b"x" * 5000 + b"\n" + forged + b"\n\n" + b"y" * 5000 + b"\n", b"Subject: \xff\n" + forged + b"\xff\n\n",
                        forged.replace(b";", b" (" + b"c" * 70_000 + b");") + b"\n\n", b" " + forged + b"\n\n"):
            with self.subTest(message=message[:60]):
                values = fields(self.stored(message))
                self.assertEqual(len(values), 1, values)
                self.assertNotIn("forged", values[0])

    def test_a_message_in_any_dialogue_has_one_field_of_ours(self):
        message = b"Authentication-Results: mx.example.org; x=forged\r\nFrom: a@sender.example\r\n\r\nb\r\n"
        begin = b"MAIL FROM:<ann@sender.example>\r\nRCPT TO:<bob@example.org>\r\n"
        bare = message.replace(b"\r\nFrom", b"\nAuthentication-Results: mx.example.org; x=forged\nFrom")
        for name, octets, count in (
                ("pipelined", (begin + b"DATA\r\n" + message + b".\r\n") * 3, 3), ("bare LF", begin + b"DATA\r\n" + bare + b".\r\n", 1),
                ("BDAT", begin + b"BDAT 20\r\n" + message[:20] + b"BDAT %d LAST\r\n" % (len(message) - 20) + message[20:], 1),
                ("begun anew", begin + b"EHLO x\r\nNOPE\r\n" + begin + b"RSET\r\n" + begin + b"DATA\r\n" + message + b".\r\n", 1)):
            with self.subTest(name):
                smtp = self.postfix.connect(client=GOOD["client"], hostname=GOOD["hostname"], helo=GOOD["helo"])
                smtp.send(octets + b"QUIT\r\n")
                while smtp.getreply()[0] != 221:
                    pass
                smtp.close()
                type(self).count += count
                for stored in self.postfix.delivered(self.count)[-count:]:
                    self.assertEqual(["forged" in value for value in fields(stored)], [False], stored[:2000])

    def test_mail_of_the_host_itself_loses_forged_fields_and_is_not_judged(self):
        message = b"Authentication-Results: mx.example.org; x=forged\nFrom: ann@sender.example\n\nhello\n"
        subprocess.run(["sendmail", "-C", self.postfix.config, "-f", "ann@sender.example", "bob@example.org"], input=message, check=True)
        type(self).count += 1
        self.assertEqual(fields(self.postfix.delivered(self.count)[-1]), ["mx.example.org; dkim=none; arc=none"])

    def test_a_client_of_which_the_mta_has_no_address_is_not_judged(self):
        value = fields(self.stored(sample("plain-pass"), client="[UNAVAILABLE]"))[0]
        self.assertRegex(value, r"^mx\.example\.org; dkim=pass [^;]*; arc=none$")

    def test_an_ipv6_client(self):
        value = fields(self.stored(sample("plain-pass"), client="2001:db8:7::1"))[0]
        self.assertIn('iprev=pass policy.iprev="2001:db8:7::1"', value)


class OutageTests(unittest.TestCase):
    """A Postfix and a filter each of their own, since the filter is stopped."""

    def test_without_the_filter_mail_is_deferred_and_sigterm_loses_nothing(self):
        directory = tempfile.mkdtemp(prefix="authres-outage")
        os.chmod(directory, 0o755)
        with Filter("--zone", *zone("plain-pass")) as milter, \
                Postfix(os.path.join(directory, "postfix"), milter.socket) as postfix:
            self.assertEqual(postfix.send(sample("plain-pass"), **GOOD)[0], 250)
            smtp = postfix.connect(client=GOOD["client"], hostname=GOOD["hostname"], helo=GOOD["helo"])
            smtp.send(b"MAIL FROM:<ann@sender.example>\r\n")
            self.assertEqual(smtp.getreply()[0], 250)
            smtp.docmd("RCPT", "TO:<bob@example.org>")
            self.assertEqual(smtp.docmd("DATA")[0], 354)
            smtp.send(sample("plain-pass").replace(b"\n", b"\r\n"))
            milter.process.send_signal(signal.SIGTERM)
            time.sleep(0.5)
            self.assertIsNone(milter.process.poll(), "a message is in flight")
            smtp.send(b".\r\n")
            self.assertEqual(smtp.getreply()[0], 250)
            smtp.close()
            self.assertEqual(milter.process.wait(30), 0)
            code, _ = postfix.send(sample("plain-pass"), **GOOD)
            self.assertEqual(code // 100, 4)
            for message in postfix.delivered(2):
                self.assertEqual(len(fields(message)), 1)
            milter.start()
            self.assertEqual(postfix.send(sample("plain-pass"), **GOOD)[0], 250)

    def test_killed_or_stopped_in_the_middle_of_a_message_mail_is_deferred(self):
        directory = tempfile.mkdtemp(prefix="authres-outage")
        os.chmod(directory, 0o755)
        with Filter("--zone", *zone("plain-pass")) as milter, \
                Postfix(os.path.join(directory, "postfix"), milter.socket,
                        ["milter_command_timeout = 2s", "milter_content_timeout = 2s"]) as postfix:
            def first_half():
                smtp = postfix.connect(client=GOOD["client"], hostname=GOOD["hostname"], helo=GOOD["helo"])
                smtp.send(b"MAIL FROM:<ann@sender.example>\r\n")
                smtp.getreply()
                smtp.docmd("RCPT", "TO:<bob@example.org>")
                self.assertEqual(smtp.docmd("DATA")[0], 354)
                smtp.send(b"From: a@sender.example\r\n\r\n" + (b"x" * 76 + b"\r\n") * 5000)
                return smtp

            def second_half(smtp):
                smtp.send(b".\r\n")
                self.assertEqual(smtp.getreply()[0] // 100, 4)
                return smtp

            smtp = first_half()
            milter.process.send_signal(signal.SIGSTOP)
            second_half(smtp).close()
            self.assertEqual(postfix.send(sample("plain-pass"), **GOOD)[0] // 100, 4)
            milter.process.send_signal(signal.SIGCONT)
            self.assertGreater(milter.logged("client=192.0.2.7: the MTA went away in the middle of a message"), 0)
            self.assertEqual(postfix.send(sample("plain-pass"), **GOOD)[0], 250)

            smtp = first_half()
            milter.process.kill()
            milter.process.wait()
            second_half(smtp)
            self.assertEqual(postfix.play(smtp, sample("plain-pass"), mail_from=GOOD["mail_from"])[0] // 100, 4)
            smtp.close()
            os.unlink(milter.path)
            milter.start()
            self.assertEqual(postfix.send(sample("plain-pass"), **GOOD)[0], 250)


if __name__ == "__main__":
    unittest.main()
