"""What can break around the filter, broken on purpose: MTAs that go away, name servers that lie, disks that are full,
signals at the wrong moment. In none of it does a message pass unfiltered.

AUTHRES_LONG=1 plays each for as long as the figures of the issue want it; the short form has every kind once or twice."""
import concurrent.futures
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

from nameserver import NameServer
from program import AUTHRES, LONG, Filter, frame, run, sample, zone
from instance import Postfix

FORGED = b" mx.example.org; spf=pass smtp.mailfrom=bank.example"
NEGOTIATE = frame(b"O", struct.pack(">III", 6, 0x1FF, 0x1FFFFF))


def stages(domain=b"sender.example", client=b"192.0.2.7"):
    """The commands of one message with a forged field, in the order in which Postfix sends them."""
    return [NEGOTIATE, frame(b"D", b"Cj\0mx.example.org\0"),
            frame(b"C", b"mail.sender.example\0004" + struct.pack(">H", 25) + client + b"\0"),
            frame(b"H", b"mail.sender.example\0"), frame(b"D", b"Mi\0Q1\0"), frame(b"M", b"<ann@" + domain + b">\0"),
            frame(b"R", b"<bob@example.org>\0"), frame(b"T"), frame(b"L", b"From\0 Ann <ann@" + domain + b">\0"),
            frame(b"L", b"Authentication-Results\0" + FORGED + b"\0"), frame(b"N"), frame(b"B", b"Hello\r\n"), frame(b"E")]


def connected(path):
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(60)
    try:
        connection.connect(path)
    except OSError:
        connection.close()
        raise
    return connection


def answers(connection):
    """The replies up to the one that ends the message; fewer if the filter closes the connection."""
    found = []
    while not found or found[-1][:1] not in b"carty":
        head = connection.recv(4, socket.MSG_WAITALL)
        if len(head) < 4:
            break
        reply = connection.recv(struct.unpack(">I", head)[0], socket.MSG_WAITALL)
        if reply[:1] not in b"Op":
            found.append(reply)
    return found


def outcome(replies):
    """`filtered`: one field of ours in, the forged one out; `deferred`; `lost`: closed without an answer."""
    if not replies or replies[-1][:1] not in b"carty":
        return "lost"
    if replies[-1][:1] in b"ty":
        return "deferred"
    removed = [reply for reply in replies if reply[:1] == b"m" and reply.endswith(b"Authentication-Results\0\0")]
    inserted = [reply for reply in replies if reply[:1] == b"i" and b"mx.example.org" in reply and b"bank.example" not in reply]
    return "filtered" if len(removed) == 1 and len(inserted) == 1 else "unfiltered"


def replies(path, *what):
    """What is answered to one message on a connection of its own."""
    try:
        with connected(path) as connection:
            connection.sendall(b"".join(stages(*what)))
            return answers(connection)
    except OSError:
        return []


def played(path, *what):
    """What becomes of one message on a connection of its own."""
    return outcome(replies(path, *what))


class Load:
    """Clients that play messages until they are stopped; `outcomes` counts what became of them."""

    def __init__(self, path, clients=8):
        self.path, self.stopped, self.outcomes = path, threading.Event(), {}
        self.lock = threading.Condition()
        self.threads = [threading.Thread(target=self._play, daemon=True) for _ in range(clients)]

    def _play(self):
        while not self.stopped.is_set():
            result = played(self.path)
            with self.lock:
                self.outcomes[result] = self.outcomes.get(result, 0) + 1
                self.lock.notify_all()
            if result == "lost":
                self.stopped.wait(0.02)  # there is no filter at the moment

    def wait(self, more, result="filtered"):
        """Returns when so many more messages have ended so."""
        with self.lock:
            wanted = self.outcomes.get(result, 0) + more
            if not self.lock.wait_for(lambda: self.outcomes.get(result, 0) >= wanted, 60):
                raise RuntimeError(f"only {self.outcomes} after 60 s")

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stopped.set()
        for thread in self.threads:
            thread.join()


class LyingServer(NameServer):
    """A name server that says something, but not the truth, of all names below `lieN.example`."""

    def __init__(self, zones, lies, tcp):
        self.listener = None
        while not self.listener:
            super().__init__(zones)
            with contextlib.suppress(OSError):  # the port is free for UDP, but need not be for TCP
                self.listener = socket.create_server(("127.0.0.1", self.socket.getsockname()[1]))
        self.lies, self.tcp, self.asked = lies, tcp, set()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                with connection, contextlib.suppress(OSError):
                    connection.settimeout(20)
                    size = connection.recv(2, socket.MSG_WAITALL)
                    query = connection.recv(struct.unpack(">H", size)[0], socket.MSG_WAITALL)
                    self.tcp[self._number(query)](connection, query, super()._answer(query))

    @staticmethod
    def _number(query):
        found = re.search(rb"lie(\d+)\x07example", query)
        return int(found[1]) if found else None

    def _answer(self, query):
        number, answer = self._number(query), super()._answer(query)
        if number is None:
            return answer
        self.asked.add(number)
        return self.lies[number](query, answer)

    def __exit__(self, *arguments):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        super().__exit__(*arguments)


def question_end(query):
    index = 12
    while query[index]:
        index += 1 + query[index]
    return index + 5


def truncated(query, answer):
    return query[:2] + b"\x87\x80" + query[4:6] + b"\0" * 6 + query[12:question_end(query)]


# What is answered over UDP in place of the truth; each must end as `temperror`, and never as a pass.
LIES = {
    "nothing": lambda query, answer: None,
    "an empty datagram": lambda query, answer: b"",
    "half a header": lambda query, answer: answer[:7],
    "half the answer": lambda query, answer: answer[:len(answer) * 2 // 3],
    "the question": lambda query, answer: query,
    "another question's answer": lambda query, answer: answer[:12] + b"\3foo" + answer[12:],
    "another query's number": lambda query, answer: bytes([answer[0] ^ 1]) + answer[1:],
    "65,535 records announced": lambda query, answer: answer[:6] + b"\xff\xff" + answer[8:],
    "a name that points to itself": lambda query, answer: answer[:12] + b"\xc0\x0c" + answer[question_end(query) - 4:],
    "noise": lambda query, answer: query[:2] + bytes((37 * n + 11) % 256 for n in range(300)),
    "SERVFAIL": lambda query, answer: query[:2] + b"\x81\x82" + query[4:6] + b"\0" * 6 + query[12:question_end(query)],
    "REFUSED": lambda query, answer: query[:2] + b"\x81\x85" + query[4:6] + b"\0" * 6 + query[12:question_end(query)],
}

# What is said over TCP when UDP was truncated.
TCP_LIES = {
    "it hangs up": lambda connection, query, answer: None,
    "half an answer": lambda connection, query, answer: connection.sendall(struct.pack(">H", len(answer)) + answer[:9]),
    "65,535 octets announced": lambda connection, query, answer: connection.sendall(b"\xff\xff" + answer),
    "a length of none": lambda connection, query, answer: connection.sendall(b"\0\0"),
    "noise": lambda connection, query, answer: connection.sendall(b"\0\x40" + b"\x5a" * 64),
}


class FaultTests(unittest.TestCase):
    def assertWorks(self, milter):
        self.assertIsNone(milter.process.poll(), milter.log()[-2000:])
        self.assertEqual(played(milter.path), "filtered", milter.log()[-2000:])

    def descriptors(self, milter):
        return len(os.listdir(f"/proc/{milter.process.pid}/fd"))

    def assertDescriptors(self, milter, wanted):
        """They are back when the filter has seen that its clients are gone: it has when it answers the next few."""
        for _ in range(200):
            self.assertWorks(milter)
            if self.descriptors(milter) <= wanted:
                return
        self.assertLessEqual(self.descriptors(milter), wanted)

    # MARK: MTAs

    def test_mtas_that_go_away_at_any_point_leave_nothing_behind(self):
        flags = [flag for path in zone("plain-pass") for flag in ("--zone", path)]
        with tempfile.TemporaryDirectory() as directory, socket.create_server(("127.0.0.1", 0), backlog=200) as listener, \
                open(os.path.join(directory, "log"), "w+b") as log:
            listener.set_inheritable(True)
            address = listener.getsockname()
            process = subprocess.Popen([AUTHRES, "milter", "--socket", f"fd:{listener.fileno()}", "--authserv-id", "mx.example.org",
                                        "--log-level", "warning", *flags], stderr=log, pass_fds=[listener.fileno()])
            try:
                def message():
                    with socket.create_connection(address, 60) as connection:
                        connection.sendall(b"".join(stages()))
                        return outcome(answers(connection))

                self.assertEqual(message(), "filtered")
                rest = len(os.listdir(f"/proc/{process.pid}/fd"))
                commands = stages()
                for _ in range(20 if LONG else 2):
                    for stage in range(len(commands) + 1):
                        for tail in (b"", (commands + [b""])[stage][:3], (commands + [b""])[stage][:-1]):
                            for ending in ("close", "reset", "half-close"):
                                with socket.create_connection(address, 60) as connection:
                                    connection.sendall(b"".join(commands[:stage]) + tail)
                                    if ending == "reset":
                                        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                                    elif ending == "half-close":
                                        connection.shutdown(socket.SHUT_WR)
                                        replies = answers(connection)
                                        # Who has said all is still answered.
                                        wanted = "filtered" if stage == len(commands) else "lost"
                                        self.assertEqual(outcome(replies), wanted, (stage, tail))
                for _ in range(200):
                    self.assertEqual(message(), "filtered")
                    if len(os.listdir(f"/proc/{process.pid}/fd")) <= rest:
                        break
                self.assertLessEqual(len(os.listdir(f"/proc/{process.pid}/fd")), rest)
            finally:
                process.terminate()
                self.assertEqual(process.wait(60), 0)

    def test_octet_by_octet_it_is_the_same_message(self):
        with Filter("--zone", *zone("plain-pass")) as milter:
            connections = [connected(milter.path) for _ in range(5)]
            for octet in b"".join(stages()):
                for connection in connections:
                    connection.sendall(bytes([octet]))
            for connection in connections:
                self.assertEqual(outcome(answers(connection)), "filtered")
                connection.close()
            self.assertWorks(milter)

    def test_a_peer_that_never_reads_holds_up_only_itself(self):
        with Filter("--zone", *zone("plain-pass"), "--log-level", "critical") as milter:
            self.assertWorks(milter)
            before = self.descriptors(milter)
            message = b"".join(stages()[4:]) * 20
            with connected(milter.path) as deaf:
                deaf.sendall(b"".join(stages()[:4]))
                deaf.setblocking(False)
                taken, idle = 0, 0
                # It is held up when others have been served twenty times and nothing more was taken from it.
                while idle < 20:
                    try:
                        sent = deaf.send(message[taken % len(message):])
                    except BlockingIOError:
                        idle += 1
                        self.assertWorks(milter)
                    else:
                        idle, taken = 0, taken + sent
                        self.assertLess(taken, 10_000_000, "the filter reads on, though nothing that it says is taken")
                self.assertLess(milter.status("VmRSS"), 200 * 1024)
            self.assertDescriptors(milter, before)

    def test_thousands_of_opens_at_once_are_served_or_refused_and_told_together(self):
        with Filter("--zone", *zone("plain-pass"), "--limits-connections", "50") as milter:
            held = []
            for _ in range(5000 if LONG else 1000):
                connection = socket.socket(socket.AF_UNIX)
                connection.setblocking(False)
                # A backlog that is full is a connection that is refused; what is open beyond the limit is closed.
                with contextlib.suppress(BlockingIOError):
                    connection.connect(milter.path)
                held.append(connection)
            self.assertGreater(milter.logged("more than 50 connections"), 0)
            for connection in held:
                connection.close()
            for _ in range(200):
                if played(milter.path) == "filtered":
                    break
            self.assertWorks(milter)
            # One at once, and one for what came in each five seconds after it.
            self.assertLess(milter.log().count("more than 50 connections"), 6)

    def test_recipients_are_counted_and_not_kept(self):
        commands, limit = stages(), 100_000
        place = commands.index(frame(b"R", b"<bob@example.org>\0"))
        with Filter("--zone", *zone("plain-pass")) as milter:
            self.assertWorks(milter)
            rest = milter.status("VmRSS")
            for count, wanted in ((limit, "filtered"), (limit + 1, "deferred"), (1, "filtered")):
                with self.subTest(count), connected(milter.path) as connection:
                    connection.sendall(b"".join(commands[:place]))
                    for first in range(0, count, 1000):
                        connection.sendall(b"".join(frame(b"R", b"<bob%d@example.org>\0" % number)
                                                    for number in range(first, min(first + 1000, count))))
                    connection.sendall(b"".join(commands[place + 1:]))
                    said = answers(connection)
                    self.assertEqual(outcome(said), wanted, milter.log()[-2000:])
                    if wanted == "deferred":
                        self.assertEqual(said, [b"y451 4.5.3 The message has more than 100000 recipients\0"])
                        self.assertGreater(milter.logged("Q1: client=192.0.2.7 temporary failure: more than 100000 recipients"
                                                         " (limits.recipients)"), 0)
            # Each address kept would be 3 MB at least.
            self.assertLess(milter.status("VmRSS"), rest + 2048)

    # MARK: Signals

    def test_fifty_hangups_under_load_good_and_bad_files_in_turn(self):
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "authres.yaml")

            def write(text):
                with open(path + ".new", "w") as file:
                    file.write(text)
                os.replace(path + ".new", path)

            good = "authserv-id: mx.example.org\nown-ids: [one.example]\n"
            bad = ("", "# nothing\n", "own-ids: [", good[:20], "no-such-key: 1\n", "\0", "limits: {deadline: soon}\n")
            write(good)
            with Filter("--config", path, "--zone", *zone("plain-pass"), "--log-level", "notice") as milter, \
                    Load(milter.path) as load:
                for number in range(500 if LONG else 50):
                    write(good if number % 2 else bad[number // 2 % len(bad)])
                    milter.process.send_signal(signal.SIGHUP)
                    load.wait(2)
                self.assertGreater(milter.logged("configuration reloaded"), 0)
            self.assertEqual(set(load.outcomes), {"filtered"}, milter.log()[-2000:])

    def test_stopped_and_killed_under_load_and_started_again_nothing_passes_unfiltered(self):
        with Filter("--zone", *zone("plain-pass"), "--log-level", "error") as milter, Load(milter.path) as load:
            for number in range(40 if LONG else 4):
                load.wait(50)
                if number % 2:
                    milter.process.kill()
                    milter.process.wait()
                else:
                    self.assertEqual(milter.stop(), 0)
                milter.start()
        self.assertEqual(load.outcomes.get("unfiltered", 0), 0)
        self.assertLessEqual(set(load.outcomes), {"filtered", "lost"})
        self.assertGreaterEqual(load.outcomes["filtered"], 200)

    def test_killed_under_load_behind_a_real_postfix_each_message_is_filtered_or_deferred(self):
        directory = tempfile.mkdtemp(prefix="authres-kill")
        os.chmod(directory, 0o755)
        count, clients = (2000, 12) if LONG else (100, 6)
        message = b"Authentication-Results:" + FORGED + b"\n" + sample("plain-pass")
        with Filter("--zone", *zone("plain-pass"), "--log-level", "error") as milter, \
                Postfix(os.path.join(directory, "postfix"), milter.socket) as postfix:
            done = threading.Semaphore(0)

            def send(number):
                try:
                    return postfix.send(b"X-Number: %d\n" % number + message, client="192.0.2.7", hostname="mail.sender.example",
                                        helo="mail.sender.example", mail_from="<ann@sender.example>")[0]
                finally:
                    done.release()

            with concurrent.futures.ThreadPoolExecutor(clients) as pool:
                sent = [pool.submit(send, number) for number in range(count)]
                for _ in range(count // 25 - 1):
                    for _ in range(25):
                        self.assertTrue(done.acquire(timeout=60))
                    milter.process.kill()
                    milter.process.wait()
                    milter.start()
                codes = [result.result() for result in sent]
            self.assertLessEqual(set(codes), {250, 451, 421, 450}, codes)
            accepted = {number for number, code in enumerate(codes) if code == 250}
            self.assertTrue(accepted)
            stored = postfix.delivered(len(accepted))
            numbers = [int(re.search(rb"^X-Number: (\d+)$", text, re.MULTILINE)[1]) for text in stored]
            self.assertEqual(sorted(numbers), sorted(accepted), "each that was accepted is there, and once")
            for text in stored:
                self.assertNotIn(b"bank.example", text)
                self.assertEqual(text.count(b"Authentication-Results: mx.example.org;"), 1)

    # MARK: The DNS

    def test_name_servers_that_lie_give_no_pass_and_cost_no_mail(self):
        hang_up = TCP_LIES["it hangs up"]
        lies = [(name, lie, hang_up) for name, lie in LIES.items()]
        lies += [("truncated, and over TCP " + name, truncated, tcp) for name, tcp in TCP_LIES.items()]
        with tempfile.NamedTemporaryFile("w") as records:
            for number in range(len(lies)):
                records.write(f'lie{number}.example. IN TXT "v=spf1 ip4:192.0.2.0/24 -all"\n')
            records.flush()
            with LyingServer([records.name], [lie for _, lie, _ in lies], [tcp for _, _, tcp in lies]) as server, \
                    Filter("--dns-server", server.address, "--dns-timeout", "1s", "--limits-deadline", "3s") as milter, \
                    concurrent.futures.ThreadPoolExecutor(len(lies)) as pool:
                for _ in range(5 if LONG else 2):
                    found = list(pool.map(lambda number: replies(milter.path, b"lie%d.example" % number), range(len(lies))))
                    for (name, _, _), said in zip(lies, found):
                        with self.subTest(name):
                            self.assertEqual(outcome(said), "filtered", milter.log()[-2000:])
                            field = b"".join(reply for reply in said if reply[:1] == b"i")
                            self.assertIn(b"spf=temperror", field)
                            self.assertNotIn(b"=pass", field)
                self.assertEqual(server.asked, set(range(len(lies))))

    def test_a_name_server_without_tcp_is_a_temporary_error_for_what_is_truncated(self):
        with NameServer(zone("plain-pass")) as server, \
                Filter("--dns-server", server.address, "--dns-timeout", "1s", "--limits-deadline", "3s") as milter:
            truth = server._answer
            server._answer = lambda query: truncated(query, truth(query))
            field = b"".join(reply for reply in replies(milter.path) if reply[:1] == b"i")
            self.assertIn(b"spf=temperror", field)
            self.assertNotIn(b"=pass", field)

    def test_a_client_that_causes_too_many_questions_is_deferred_and_no_other(self):
        with NameServer([]) as server, Filter("--dns-server", server.address, "--limits-client-questions", "100") as milter:
            # The minute may end while they are played, and then the count begins again.
            said, number = [], 0
            while b"y" not in [reply[:1] for reply in said] and number < 500:
                said = replies(milter.path, b"d%d.example" % number)
                number += 1
            self.assertEqual(said[-1], b"y451 4.7.0 Mail from your host causes too many questions of the DNS; try again in a minute\0")
            self.assertGreater(milter.logged("client=192.0.2.7 temporary failure: a client that has caused more than 100 questions"
                                             " in a minute (limits.client-questions)"), 0)
            self.assertLess(sum(server.queries.values()), 2 * 120)
            self.assertEqual(played(milter.path, b"d0.example", b"192.0.2.8"), "filtered")

    def test_a_name_server_that_dies_and_comes_back_is_a_temporary_error_meanwhile(self):
        with NameServer(zone("plain-pass")) as server, \
                Filter("--dns-server", server.address, "--dns-timeout", "1s", "--limits-deadline", "2s") as milter, \
                Load(milter.path, 4) as load:
            load.wait(20)
            # What was answered is known for an hour; the domains from here on are new.
            server._answer, truth = (lambda query: None), server._answer
            self.assertEqual(played(milter.path, b"new.example"), "filtered")
            self.assertGreater(milter.logged("spf=temperror"), 0, milter.log()[-2000:])
            server._answer = truth
            for number in range(200):
                self.assertEqual(played(milter.path, b"new%d.example" % number), "filtered")
                if "spf=none" in milter.log():
                    break
            self.assertGreater(milter.logged("spf=none"), 0, milter.log()[-2000:])
        self.assertEqual(set(load.outcomes), {"filtered"})

    def test_the_memory_of_messages_that_waited_is_given_back(self):
        with NameServer([]) as server, Filter("--dns-server", server.address, "--dns-timeout", "2s", "--limits-deadline", "3s",
                                              "--log-level", "warning") as milter:
            server._answer = lambda query: None
            self.assertWorks(milter)
            rest = milter.status("VmRSS")
            waiting = [connected(milter.path) for _ in range(1000)]
            for number, connection in enumerate(waiting):
                connection.sendall(b"".join(stages(b"d%d.example" % number)))
            for connection in waiting:
                self.assertEqual(outcome(answers(connection)), "filtered")
            peak = milter.status("VmRSS")
            for connection in waiting:
                connection.close()
            for _ in range(400):
                if milter.status("VmRSS") < rest + (peak - rest) // 2:
                    break
                time.sleep(0.05)
            self.assertLess(milter.status("VmRSS"), rest + (peak - rest) // 2, f"{rest} KiB at rest, {peak} KiB at most")

    # MARK: Disks

    def test_a_disk_that_is_full_costs_no_mail_and_leaves_no_half_file(self):
        with tempfile.TemporaryDirectory() as directory:
            subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "authres", directory], check=True)
            try:
                # The aggregate reports' database begins, and then there is no room.
                database = os.path.join(directory, "reports.db")
                with tempfile.NamedTemporaryFile("w", suffix=".yaml") as config:
                    config.write(f"authserv-id: mx.example.org\nreports: {{database: {database}, email: postmaster@example.org,"
                                 " org-name: Example}\n")
                    config.flush()
                    with Filter("--config", config.name, "--zone", *zone("plain-pass")) as milter:
                        self.assertEqual(played(milter.path), "filtered")
                        fill = os.open(os.path.join(directory, "fill"), os.O_CREAT | os.O_WRONLY)
                        with contextlib.suppress(OSError):
                            while os.write(fill, b"x" * 4096):
                                pass
                        os.close(fill)
                        for number in range(200):
                            self.assertEqual(played(milter.path, b"d%d.example" % number), "filtered")
                        self.assertEqual(milter.stop(), 0, milter.log()[-2000:])
                # Archives are whole or not there.
                mailbox = os.path.join(directory, "out.mbox")
                result = run("mbox", "--authserv-id", "mx.example.org", "--zone", *zone("plain-pass"), "--output", mailbox, "-",
                             stdin=b"From a Thu Jan  1 00:00:00 2026\n" + sample("plain-pass") + b"x\n" * 500_000)
                self.assertEqual(result.returncode, 73, result.stderr)
                self.assertIn(mailbox.encode(), result.stderr)
                self.assertFalse(os.path.exists(mailbox))
            finally:
                subprocess.run(["umount", directory], check=True)


if __name__ == "__main__":
    unittest.main()
