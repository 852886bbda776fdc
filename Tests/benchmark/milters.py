"""The milters that are compared, each started on a Unix socket as it is meant to be used, and what of them is measured."""
import os
import shutil
import subprocess
import sys
import time

import playing
from program import AUTHRES, zone


class Subject:
    """A milter of one or more processes."""

    name = ""
    what = ""

    def __init__(self, directory, name_server):
        self.path = os.path.join(directory, "milter")
        self.directory = directory
        self.name_server = name_server
        self.process = None

    def command(self):
        raise NotImplementedError

    def start(self):
        """Starts it, and returns the seconds until it can be connected to."""
        command = self.command()
        begin = time.monotonic()
        self.log = open(os.path.join(self.directory, "log"), "ab")
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log)
        while time.monotonic() - begin < 180:
            try:
                playing.Connection(self.path).close()
                return time.monotonic() - begin
            except (OSError, RuntimeError, IndexError):
                if self.process.poll() is not None:
                    break
                time.sleep(0.001)
        with open(self.log.name, errors="replace") as log:
            raise RuntimeError(f"{self.name} does not listen: {log.read()}")

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()
        if os.path.exists(self.path):
            os.remove(self.path)

    def processes(self):
        """The process and all below it."""
        found, waiting = [], [self.process.pid]
        while waiting:
            pid = waiting.pop()
            found.append(pid)
            for task in os.listdir(f"/proc/{pid}/task"):
                with open(f"/proc/{pid}/task/{task}/children") as source:
                    waiting += map(int, source.read().split())
        return found

    def cpu(self):
        """Seconds of user and of system time. The kernel counts these in ticks, and their sum exactly."""
        user = system = total = 0
        for pid in self.processes():
            with open(f"/proc/{pid}/stat") as source:
                fields = source.read().rpartition(")")[2].split()
            user, system = user + int(fields[11]), system + int(fields[12])
            total += time.clock_gettime(~pid << 3 | 2)  # CPUCLOCK_SCHED, as clock_getcpuclockid(3) makes it
        ticks = max(user + system, 1)
        return total * user / ticks, total * system / ticks

    def resident(self):
        """MiB, pages that processes share counted once (PSS)."""
        total = 0
        for pid in self.processes():
            with open(f"/proc/{pid}/smaps_rollup") as source:
                total += next(int(line.split()[1]) for line in source if line.startswith("Pss:"))
        return total / 1024


class Authres(Subject):
    name = "authres"
    what = "SPF, DKIM, DMARC, ARC, reverse DNS, forged fields removed"

    def command(self):
        return [AUTHRES, "milter", "--socket", "unix:" + self.path, "--socket-mode", "0666", "--authserv-id",
                "mx.example.org", "--dns-server", self.name_server, "--limits-connections", "20000"]


class OpenDKIM(Subject):
    name = "opendkim"
    what = "DKIM alone"

    def command(self):
        configuration, keys = (os.path.join(self.directory, name) for name in ("opendkim.conf", "keys"))
        with open(zone("plain-pass")[0]) as source:
            record = next(line for line in source if "_domainkey" in line)
        key = "".join(record.split('"')[1::2])
        with open(keys, "w") as out:
            out.write(f"s2048._domainkey.sender.example {key}\n")
        with open(configuration, "w") as out:
            out.write(f"Socket local:{self.path}\nMode v\nTestPublicKeys {keys}\nBackground no\nSyslog no\n"
                      "AuthservID mx.example.org\nAlwaysAddARHeader yes\nUMask 000\n")
        return ["/usr/sbin/opendkim", "-f", "-x", configuration]


class Rspamd(Subject):
    name = "rspamd"
    what = "SPF, DKIM, DMARC, ARC; its other checks off"
    modules = ("spf", "dmarc", "arc", "milter_headers")

    def command(self):
        path = os.path.join(self.directory, "rspamd.conf")
        with open(path, "w") as out:
            out.write(f"""
options {{
  filters = "dkim"; dns {{ nameserver = ["{self.name_server}"]; }}
  rrd = false; cache_file = "{self.directory}/cache"; hs_cache_dir = "{self.directory}";
  url_tld = "/usr/share/rspamd/effective_tld_names.dat"; tempdir = "{self.directory}"; explicit_modules = [];
  local_addrs = ["127.0.0.2"]; history_rows = 1; control_socket = "{self.directory}/control";
}}
logging {{ type = "console"; level = "error"; }}
modules {{ {" ".join(f'path = "/usr/share/rspamd/plugins/{name}.lua";' for name in self.modules)} }}
worker "rspamd_proxy" {{
  bind_socket = "{self.path} mode=0666"; milter = yes; timeout = 120s; count = {os.cpu_count()};
  upstream "local" {{ default = yes; self_scan = yes; }}
}}
dkim {{ }} spf {{ }} arc {{ sign_local = false; sign_inbound = false; sign_authenticated = false; }} dmarc {{ }}
milter_headers {{ use = ["authentication-results"]; authenticated_headers = ["authentication-results"];
  routines {{ authentication-results {{ header = "Authentication-Results"; remove = 0; add_smtp_user = false; }} }} }}
actions {{ reject = 150; add_header = 100; greylist = 90; }}
metric {{ name = "default"; actions {{ reject = 150; add_header = 100; greylist = 90; }} }}
""")
        return ["/usr/bin/rspamd", "-f", "-i", "-u", "root", "-g", "root", "-c", path]


class Floor(Subject):
    name = "floor"
    what = "one RSA signature verified, one field added, no checks"

    def command(self):
        program = os.path.join(self.directory, "floor")
        subprocess.run(["cc", "-O2", "-Wall", "-Wextra", "-Werror", "-o", program,
                        os.path.join(os.path.dirname(os.path.abspath(__file__)), "floor.c"), "-lcrypto"], check=True)
        return [program, self.path, playing.KEY]


def available():
    """Those that can be run here; the others are named."""
    found = []
    for subject, program in ((Authres, AUTHRES), (OpenDKIM, "/usr/sbin/opendkim"), (Rspamd, "/usr/bin/rspamd"),
                             (Floor, shutil.which("cc"))):
        if program and os.path.exists(program):
            found.append(subject)
        else:
            print(f"{subject.name} is not installed: left out", file=sys.stderr)
    return found
