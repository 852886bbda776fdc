import DNS
import Foundation
import Glibc
import StubDNS
import Testing

private let nsd = "/usr/sbin/nsd"
/// Of the loopback network, where no other test listens.
private let address = "127.0.0.3"

/// NSD (Debian's `nsd`) reads the same zone file, and answers the same over its own packets: a second opinion on our
/// reader of zone files, and on what the stub resolver makes of a server that was not written for it.
@Suite struct NSDTests {
    static let zone = #"""
        $ORIGIN example.
        $TTL 1h
        @           IN SOA ns hostmaster ( 2026010101 ; serial
                        7200 3600 1209600
                        3600 )  ; the negative TTL
                    NS  ns
        ns          A   127.0.0.1
        @           MX  10 mail
                    MX  20 mail.elsewhere.test.
                    TXT "v=spf1 mx " -all
        mail    300 IN  A 192.0.2.1
                IN 300  A 192.0.2.2
                60      AAAA 2001:db8::1
        null        MX  0 .
        alias   30  CNAME mail
        chain   20  CNAME alias
        broken      CNAME nowhere
        loop        CNAME pool
        pool        CNAME loop
        a.b.c       TXT deep
        *.wild      TXT any
                    MX 5 mail
        x.wild      A 192.0.2.3
        *.aliases   CNAME mail
        escapes     TXT "a\"b\\c\059\000\255" d\;e "" ("f"
                        "g;h")
        odd\;name   TXT odd
        \097bc      TXT abc
        UPPER       TXT Upper
        twice       A   192.0.2.4
        twice       A   192.0.2.4
        number      CLASS1 TYPE16 number
        tree        TXT root
        x.tree      TXT leaf
        moved   40  DNAME tree
                    TXT own
        again       DNAME moved
        far         DNAME \#(String(repeating: "a.", count: 110))example.
        large       TXT \#(largeText)
        """#

    static let largeText = (0..<12).map { "\"" + String(repeating: "\($0 % 10)", count: 250) + "\"" }.joined(
        separator: " "
    )

    static let names = [
        "example", "ns.example", "mail.example", "null.example", "alias.example", "chain.example", "broken.example",
        "nowhere.example", "c.example", "b.c.example", "a.b.c.example", "x.b.c.example", "wild.example",
        "any.wild.example", "any.any.wild.example", "x.wild.example", "any.x.wild.example", "any.aliases.example",
        "escapes.example", "odd;name.example", "abc.example", "upper.example", "large.example", "*.wild.example",
        "twice.example", "number.example", "moved.example", "x.moved.example", "y.moved.example", "x.x.moved.example",
        "x.again.example", "x.far.example", "very-much-too-long.far.example",
    ]

    @Test func `NSD and we read a zone file alike`() async throws {
        try #require(FileManager.default.isExecutableFile(atPath: nsd), "Debian package nsd is missing")
        let zone = try ZoneFile(Array(Self.zone.utf8), file: "zone")
        let directory = FileManager.default.temporaryDirectory.appending(path: "authres-nsd-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let port = UInt16.random(in: 20_000..<30_000)
        /// Within a time limit, that it ends even if this test is killed.
        let daemon = try Daemon(["/usr/bin/timeout", "60", nsd, "-d", "-c", try configure(in: directory, port: port)])
        defer { daemon.stop() }
        let resolver = try StubResolver(servers: ["\(address):\(port)"], timeout: .seconds(20))
        try await waitUntilItAnswers(resolver)
        for name in Self.names {
            for type in RecordType.allCases {
                let question = Question(try #require(Domain(name)), type)
                let expected = zone.answer(to: question)
                let answer = await resolver.answer(to: question)
                switch (expected.outcome, answer.outcome) {
                case (.records(let expected), .records(let records)):
                    /// A server may give the records of a set in any order.
                    #expect(Set(records) == Set(expected) && records.count == expected.count, "\(question)")
                default:
                    #expect(answer.outcome == expected.outcome, "\(question)")
                }
                if !expected.records.isEmpty { #expect(answer.ttl == expected.ttl, "\(question)") }
            }
        }
        let loop = Question(try #require(Domain("loop.example")), .a)
        #expect(await resolver.answer(to: loop).outcome == .failure(.aliasLoop))
        #expect(zone.answer(to: loop).outcome == .failure(.aliasLoop))
        let foreign = Question(try #require(Domain("example.org")), .a)
        #expect(await resolver.answer(to: foreign).outcome == .failure(.refused))
    }

    /// The path of the configuration.
    private func configure(in directory: URL, port: UInt16) throws -> String {
        try Self.zone.write(to: directory.appending(path: "zone"), atomically: true, encoding: .utf8)
        let path = directory.path
        let configuration = """
            server:
                ip-address: \(address)@\(port)
                server-count: 1
                username: ""
                zonesdir: "\(path)"
                database: ""
                pidfile: "\(path)/pid"
                xfrdfile: "\(path)/xfrd"
                xfrdir: "\(path)"
                zonelistfile: "\(path)/zones"
                logfile: "\(path)/log"
                rrl-ratelimit: 0
            remote-control:
                control-enable: no
            zone:
                name: example
                zonefile: zone
            """
        let file = directory.appending(path: "nsd.conf")
        try configuration.write(to: file, atomically: true, encoding: .utf8)
        return file.path
    }

    /// A program in a process group of its own, that takes signals: Foundation's `Process` hands down the mask of the
    /// thread, and the threads that tests run on block them all.
    private struct Daemon {
        private let process: pid_t

        init(_ arguments: [String]) throws {
            var attributes = posix_spawnattr_t()
            var files = unsafe posix_spawn_file_actions_t()
            var signals = sigset_t()
            unsafe posix_spawnattr_init(&attributes)
            unsafe posix_spawn_file_actions_init(&files)
            unsafe sigemptyset(&signals)
            unsafe posix_spawnattr_setsigmask(&attributes, &signals)
            unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP))
            for descriptor: Int32 in [0, 1, 2] {
                unsafe posix_spawn_file_actions_addopen(&files, descriptor, "/dev/null", O_RDWR, 0)
            }
            var pointers = unsafe arguments.map { unsafe strdup($0) } + [nil]
            defer {
                while unsafe !pointers.isEmpty { unsafe free(pointers.removeLast()) }
                unsafe posix_spawnattr_destroy(&attributes)
                unsafe posix_spawn_file_actions_destroy(&files)
            }
            var process: pid_t = 0
            let status = unsafe posix_spawn(&process, arguments[0], &files, &attributes, &pointers, environ)
            try #require(status == 0)
            self.process = process
        }

        func stop() {
            kill(-process, SIGTERM)
            waitpid(process, nil, 0)
        }
    }

    private func waitUntilItAnswers(_ resolver: StubResolver) async throws {
        let question = Question(try #require(Domain("ns.example")), .a)
        for _ in 0..<100 {
            if await !resolver.answer(to: question).records.isEmpty { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        Issue.record("NSD does not answer")
    }
}
