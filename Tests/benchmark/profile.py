"""What callgrind has counted, by part of the program, and the calls of functions of interest."""
import collections
import os
import re

# Objects by the beginnings of their names; the program itself is divided by Swift modules.
OBJECTS = {"libcrypto": "OpenSSL", "libopendkim": "libopendkim", "libspf2": "libspf2", "libc.": "libc", "libc-": "libc",
           "libm.": "libc", "ld-linux": "libc", "libbsd": "libopendkim", "libcares": "c-ares", "libsqlite3": "SQLite",
           "libidn2": "libidn2", "libswift": "Swift runtime", "libFoundation": "Foundation", "lib_Foundation": "Foundation"}
# Modules that are not ours are told together.
MODULES = {"NIOCore": "NIO", "NIOPosix": "NIO", "NIOConcurrencyHelpers": "NIO", "NIO": "NIO", "_NIOBase64": "NIO",
           "_NIODataStructures": "NIO", "NIOTransportServices": "NIO", "FoundationEssentials": "Foundation",
           "FoundationInternationalization": "Foundation", "Foundation": "Foundation", "CoreFoundation": "Foundation",
           "Crypto": "swift-crypto", "CryptoExtras": "swift-crypto", "_CryptoExtras": "swift-crypto",
           "CryptoBoringWrapper": "swift-crypto", "Swift": "Swift library", "Dispatch": "Swift runtime",
           "Synchronization": "Swift library", "_Concurrency": "Swift runtime", "_StringProcessing": "Swift library",
           "Logging": "swift-log", "SwiftASN1": "swift-crypto"}

COUNTED = {"malloc": "allocations", "calloc": "allocations", "realloc": "allocations", "posix_memalign": "allocations",
           "aligned_alloc": "allocations", "swift_retain": "references", "swift_release": "references",
           "swift_retain_n": "references", "swift_release_n": "references"}


def part(of, name):
    """The part of the program that a function of an object belongs to."""
    base = os.path.basename(of)
    for beginning, what in OBJECTS.items():
        if base.startswith(beginning):
            return what
    if "BoringSSL" in name:
        return "swift-crypto"
    if name.startswith("CNIO"):
        return "NIO"
    if name.startswith("$s"):
        # An extension of a type of the library is named after that type first: SS is String, 6Milter E the extension's.
        found = re.match(r"\$s(?:S[a-zA-Z])?(\d+)", name)
        if found:
            end = found.end() + int(found[1])
            if found[0][2] != "S" or name[end:end + 1] == "E":
                return MODULES.get(name[found.end():end], name[found.end():end])
        return "Swift library"
    return "Swift runtime" if name.startswith(("swift", "_swift", "_ZN5swift", "_ZNK5swift", "__swift")) else "other"


class Profile:
    """The costs of one run: instructions by part, calls by what they are counted as."""

    def __init__(self, path):
        self.parts = collections.Counter()
        self.functions = collections.Counter()
        self.calls = collections.Counter()
        names = {"ob": {}, "fn": {}}

        def resolve(table, text):
            """Callgrind writes a name once, with a number, and then the number alone."""
            number, _, name = text.partition(" ")
            if name:
                names[table][number] = name
            return names[table].get(number, number)

        here, called, is_call = ("", ""), "", False
        with open(path, errors="replace") as source:
            for line in source:
                if line[0] in "0123456789+-*":
                    # After calls= comes what was spent in the function that was called.
                    if not is_call:
                        self.functions[here] += int(line.split()[1])
                    is_call = False
                    continue
                key, _, value = line.rstrip("\n").partition("=")
                if key == "ob":
                    here = (resolve("ob", value), here[1])
                elif key == "fn":
                    here = (here[0], resolve("fn", value))
                elif key == "cob":
                    resolve("ob", value)
                elif key == "cfn":
                    called = resolve("fn", value).partition("'")[0]
                elif key == "calls":
                    is_call = True
                    if called in COUNTED:
                        self.calls[COUNTED[called]] += int(value.split()[0])
        for (of, name), cost in self.functions.items():
            self.parts[part(of, name)] += cost
