"""Real mail servers on loopback, each in a directory of its own, and a throw-away CA. Started and stopped by their PIDs."""
import os
import pwd
import signal
import socket
import subprocess
import sys
import tempfile
import time

from program import ROOT, run

sys.path.insert(0, os.path.join(ROOT, "samples", "postfix"))
from instance import Postfix, free_port  # noqa: E402


def directory(name):
    path = tempfile.mkdtemp(prefix="authres-" + name)
    os.chmod(path, 0o755)
    return path


def fragment(server, *arguments, identifier="mx.example.org"):
    """What `authres announce` prints."""
    printed = run("announce", "--for", server, "--id", identifier, *arguments)
    if printed.returncode != 0:
        raise RuntimeError(printed.stderr.decode())
    return printed.stdout.decode()


class Authority:
    """A CA of its own; its certificates are for the names given."""

    def __init__(self):
        self.root = directory("ca")
        self.path = os.path.join(self.root, "ca.pem")
        self.count = 0
        self._openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                      "-subj", "/CN=Throw-away CA", "-keyout", os.path.join(self.root, "ca.key"), "-out", self.path)

    def certificate(self, *names):
        """The paths of a certificate, its key, and both in one file."""
        self.count += 1
        base = os.path.join(self.root, f"server{self.count}")
        self._openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=" + names[0],
                      "-keyout", base + ".key", "-out", base + ".csr")
        with open(base + ".ext", "w") as out:
            out.write("subjectAltName=" + ",".join(("IP:" if name[0].isdigit() else "DNS:") + name for name in names) + "\n")
        self._openssl("x509", "-req", "-in", base + ".csr", "-CA", self.path, "-CAkey", os.path.join(self.root, "ca.key"),
                      "-CAcreateserial", "-days", "2", "-extfile", base + ".ext", "-out", base + ".pem")
        with open(base + ".both", "w") as out:
            for part in (".pem", ".key"):
                with open(base + part) as source:
                    out.write(source.read())
        return base + ".pem", base + ".key", base + ".both"

    @staticmethod
    def _openssl(*arguments):
        subprocess.run(["openssl", *arguments], check=True, capture_output=True)


class Process:
    """A server that stays in the foreground; it is there when its ports are."""

    def __init__(self, arguments, ports, root):
        self.log_path = os.path.join(root, "output")
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(arguments, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        for port in ports:
            for _ in range(400):
                try:
                    socket.create_connection(("127.0.0.1", port), 1).close()
                    break
                except OSError:
                    if self.process.poll() is not None:
                        break
                    time.sleep(0.05)
            else:
                self.stop()
            if self.process.poll() is not None:
                raise RuntimeError(arguments[0] + " did not start: " + self.log())

    def log(self):
        with open(self.log_path, errors="replace") as log:
            return log.read()

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


class Dovecot:
    """IMAP and POP3 with two users: ann@example.org, and bob@tenant.example whose site has another name. `fragment` is
    included as a file of its own, before everything else."""

    def __init__(self, authority, fragment="", names=("localhost", "127.0.0.1")):
        self.root = directory("dovecot")
        self.imap, self.imaps, self.pop3, self.proxied_pop3, self.pop3s = (free_port() for _ in range(5))
        for name in ("mail", "run", "state"):
            os.makedirs(os.path.join(self.root, name))
        owner = pwd.getpwnam("mail")
        os.chown(os.path.join(self.root, "mail"), owner.pw_uid, owner.pw_gid)
        certificate, key, _ = authority.certificate(*names)
        with open(os.path.join(self.root, "authserv.conf"), "w") as out:
            out.write(fragment)
        with open(os.path.join(self.root, "users"), "w") as out:
            home = os.path.join(self.root, "mail")
            out.write(f"ann@example.org:{{PLAIN}}secret:{owner.pw_uid}:{owner.pw_gid}::{home}/ann::\n"
                      f"bob@tenant.example:{{PLAIN}}secret:{owner.pw_uid}:{owner.pw_gid}::{home}/bob::"
                      "userdb_imap_capability=+AUTHSERV=mx.tenant.example\n")
        config = os.path.join(self.root, "dovecot.conf")
        with open(config, "w") as out:
            out.write(f"""\
base_dir = {self.root}/run
state_dir = {self.root}/state
log_path = {self.root}/log
protocols = imap pop3
listen = 127.0.0.1
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{key}
auth_mechanisms = plain login
disable_plaintext_auth = no
haproxy_trusted_networks = 127.0.0.1
login_trusted_networks =
mail_location = maildir:~/Maildir
first_valid_uid = 1
first_valid_gid = 1
!include {self.root}/authserv.conf
passdb {{
  driver = passwd-file
  args = {self.root}/users
}}
userdb {{
  driver = passwd-file
  args = {self.root}/users
}}
service imap-login {{
  inet_listener imap {{
    port = {self.imap}
  }}
  inet_listener imaps {{
    port = {self.imaps}
    ssl = yes
  }}
}}
service pop3-login {{
  inet_listener pop3 {{
    port = {self.pop3}
  }}
  inet_listener pop3s {{
    port = {self.pop3s}
    ssl = yes
  }}
  inet_listener proxied {{
    port = {self.proxied_pop3}
    haproxy = yes
  }}
}}
""")
        self.process = Process(["dovecot", "-F", "-c", config], [self.imap, self.pop3], self.root)

    def deliver(self, message, user="ann"):
        """Puts a message into a mailbox; it is there for sessions that begin afterwards."""
        owner = pwd.getpwnam("mail")
        for name in ("", "Maildir", "Maildir/tmp", "Maildir/cur", "Maildir/new"):
            path = os.path.join(self.root, "mail", user, name)
            os.makedirs(path, exist_ok=True)
            os.chown(path, owner.pw_uid, owner.pw_gid)
        path = os.path.join(self.root, "mail", user, "Maildir", "new", f"{time.time_ns()}.M1P1.test")
        with open(path, "wb") as out:
            out.write(message)
        os.chown(path, owner.pw_uid, owner.pw_gid)

    def log(self):
        with open(os.path.join(self.root, "log"), errors="replace") as log:
            return log.read()

    def stop(self):
        self.process.stop()


class Nginx:
    """nginx with what `announce` prints, and the ports of the servers behind it."""

    def __init__(self, authority, smtp_back, imap_back, pop3_back, names=("localhost", "127.0.0.1")):
        self.root = directory("nginx")
        self.smtp, self.imap, self.pop3, route = (free_port() for _ in range(4))
        certificate, key, _ = authority.certificate(*names)
        with open(os.path.join(self.root, "fragment.conf"), "w") as out:
            out.write(fragment("nginx", "--smtp", f"{self.smtp}:{smtp_back}", "--imap", f"{self.imap}:{imap_back}",
                               "--pop3", f"{self.pop3}:{pop3_back}", "--route-port", str(route),
                               "--certificate", certificate, "--key", key))
        config = os.path.join(self.root, "nginx.conf")
        with open(config, "w") as out:
            out.write(f"load_module /usr/lib/nginx/modules/ngx_mail_module.so;\nuser nobody nogroup;\ndaemon off;\npid {self.root}/pid;\n"
                      f"error_log {self.root}/log info;\nevents {{ }}\ninclude {self.root}/fragment.conf;\n")
        self.process = Process(["nginx", "-p", self.root, "-e", os.path.join(self.root, "log"), "-c", config],
                               [self.smtp, self.imap, self.pop3], self.root)

    def log(self):
        with open(os.path.join(self.root, "log"), errors="replace") as log:
            return self.process.log() + log.read()

    def stop(self):
        self.process.stop()


class HAProxy:
    """HAProxy with what `announce` prints and samples/haproxy/authserv.lua."""

    def __init__(self, authority, smtp_back, pop3_back, names=("localhost", "127.0.0.1"), edit=lambda text: text):
        self.root = directory("haproxy")
        self.smtp, self.pop3 = free_port(), free_port()
        both = authority.certificate(*names)[2]
        script = os.path.realpath(os.path.join(ROOT, "samples", "haproxy", "authserv.lua"))
        config = os.path.join(self.root, "haproxy.cfg")
        with open(config, "w") as out:
            out.write(edit(fragment("haproxy", "--smtp", f"{self.smtp}:{smtp_back}", "--pop3", f"{self.pop3}:{pop3_back}",
                                    "--certificate", both, "--script", script)))
        self.process = Process(["haproxy", "-db", "-f", config], [self.smtp, self.pop3], self.root)

    def stop(self):
        self.process.stop()


class Submission:
    """Postfix for submissions: STARTTLS on its port, another behind nginx, and one that takes the PROXY protocol."""

    def __init__(self, authority, names=("localhost", "127.0.0.1")):
        self.root = directory("postfix")
        certificate, key, _ = authority.certificate(*names)
        self.plain, self.proxied = free_port(), free_port()
        self.postfix = Postfix(os.path.join(self.root, "postfix"), "", [
            f"smtpd_tls_cert_file = {certificate}", f"smtpd_tls_key_file = {key}", "smtpd_tls_security_level = may"])
        self.starttls = self.postfix.port
        with open(os.path.join(self.postfix.config, "master.cf"), "a") as out:
            out.write(f"127.0.0.1:{self.plain} inet n - n - - smtpd -o smtpd_tls_security_level=none\n"
                      f"127.0.0.1:{self.proxied} inet n - n - - smtpd -o smtpd_upstream_proxy_protocol=haproxy\n")
        self.postfix.__enter__()

    def log(self):
        return self.postfix.log()

    def stop(self):
        self.postfix.__exit__()
