#!/usr/bin/python3
"""What dkimpy and pyspf need for the messages of an mbox, on one core, with every answer of the DNS at hand.

    peers.py archive.mbox archive.zone          both as make-mbox writes them

Each message has its signatures verified by dkimpy and MAIL FROM checked by pyspf against the client of its topmost
Received field: less than `authres mbox` does, which also checks DMARC, ARC and reverse DNS, removes forged fields and
writes the archive anew. Needs Debian's python3-dkim and python3-spf.
"""
import collections
import mailbox
import re
import sys
import time

import dkim
import spf


def read_zone(path):
    records = collections.defaultdict(list)
    with open(path) as source:
        for line in source:
            match = re.match(r"(\S+)\. IN (A|TXT|PTR) (.+)", line.strip())
            if match:
                name, kind, data = match.groups()
                if kind == "TXT":
                    data = "".join(re.findall(r'"([^"]*)"', data))
                records[name.lower(), kind].append(data)
    return records


def main(archive, zone):
    records = read_zone(zone)

    def lookup(name, kind, **_):
        return [((name, kind), (text.encode(),) if kind == "TXT" else text)
                for text in records.get((name.lower().rstrip("."), kind), [])]

    def key(name, timeout=5):
        texts = records.get((name.decode().lower().rstrip("."), "TXT"))
        return texts[0].encode() if texts else None

    spf.DNSLookup = lambda name, kind, strict=True, timeout=20: lookup(name, kind)
    counts = collections.Counter()
    messages = mailbox.mbox(archive)
    started = time.process_time()
    for number in range(len(messages)):
        octets = re.sub(rb"(?m)^>(>*From )", rb"\1", messages.get_bytes(number))
        client = re.search(rb"\[([0-9.]+)\]", octets)[1].decode()
        sender = re.search(rb"(?m)^Return-Path: <(.*)>", octets)[1].decode()
        helo = re.search(rb"(?m)^Received: from (\S+)", octets)[1].decode()
        counts["spf=" + spf.check2(i=client, s=sender, h=helo)[0]] += 1
        signed = b"\nDKIM-Signature:" in octets.partition(b"\n\n")[0]
        counts["dkim=" + (str(bool(dkim.verify(octets, dnsfunc=key))) if signed else "none")] += 1
    seconds = time.process_time() - started
    print(f"{len(messages)} messages, {seconds:.1f} s of CPU, {len(messages) / seconds:.0f} a second on one core")
    print(", ".join(f"{name}: {count}" for name, count in sorted(counts.items())))


if __name__ == "__main__":
    main(*sys.argv[1:])
