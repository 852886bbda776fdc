"""The running filter: another MTA's client, load, memory, slow name servers, signals."""
import contextlib
import os
import re
import signal
import socket
import struct
import subprocess
import tempfile
import threading
import time
import unittest

from nameserver import NameServer, RoundServer
from program import AUTHRES, MESSAGES, Filter, frame, received, run, sample, zone

SESSION = r'''
conn = mt.connect("%s")
assert(conn ~= nil, "connect")
function message(from, value, wanted)
    assert(mt.macro(conn, SMFIC_MAIL, "i", "Q1", "{mail_addr}", from) == nil)
    assert(mt.mailfrom(conn, "<" .. from .. ">") == nil)
    assert(mt.rcptto(conn, "<bob@example.org>") == nil)
    assert(mt.header(conn, "From", "Ann <ann@sender.example>") == nil)
    assert(mt.header(conn, "Authentication-Results", "other.example; spf=pass smtp.mailfrom=a.example") == nil)
    for i = 1, 3 do assert(mt.header(conn, "Authentication-Results", value) == nil) end
    assert(mt.eoh(conn) == nil)
    assert(mt.bodystring(conn, "Hello\r\n") == nil)
    assert(mt.eom(conn) == nil)
    assert(mt.getreply(conn) == SMFIR_ACCEPT or mt.getreply(conn) == SMFIR_CONTINUE, "verdict")
    for i = 2, 4 do
        assert(mt.eom_check(conn, MT_HDRDELETE, "Authentication-Results", i), "removal of " .. i)
    end
    assert(not mt.eom_check(conn, MT_HDRDELETE, "Authentication-Results", 1), "the foreign field stays")
    assert(mt.eom_check(conn, MT_HDRINSERT, "Authentication-Results"), "insertion")
    local field = mt.getheader(conn, "Authentication-Results", 0)
    assert(string.find(field, wanted, 1, true), field)
end
assert(mt.conninfo(conn, "mail.sender.example", "192.0.2.7") == nil)
assert(mt.helo(conn, "mail.sender.example") == nil)
message("ann@sender.example", "mx.example.org; spf=pass", "spf=pass")
assert(mt.macro(conn, SMFIC_MAIL, "i", "Q2") == nil)
assert(mt.mailfrom(conn, "<x@y.example>") == nil)
assert(mt.header(conn, "Authentication-Results", "mx.example.org; spf=pass") == nil)
assert(mt.abort(conn) == nil)
assert(mt.abort(conn) == nil)
message("ann@sender.example", "MX.example.org; dkim=pass", "spf=pass")
message("ann@other.example", "mx.example.org 1; dkim=pass", "spf=none")
mt.disconnect(conn)
'''


def zones(*names):
    """The flags that name the zones of samples."""
    return [flag for path in zone(*names) for flag in ("--zone", path)]


def segments_sent(connection):
    """Segments with data that have been sent: tcpi_data_segs_out (linux/tcp.h)."""
    return struct.unpack_from("=I", connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 160), 156)[0]


def is_at_rest(pid):
    """True if each of its threads waits for something."""
    states = []
    for thread in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{thread}/stat") as stat:
            states.append(stat.read().rpartition(")")[2].split()[0])
    return set(states) == {"S"}


def memory_after(milter, size, count, connections):
    with tempfile.NamedTemporaryFile(suffix=".eml") as message:
        message.write(sample("plain-pass") + (b"x" * 76 + b"\n") * (size // 77))
        message.flush()
        result = run("send", "--socket", milter.socket, "--count", str(count), "--connections", str(connections),
                     "--ip", "192.0.2.7", "--helo", "mail.sender.example", "--mail-from", "<ann@sender.example>", message.name)
    return result, milter.status("VmHWM")


class MilterTests(unittest.TestCase):
    def test_miltertest_drives_several_messages_and_an_abort(self):
        with Filter(*zones("plain-pass")) as milter, tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
            script.write(SESSION % milter.socket)
            script.flush()
            result = subprocess.run(["miltertest", "-s", script.name], capture_output=True, text=True, timeout=60)
            self.assertEqual(result.returncode, 0, result.stdout + result.stderr + milter.log())

    def test_a_thousand_messages_over_fifty_connections(self):
        with Filter(*zones("plain-pass")) as milter:
            result = run("send", "--socket", milter.socket, "--count", "1000", "--connections", "50",
                         os.path.join(MESSAGES, "plain-pass", "message.eml"))
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertRegex(result.stdout.decode(), r"failures\D+0\b|0 fail")
            self.assertEqual(milter.logged("spf=pass", 1000), 1000)
            self.assertEqual(milter.stop(), 0)

    def test_memory_does_not_grow_with_the_body(self):
        with Filter(*zones("plain-pass")) as milter:
            result, small = memory_after(milter, 2_000, 100, 10)
            self.assertEqual(result.returncode, 0, result.stderr)
            result, large = memory_after(milter, 20_000_000, 10, 10)
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertLess(large - small, 16 * 1024, f"{small} KiB with 2 KB, {large} KiB with 20 MB")

    def test_five_hundred_messages_wait_for_slow_name_servers_and_no_thread_does(self):
        def questions(numbers):
            return {(name.format(number), "TXT") for number in numbers for name in ("h{}.example", "d{}.example", "_dmarc.d{}.example")}

        # The five hundred have their answers when the last of them has asked: if one waited for another, none would have any.
        rounds = [questions([0]) | {("_dmarc.example", "TXT")}, questions(range(1, 501))]
        with RoundServer([], rounds) as server, contextlib.ExitStack() as stack, \
                Filter("--dns-server", server.address, "--dns-timeout", "60s", "--limits-deadline", "60s",
                       "--checks-iprev", "false") as milter:
            def begun(number):
                """The connection of a message that has a client and a domain of its own; it is sent to its end."""
                connection = stack.enter_context(socket.socket(socket.AF_UNIX))
                connection.connect(milter.path)
                name, address = f"h{number}.example".encode(), f"10.0.{number >> 8}.{number & 255}".encode()
                connection.sendall(
                    frame(b"O", struct.pack(">III", 6, 0x1FF, 0x1FFFFF))
                    + frame(b"C", name + b"\0004" + struct.pack(">H", 25) + address + b"\0") + frame(b"H", name + b"\0")
                    + frame(b"M", f"<a@d{number}.example>\0".encode()) + frame(b"L", f"From\0 a@d{number}.example\0".encode())
                    + frame(b"N") + frame(b"B", b"Hello\r\n") + frame(b"E"))
                return connection

            def wait_for_the_end_of(connection):
                while received(connection)[:1] != b"c":
                    pass

            # Nearly all threads that ever are have started when one message is through.
            wait_for_the_end_of(begun(0))
            rest = milter.status("Threads")
            most, done = [rest], threading.Event()

            def watch():
                while not done.wait(0.05):
                    most.append(milter.status("Threads"))

            watcher = threading.Thread(target=watch)
            watcher.start()
            try:
                for connection in [begun(number) for number in range(1, 501)]:
                    wait_for_the_end_of(connection)
            finally:
                done.set()
                watcher.join()
            self.assertEqual(milter.logged("spf=none", 501), 501, milter.log()[-2000:])
            # The language's pool starts one for each core, as they are needed.
            self.assertLessEqual(max(most), rest + os.cpu_count(), "threads at rest and at most")

    def test_questions_are_asked_as_early_as_they_can_be_known(self):
        with open(zone("two-signatures")[0]) as source:
            lines = [line for line in source if "v=spf1" not in line]
        lines += ['sender.example. IN TXT "v=spf1 include:a.example include:b.example include:c.example -all"\n',
                  'a.example. IN TXT "v=spf1 ip4:203.0.113.1 -all"\n', 'b.example. IN TXT "v=spf1 a:h.example -all"\n',
                  'h.example. IN A 203.0.113.2\n', 'c.example. IN TXT "v=spf1 include:d.example -all"\n',
                  'd.example. IN TXT "v=spf1 ip4:192.0.2.7 -all"\n']
        # Three round trips, whatever the number of signatures and includes: of each, nothing is asked later.
        rounds = [{("7.2.0.192.in-addr.arpa", "PTR"), ("mail.sender.example", "TXT"), ("sender.example", "TXT"),
                   ("l1._domainkey.list.example", "TXT"), ("s2048._domainkey.sender.example", "TXT"),
                   ("_dmarc.sender.example", "TXT"), ("_dmarc.example", "TXT")},
                  {("mail.sender.example", "A"), ("a.example", "TXT"), ("b.example", "TXT"), ("c.example", "TXT")},
                  {("h.example", "A"), ("d.example", "TXT")}]
        with tempfile.NamedTemporaryFile("w") as records:
            records.writelines(lines)
            records.flush()
            with RoundServer([records.name], rounds) as server, \
                    Filter("--dns-server", server.address, "--dns-timeout", "60s", "--limits-deadline", "60s") as milter:
                for _ in range(2):
                    result = run("send", "--socket", milter.socket, os.path.join(MESSAGES, "two-signatures", "message.eml"))
                    self.assertEqual(result.returncode, 0, result.stderr)
                self.assertEqual(milter.logged("spf=pass", 2), 2)
                self.assertEqual(milter.logged("dkim=pass", 4), 4)
            # The second message found every answer known.
            self.assertEqual(server.queries, dict.fromkeys(set().union(*rounds), 1))

    def test_behind_a_slow_body_nothing_is_waited_for(self):
        # All that is ever asked is asked, and answered, before the body has ended.
        with NameServer(zone("two-signatures"), delay=0.1) as server:
            total = self.questions(server, lambda: True)
        self.assertGreater(total, 5)
        with NameServer(zone("two-signatures"), delay=0.1) as server:
            def are_answered():
                return sum(server.queries.values()) >= total and server.pending == 0

            self.assertEqual(self.questions(server, are_answered), total)

    def test_over_tcp_no_command_waits_for_an_acknowledgement(self):
        with tempfile.TemporaryDirectory() as directory, socket.create_server(("127.0.0.1", 0)) as listener:
            log = open(os.path.join(directory, "log"), "wb")
            listener.set_inheritable(True)
            arguments = [AUTHRES, "milter", "--socket", f"fd:{listener.fileno()}", "--authserv-id", "mx.example.org", *zones("plain-pass")]
            with log, subprocess.Popen(arguments, stderr=log, pass_fds=[listener.fileno()]) as process, \
                    contextlib.ExitStack() as stack, socket.create_connection(listener.getsockname(), 60) as connection:
                stack.callback(process.terminate)
                connection.sendall(frame(b"O", struct.pack(">III", 6, 0x1FF, 0x1FFFFF)))
                received(connection)
                connection.sendall(frame(b"C", b"mail.sender.example\0004" + struct.pack(">H", 25) + b"192.0.2.7\0"))
                segments = []
                for _ in range(10):
                    before = segments_sent(connection)
                    # Each in a segment of its own, as Postfix does it.
                    for command in (frame(b"M", b"<ann@sender.example>\0"), frame(b"T"), frame(b"L", b"From\0 a@sender.example\0"),
                                    frame(b"N"), frame(b"B", b"Hello\r\n"), frame(b"E")):
                        # What it has read is acknowledged by then.
                        while not is_at_rest(process.pid):
                            time.sleep(0.001)
                        connection.sendall(command)
                    while received(connection)[:1] != b"c":
                        pass
                    segments.append(segments_sent(connection) - before)
            # If the kernel waited before it acknowledged (40 ms), those that wait for it would be sent as one (Nagle).
            self.assertEqual(sorted(segments)[5], 6, segments)

    def questions(self, server, may_end):
        """How many questions a message causes whose end comes when that is so."""
        with Filter("--dns-server", server.address) as milter, socket.socket(socket.AF_UNIX) as connection:
            connection.connect(milter.path)
            head, body = sample("two-signatures").split(b"\n\n", 1)
            fields = re.findall(rb"^([\w-]+):((?:.|\n[ \t])*)", head, re.MULTILINE)
            connection.sendall(frame(b"O", struct.pack(">III", 6, 0x1FF, 0x1FFFFF)))
            received(connection)
            connection.sendall(
                frame(b"C", b"mail.sender.example\0004" + struct.pack(">H", 25) + b"192.0.2.7\0")
                + frame(b"H", b"mail.sender.example\0") + frame(b"M", b"<ann@sender.example>\0")
                + b"".join(frame(b"L", name + b"\0" + value + b"\0") for name, value in fields) + frame(b"N"))
            for _ in range(1200):
                if may_end():
                    break
                time.sleep(0.025)
            self.assertTrue(may_end(), server.queries)
            connection.sendall(frame(b"B", body.replace(b"\n", b"\r\n")))
            connection.sendall(frame(b"E"))
            self.assertIn(b"dkim=pass header.d=list.example", received(connection))
            return sum(server.queries.values())

    def test_sighup_reloads_and_a_mistake_is_reported_and_changes_nothing(self):
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            def write(text):
                file.seek(0)
                file.truncate()
                file.write(text)
                file.flush()

            write("own-ids: [first.example]\n")
            with Filter("--config", file.name, *zones("plain-pass")) as milter:
                def removed(name):
                    message = f"Authentication-Results: {name}; spf=pass\n".encode() + sample("plain-pass")
                    with tempfile.NamedTemporaryFile(suffix=".eml") as source:
                        source.write(message)
                        source.flush()
                        output = run("send", "--socket", milter.socket, "--output", "message", source.name).stdout
                    return name.encode() not in output

                self.assertTrue(removed("first.example"))
                self.assertFalse(removed("second.example"))
                write("own-ids: [second.example]\n")
                milter.process.send_signal(signal.SIGHUP)
                for _ in range(100):
                    if removed("second.example"):
                        break
                    time.sleep(0.05)
                self.assertTrue(removed("second.example"))
                self.assertFalse(removed("first.example"))
                write("own-ids: [third.example]\nno-such-key: 1\n")
                milter.process.send_signal(signal.SIGHUP)
                self.assertGreater(milter.logged("no-such-key"), 0, milter.log())
                self.assertTrue(removed("second.example"))

    def test_reverse_dns_is_asked_for_at_the_connection_and_still_known_after_sighup(self):
        pointer = ("7.2.0.192.in-addr.arpa", "PTR")
        with NameServer(zone("plain-pass")) as server, Filter("--dns-server", server.address) as milter, \
                socket.socket(socket.AF_UNIX) as connection:
            connection.connect(milter.path)
            connection.sendall(frame(b"O", struct.pack(">III", 6, 0x1FF, 0x1FFFFF)))
            received(connection)
            connection.sendall(frame(b"C", b"mail.sender.example\0004" + struct.pack(">H", 25) + b"192.0.2.7\0"))
            for _ in range(400):
                if server.queries[pointer]:
                    break
                time.sleep(0.025)
            self.assertEqual(server.queries[pointer], 1)
            milter.process.send_signal(signal.SIGHUP)
            self.assertEqual(milter.logged("configuration reloaded"), 1)
            self.assertEqual(run("send", "--socket", milter.socket, "--ip", "192.0.2.7", "--helo", "mail.sender.example",
                                 os.path.join(MESSAGES, "plain-pass", "message.eml")).returncode, 0)
            self.assertEqual(server.queries[pointer], 1)

    def test_a_reader_of_the_log_that_stops_stops_neither_mail_nor_signals(self):
        reading, writing = os.pipe()
        with Filter(*zones("plain-pass")) as milter:
            milter.stop()
            with subprocess.Popen(milter.arguments, stdout=writing, stderr=writing) as process:
                milter.process = process
                self.assertTrue(milter.listens())
                # A pipe takes 64 KiB, three hundred lines.
                result = run("send", "--socket", milter.socket, "--count", "2000", "--connections", "10",
                             os.path.join(MESSAGES, "plain-pass", "message.eml"))
                self.assertEqual(result.returncode, 0, result.stderr)
                self.assertEqual(milter.stop(), 0)
        os.close(writing)
        with open(reading) as log:
            self.assertGreater(log.read().count("spf=pass"), 0)

    def test_without_descriptors_it_waits_and_serves_again_when_there_are(self):
        with Filter(*zones("plain-pass")) as milter:
            milter.stop()
            milter.arguments = ["bash", "-c", 'ulimit -n 48; exec "$@"', "-", *milter.arguments]
            milter.start()
            held = []
            for _ in range(300):
                held.append(socket.socket(socket.AF_UNIX))
                held[-1].connect(milter.path)
            self.assertEqual(milter.logged("a connection could not be accepted"), 1, milter.log())
            self.assertEqual(milter.logged("limits.connections is 2000, but only 48 descriptors may be open"), 1, milter.log())
            for connection in held:
                connection.close()
            result = run("send", "--socket", milter.socket, os.path.join(MESSAGES, "plain-pass", "message.eml"))
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertEqual(milter.stop(), 0)

    def test_sighup_takes_no_file_that_has_become_empty_or_was_cut_off(self):
        good = "# ours\nauthserv-id: mx.example.org\nown-ids: [old.example.org]\nlimits:\n  deadline: 10s\n"
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file, tempfile.TemporaryDirectory() as directory:
            def write(text):
                with open(file.name, "w") as out:
                    out.write(text)

            def reload(wanted, count=1):
                before = milter.log().count(wanted)
                milter.process.send_signal(signal.SIGHUP)
                self.assertEqual(milter.logged(wanted, before + count), before + count, milter.log())

            write(good)
            milter = Filter(directory=directory)
            milter.arguments = [AUTHRES, "milter", "--socket", milter.socket, "--config", file.name, *zones("plain-pass")]
            with milter:
                for bad, why in (("", "sets nothing any more"), ("# ours\n", "sets nothing any more"),
                                 ("limits:\n", "sets nothing any more"), (good[:26], "cut off"), (good[:-1], "cut off"),
                                 ("own-ids: [old.example.org]\n", "authserv-id, which was mx.example.org, is not set any more")):
                    write(bad)
                    reload("the configuration stays as it was")
                    self.assertIn(why, milter.log().splitlines()[-1])
                forged = b"Authentication-Results: mx.example.org; spf=pass\n" + sample("plain-pass")
                result = run("send", "--socket", milter.socket, "--output", "message", "-", stdin=forged)
                self.assertEqual(result.stdout.count(b"mx.example.org;"), 1, result)
                write(good)
                reload("configuration reloaded: no setting has changed")
                write(good.replace("mx.example.org", "mx.example.net").replace("10s", "5s"))
                reload("configuration reloaded: authserv-id: mx.example.org -> mx.example.net; limits.deadline: 10s -> 5s")
                self.assertEqual(milter.logged("SIGHUP: the authserv-id was mx.example.org and is now mx.example.net"), 1, milter.log())

    def test_a_file_without_a_setting_is_told_of_at_the_start(self):
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            with Filter("--config", file.name, *zones("plain-pass")) as milter:
                self.assertEqual(milter.logged(f"{file.name} sets nothing"), 1, milter.log())

    def test_sighup_leaves_alone_what_came_through_a_pipe(self):
        reading, writing = os.pipe()
        os.write(writing, b"own-ids: [first.example]\n")
        os.close(writing)
        path = os.path.join(tempfile.mkdtemp(prefix="authres"), "milter")
        with subprocess.Popen([AUTHRES, "milter", "--config", f"/dev/fd/{reading}", "--socket", f"unix:{path}", *zones("plain-pass")],
                              pass_fds=[reading], stderr=subprocess.PIPE) as process, contextlib.ExitStack() as stack:
            stack.callback(process.terminate)
            os.close(reading)
            self.assertIn(b"listening", process.stderr.readline())
            process.send_signal(signal.SIGHUP)
            self.assertIn(b"the configuration stays as it was", process.stderr.readline())
        self.assertEqual(process.returncode, 0)

    def test_a_live_socket_is_not_taken_over_and_a_dead_one_is(self):
        with Filter(*zones("plain-pass")) as milter:
            second = subprocess.run(milter.arguments, capture_output=True, timeout=30)
            self.assertEqual(second.returncode, 69, second.stderr)
            self.assertIn(milter.path.encode(), second.stderr + second.stdout)
            milter.process.kill()
            milter.process.wait()
            self.assertTrue(os.path.exists(milter.path))
            milter.process = subprocess.Popen(milter.arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            for _ in range(200):
                result = run("send", "--socket", milter.socket, os.path.join(MESSAGES, "plain-pass", "message.eml"))
                if result.returncode == 0:
                    break
                time.sleep(0.05)
            self.assertEqual(result.returncode, 0, result.stderr)

    def test_the_socket_has_the_mode_that_was_asked_for(self):
        with Filter(*zones("plain-pass"), mode="0640") as milter:
            self.assertEqual(os.stat(milter.path).st_mode & 0o777, 0o640)

    def test_every_mistake_of_a_configuration_is_reported_at_once(self):
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            file.write("authserv-id: mx.example.org\nchekcs: {spf: true}\nlimits: {deadline: soon}\ntrusted-relays: [300.1.2.3]\n")
            file.flush()
            for command in ("config", "milter"):
                result = run(command, "--config", file.name)
                self.assertEqual(result.returncode, 78)
                text = result.stderr.decode()
                for line, word in ((2, "chekcs"), (3, "soon"), (4, "300.1.2.3")):
                    self.assertRegex(text, rf":{line}:.*{re.escape(word)}")


if __name__ == "__main__":
    unittest.main()
