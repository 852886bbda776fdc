"""A name server on loopback that answers from zone files, as late as wanted, and counts what it is asked."""
import collections
import heapq
import itertools
import os
import re
import socket
import struct
import threading
import time

TYPES = {"A": 1, "CNAME": 5, "SOA": 6, "PTR": 12, "MX": 15, "TXT": 16, "AAAA": 28}


def wire_name(name):
    return b"".join(bytes([len(label)]) + label.encode() for label in name.rstrip(".").split(".") if label) + b"\0"


def wire_data(kind, text):
    if kind == "A":
        return socket.inet_pton(socket.AF_INET, text)
    if kind == "AAAA":
        return socket.inet_pton(socket.AF_INET6, text)
    if kind == "TXT":
        strings = [re.sub(r"\\(.)", r"\1", part) for part in re.findall(r'"((?:[^"\\]|\\.)*)"', text)]
        return b"".join(bytes([len(part.encode())]) + part.encode() for part in strings)
    if kind == "MX":
        preference, exchange = text.split()
        return struct.pack(">H", int(preference)) + wire_name(exchange)
    return wire_name(text)


class NameServer:
    """`zones` are paths of zone files in the plain form of samples/messages; every answer comes after `delay` seconds.
    `silent` are names that are never answered; while `is_down`, none is. `queries` counts questions by name and type, `pending`
    is how many have no answer yet."""

    def __init__(self, zones, delay=0.0, silent=()):
        self.delay = delay
        self.silent = {name.lower() for name in silent}
        self.is_down = False
        self.queries = collections.Counter()
        self.pending = 0
        self.records = collections.defaultdict(list)
        self.names = set()
        for path in zones:
            with open(path) as source:
                for line in source:
                    match = re.match(r"(\S+)\. IN (A|AAAA|TXT|MX|PTR) (.+)", line.strip())
                    if match:
                        name, kind, data = match.groups()
                        record = wire_data(kind, data)
                        if record not in self.records[name.lower(), kind]:
                            self.records[name.lower(), kind].append(record)
                        labels = name.lower().split(".")
                        self.names.update(".".join(labels[i:]) for i in range(len(labels)))
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self.socket.bind(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self.socket.getsockname()[1]
        self.running = True
        self.thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.running = False
        self.thread.join()
        self.socket.close()

    def _serve(self):
        late, order = [], itertools.count()
        while self.running:
            now = time.monotonic()
            while late and late[0][0] <= now:
                _, _, packet, peer = heapq.heappop(late)
                self.pending = len(late)
                self.socket.sendto(packet, peer)
            self.socket.settimeout(max(0.0005, min(0.05, late[0][0] - now if late else 0.05)))
            try:
                query, peer = self.socket.recvfrom(4096)
            except (TimeoutError, ConnectionError):
                continue
            answer = self._answer(query)
            if answer is None:
                continue
            if self.delay:
                self.pending = len(late) + 1
                heapq.heappush(late, (time.monotonic() + self.delay, next(order), answer, peer))
            else:
                self.socket.sendto(answer, peer)

    def _answer(self, query):
        labels, index = [], 12
        while query[index]:
            labels.append(query[index + 1:index + 1 + query[index]].decode("latin-1"))
            index += 1 + query[index]
        name = ".".join(labels).lower()
        number, = struct.unpack(">H", query[index + 1:index + 3])
        kind = {value: key for key, value in TYPES.items()}.get(number, str(number))
        self.queries[name, kind] += 1
        if self.is_down or name in self.silent:
            return None
        records = self.records.get((name, kind), [])
        rcode = 0 if name in self.names else 3
        body = b"".join(b"\xc0\x0c" + struct.pack(">HHIH", number, 1, 3600, len(data)) + data for data in records)
        authority = b""
        if not records:
            soa = b"\0\0" + struct.pack(">IIIII", 1, 3600, 600, 86400, 60)
            authority = b"\0" + struct.pack(">HHIH", TYPES["SOA"], 1, 60, len(soa)) + soa
        head = query[:2] + struct.pack(">HHHHH", 0x8180 | rcode, 1, len(records), 1 if authority else 0, 0)
        return head + query[12:index + 5] + body + authority


class RoundServer(NameServer):
    """Answers the questions of a round when the last of them has been asked, and no earlier: what is asked a round later than it
    could be is never answered. `rounds` are sets of names with types."""

    def __init__(self, zones, rounds):
        super().__init__(zones)
        self.rounds = list(rounds)

    def _serve(self):
        held = []
        self.socket.settimeout(0.05)
        while self.running:
            try:
                query, peer = self.socket.recvfrom(4096)
            except (TimeoutError, ConnectionError):
                continue
            held.append((self._answer(query), peer))
            while self.rounds and self.rounds[0] <= set(self.queries):
                self.rounds.pop(0)
                for answer, peer in held:
                    self.socket.sendto(answer, peer)
                held = []
