#!/usr/bin/env python3
"""A separate Postfix: its configuration, queue and mailbox in one directory, one port on loopback, nothing shared with
a Postfix that the machine may run. Used by samples/quickstart --postfix and by the tests. Must run as root, as Postfix
does; needs Debian's postfix.

    with Postfix(directory, milter="unix:/path/to/socket") as postfix:
        reply = postfix.send(message, client="192.0.2.7", ...)
        stored = postfix.delivered(1)
"""
import glob
import os
import pwd
import smtplib
import socket
import subprocess
import time

MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
pickup    unix n - n 60 1 pickup
cleanup   unix n - n - 0 cleanup
qmgr      unix n - n 300 1 qmgr
rewrite   unix - - n - - trivial-rewrite
bounce    unix - - n - 0 bounce
defer     unix - - n - 0 bounce
trace     unix - - n - 0 bounce
verify    unix - - n - 1 verify
flush     unix n - n 1000? 0 flush
proxymap  unix - - n - - proxymap
smtp      unix - - n - - smtp
showq     unix n - n - - showq
error     unix - - n - - error
retry     unix - - n - - error
discard   unix - - n - - discard
local     unix - n n - - local
virtual   unix - n n - - virtual
anvil     unix - - n - 1 anvil
tlsmgr    unix - - n 1000? 1 tlsmgr
postlog   unix-dgram n - n - 1 postlogd
"""

MAIN = """\
compatibility_level = 3.6
queue_directory = {root}/queue
data_directory = {root}/data
mail_owner = postfix
setgid_group = postdrop
myhostname = mx.example.org
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = all
mynetworks = 127.0.0.0/8
maillog_file = {root}/log
maillog_file_prefixes = {root}
alias_maps =
alias_database =
virtual_mailbox_domains = example.org
virtual_mailbox_base = {root}/mail
virtual_mailbox_maps = static:box/
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
smtpd_authorized_xclient_hosts = 127.0.0.0/8
smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination
smtpd_recipient_restrictions =
smtpd_client_restrictions =
smtpd_peername_lookup = no
smtpd_forbid_bare_newline = normalize
local_header_rewrite_clients =
disable_dns_lookups = yes
smtpd_milters = {milter}
milter_default_action = tempfail
message_size_limit = 0
virtual_mailbox_limit = 0
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Postfix:
    def __init__(self, directory, milter, settings=()):
        """`milter` as in smtpd_milters; `settings` are more lines of main.cf."""
        self.root = os.path.abspath(directory)
        self.config = os.path.join(self.root, "etc")
        self.port = free_port()
        owner = pwd.getpwnam("postfix")
        for name in ("etc", "queue", "data", "mail"):
            os.makedirs(os.path.join(self.root, name), exist_ok=True)
        os.chown(os.path.join(self.root, "data"), owner.pw_uid, owner.pw_gid)
        os.chown(os.path.join(self.root, "mail"), owner.pw_uid, owner.pw_gid)
        os.chmod(self.root, 0o755)
        values = dict(root=self.root, milter=milter, port=self.port, uid=owner.pw_uid, gid=owner.pw_gid)
        with open(os.path.join(self.config, "main.cf"), "w") as out:
            # A given line overrides one with the same name.
            given = {line.split("=")[0].strip() for line in settings}
            lines = [line for line in MAIN.format(**values).splitlines() if line.split("=")[0].strip() not in given]
            out.write("".join(line + "\n" for line in [*lines, *settings]))
        with open(os.path.join(self.config, "master.cf"), "w") as out:
            out.write(MASTER.format(**values))

    def _postfix(self, *arguments):
        return subprocess.run(["postfix", "-c", self.config, *arguments], capture_output=True, text=True)

    def __enter__(self):
        result = self._postfix("start")
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return self
            except OSError:
                time.sleep(0.05)
        raise RuntimeError("postfix did not start: " + result.stderr + self.log())

    def __exit__(self, *_):
        self._postfix("stop")

    def log(self):
        try:
            with open(os.path.join(self.root, "log"), errors="replace") as log:
                return log.read()
        except FileNotFoundError:
            return ""

    def connect(self, client=None, hostname=None, helo="client.example", esmtp=True):
        """An SMTP connection on which Postfix sees the client address `client` (XCLIENT)."""
        smtp = smtplib.SMTP("127.0.0.1", self.port, local_hostname="localhost", timeout=60)
        smtp.ehlo("localhost")
        if client:
            address = "IPV6:" + client if ":" in client else client
            name = hostname if hostname and not hostname.startswith("[") else "[UNAVAILABLE]"
            code, text = smtp.docmd("XCLIENT", f"ADDR={address} NAME={name}")
            if code != 220:
                raise smtplib.SMTPResponseException(code, text)
        if helo is not None:
            smtp.putcmd("EHLO" if esmtp else "HELO", helo)
            smtp.getreply()
        return smtp

    def send(self, message, mail_from="<a@client.example>", rcpt=("<bob@example.org>",), parameters="", **connection):
        """Plays one message; returns the reply to its end, or to the command that was refused, as (code, text)."""
        smtp = self.connect(**connection)
        try:
            return self.play(smtp, message, mail_from, rcpt, parameters)
        finally:
            smtp.close()

    @staticmethod
    def play(smtp, message, mail_from="<a@client.example>", rcpt=("<bob@example.org>",), parameters=""):
        command = f"MAIL FROM:{mail_from}{parameters}"
        smtp.send(command.encode() + b"\r\n")
        reply = smtp.getreply()
        if reply[0] != 250:
            return reply
        for recipient in rcpt:
            reply = smtp.docmd("RCPT", f"TO:{recipient}")
            if reply[0] != 250:
                return reply
        reply = smtp.docmd("DATA")
        if reply[0] != 354:
            return reply
        lines = message.replace(b"\r\n", b"\n").split(b"\n")
        if lines[-1] == b"":
            lines.pop()
        smtp.send(b"".join((b"." if line.startswith(b".") else b"") + line + b"\r\n" for line in lines) + b".\r\n")
        return smtp.getreply()

    def delivered(self, count, seconds=30):
        """The messages in the mailbox, oldest first, when there are `count` of them."""
        pattern = os.path.join(self.root, "mail", "box", "new", "*")
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            paths = glob.glob(pattern)
            if len(paths) >= count:
                messages = []
                for path in sorted(paths, key=lambda path: os.stat(path).st_mtime_ns):
                    with open(path, "rb") as source:
                        messages.append(source.read())
                return messages
            time.sleep(0.05)
        raise RuntimeError(f"{len(glob.glob(pattern))} of {count} messages delivered\n" + self.log())
