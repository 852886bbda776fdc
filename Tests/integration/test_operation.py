"""What an operator does: checks a configuration, tries the filter without consequences, reads the help."""
import os
import re
import subprocess
import tempfile
import unittest

from program import MESSAGES, Filter, frame, run, sample, zone
from test_attacks import played

FORGED = os.path.join(MESSAGES, "forged-fields", "message.eml")


class CheckTests(unittest.TestCase):
    def check(self, text, *arguments):
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            file.write(text)
            file.flush()
            result = run("config", *arguments, "--config", file.name)
            return result.returncode, result.stdout.decode(), result.stderr.decode().replace(file.name, "F")

    def test_a_good_configuration_is_not_talked_about(self):
        self.assertEqual(self.check("authserv-id: mx.one.example\n", "--check"), (0, "", ""))

    def test_mistakes_are_listed_and_nothing_else(self):
        code, out, err = self.check("authserv_id: a\nfrom: b\nauthserv-id: $myhostname\n", "--check")
        self.assertEqual((code, out), (78, ""))
        self.assertEqual([line.split(": ", 2)[1] for line in err.splitlines()], ["F:1:1", "F:2:1", "F:3:14"])

    def test_warnings_do_not_fail_and_are_shown_with_the_configuration_too(self):
        warning = "authres: warning: F:1:14: authserv-id: mx.example.org is a name for documentation; replace it by your own\n"
        self.assertEqual(self.check("authserv-id: mx.example.org\n", "--check"), (0, "", warning))
        code, out, err = self.check("authserv-id: mx.example.org\n")
        self.assertEqual((code, err), (0, warning))
        self.assertIn("authserv-id: mx.example.org  # ", out)

    def test_the_filter_logs_warnings_after_it_listens(self):
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            file.write("also-remove: [Authentication-Results]\n")
            file.flush()
            with Filter("--config", file.name, "--zone", *zone("plain-pass")) as milter:
                self.assertEqual(milter.logged("warning authres: " + file.name + ":1:14: also-remove: "), 1, milter.log())


class DryRunTests(unittest.TestCase):
    RULES = "dry-run: %s\npolicy: {rules: [{name: all, when: {dmarc: [pass, fail, none]}, action: reject}]}\n"

    def test_everything_is_judged_and_logged_and_nothing_is_changed(self):
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            file.write(self.RULES % "true")
            file.flush()
            with Filter("--config", file.name, "--zone", *zone("forged-fields")) as milter:
                result = run("send", "--socket", milter.socket, "--output", "message", FORGED)
                self.assertEqual((result.returncode, result.stdout), (0, sample("forged-fields")), result.stderr)
                self.assertEqual(milter.logged("action=reject rule=all"), 1, milter.log())
                line = [line for line in milter.log().splitlines() if "rule=all" in line][0]
                self.assertRegex(line, r" spf=pass .* removed=[1-9].* dry-run=true ")
                self.assertEqual(milter.log().count("dry-run: messages are judged and logged, and not changed"), 1)
                # Live, by nothing but a reload.
                file.seek(0)
                file.write(self.RULES % "false")
                file.truncate()
                file.flush()
                milter.process.send_signal(1)
                self.assertEqual(milter.logged("configuration reloaded"), 1)
                result = run("send", "--socket", milter.socket, FORGED)
                self.assertIn(b"550", result.stdout)

    def test_what_cannot_be_judged_is_passed_on_too(self):
        client = frame(b"C", b"mail.sender.example\0004\x00\x19nonsense\0")
        for flags, answer in (((), b"t"), (("--dry-run", "true"), b"c")):
            with self.subTest(flags), Filter("--zone", *zone("plain-pass"), *flags) as milter:
                self.assertEqual(played(milter, client=client)[-1], answer)
                self.assertEqual(milter.logged("dry-run: passed on without a judgement: unusable client address"), len(flags) // 2)


class HelpTests(unittest.TestCase):
    def test_lint_has_no_help_of_sockets(self):
        text = run("lint", "--help").stdout.decode()
        self.assertIn("--own-hosts <name>", text)
        self.assertNotIn("--socket", text)
        self.assertLess(len(text.splitlines()), 60)


class DocumentTests(unittest.TestCase):
    """What the package installs beside the program."""

    PAGES = ("authres.1", "authres-milter.8", "authres.yaml.5")

    @classmethod
    def setUpClass(cls):
        # Long to make in a debug build.
        cls.pages = {page: run("config", "--man", page).stdout for page in cls.PAGES}

    def test_man_shows_the_pages_without_a_complaint(self):
        for page in self.PAGES:
            with self.subTest(page), tempfile.NamedTemporaryFile("wb", suffix="." + page[-1]) as file:
                file.write(self.pages[page])
                file.flush()
                result = subprocess.run(["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", file.name], capture_output=True,
                                        env={**os.environ, "MANWIDTH": "80", "LC_ALL": "C.UTF-8", "MANROFFSEQ": ""})
                self.assertEqual((result.returncode, result.stderr), (0, b""))
                self.assertGreater(len(result.stdout), 2000)

    def test_every_command_and_every_key_has_its_place(self):
        program, milter, keys = (self.pages[page].decode().replace("\\-", "-") for page in self.PAGES)
        commands = re.findall(r"(?m)^  ([a-z][a-z-]+) ", run("--help").stdout.decode().partition("SUBCOMMANDS:")[2])
        self.assertGreater(len(commands), 10)
        for command in commands:
            self.assertIn(f'.SS "authres {command}"', program)
        for line in run("config").stdout.decode().splitlines():
            key = re.match(r"(?:# )? *([a-z-]+):", line)
            self.assertTrue(key is None or re.search(rf"\\fB(?:[a-z-]+\.)?{key[1]}", keys) or f"\n{key[1]}" in keys or line.endswith(":"), line)
        for heading in ("POSTFIX", "SENDMAIL", "WHAT A 451 MEANS", "WATCHING IT"):
            self.assertIn(f'.SH "{heading}"', milter)

    def test_completions_and_version(self):
        script = run("--generate-completion-script", "bash").stdout.decode()
        self.assertTrue("_authres" in script and "--dns-timeout" in script, script[:200])
        version = run("--version").stdout.decode().splitlines()
        self.assertRegex(version[0], r"^\d+\.\d+\.\d+$")
        self.assertEqual([line.split()[0] for line in version[1:]], ["commit", "swift", "libspf2", "libopendkim", "cares"])
        self.assertNotIn("unknown", "\n".join(version[2:]))


if __name__ == "__main__":
    unittest.main()
