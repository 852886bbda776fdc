import DNS
import TestSupport
import Testing

@Suite struct ZoneFileTests {
    /// A file, a question, and what comes of it.
    struct Case: CustomTestStringConvertible {
        let testDescription: String
        let file: String
        let name: String
        let type: RecordType
        let outcome: Answer.Outcome
        var ttl: UInt32?

        init(
            _ description: String,
            _ file: String,
            _ name: String,
            _ type: RecordType,
            _ outcome: Answer.Outcome,
            ttl: UInt32? = nil
        ) {
            testDescription = description
            self.file = file
            self.name = name
            self.type = type
            self.outcome = outcome
            self.ttl = ttl
        }
    }

    static func text(_ strings: String...) -> Answer.Outcome {
        .records([.txt(strings.map { Array($0.utf8) })])
    }

    static func address(_ octets: UInt32...) -> Answer.Outcome {
        .records(octets.map { .a(IPv4Address(value: $0)) })
    }

    /// RFC 1035, 5.3, with the class of the root's domain completed and an address for the mail host.
    static let isi = """
        $ORIGIN ISI.EDU.
        @   IN  SOA     VENERA      Action\\.domains (
                                         20     ; SERIAL
                                         7200   ; REFRESH
                                         600    ; RETRY
                                         3600000; EXPIRE
                                         60)    ; MINIMUM

                NS      A.ISI.EDU.
                NS      VENERA
                NS      VAXA
                MX      10      VENERA
                MX      20      VAXA

        A       A       26.3.0.103

        VENERA  A       10.1.0.52
                A       128.9.0.32

        VAXA    A       10.2.0.27
                A       128.9.0.33
        """

    static let forms: [Case] = [
        Case(
            "the example of RFC 1035, MX",
            isi,
            "isi.edu",
            .mx,
            .records([
                .mx(preference: 10, exchange: Domain("venera.isi.edu")),
                .mx(preference: 20, exchange: Domain("vaxa.isi.edu")),
            ])
        ),
        Case(
            "the example of RFC 1035, owner of the line before",
            isi,
            "vaxa.isi.edu",
            .a,
            address(0x0A02_001B, 0x8009_0021)
        ),
        Case("the example of RFC 1035, a letter as name and type", isi, "a.isi.edu", .a, address(0x1A03_0067)),
        Case(
            "types that nobody asks for make the name exist",
            "x.example. SOA a. b. 1 2 3 4 5",
            "x.example",
            .txt,
            .noData
        ),
        Case("a type of RFC 3597", ##"x.example. TYPE65280 \# 1 00"##, "x.example", .txt, .noData),
        Case("types and classes by number", "x.example. CLASS1 TYPE16 a", "x.example", .txt, text("a")),
        Case("a record written twice", "x.example. TXT a\nx.example. 9 TXT a", "x.example", .txt, text("a"), ttl: 9),
        Case(
            "a record written twice among many",
            (1...20).map { "x.example. A 0.0.0.\($0 % 19)" }.joined(separator: "\n"),
            "x.example",
            .a,
            .records((1...19).map { .a(IPv4Address(value: $0 % 19)) })
        ),
        Case("TTL and class", "x.example. 60 IN TXT a", "x.example", .txt, text("a"), ttl: 60),
        Case("class and TTL", "x.example. in 60 txt a", "x.example", .txt, text("a"), ttl: 60),
        Case("TTL with units", "x.example. 1h30m TXT a", "x.example", .txt, text("a"), ttl: 5400),
        Case("$TTL", "$TTL 2m\ny. 9 A 1.1.1.1\nx.example. TXT a", "x.example", .txt, text("a"), ttl: 120),
        Case("no $TTL: the one stated last", "y. 9 A 1.1.1.1\nx.example. TXT a", "x.example", .txt, text("a"), ttl: 9),
        Case(
            "the least TTL of a set",
            "x.example. 60 A 0.0.0.1\n 30 A 0.0.0.2",
            "x.example",
            .a,
            address(1, 2),
            ttl: 30
        ),
        Case("no $ORIGIN: names are written in full", "x.example TXT a", "x.example", .txt, text("a")),
        Case("$ORIGIN below $ORIGIN", "$ORIGIN example.\n$ORIGIN x\ny TXT a\n@ TXT b", "y.x.example", .txt, text("a")),
        Case("@ is the origin", "$ORIGIN example.\n$ORIGIN x\ny TXT a\n@ TXT b", "x.example", .txt, text("b")),
        Case("several strings", #"x.example. TXT "a b" c "" "d""#, "x.example", .txt, text("a b", "c", "", "d")),
        Case(
            "parentheses over lines",
            "x.example. TXT ( \"a\" ; one\n\n\"b\"\n) ; end",
            "x.example",
            .txt,
            text("a", "b")
        ),
        Case(
            "comment characters in quotes",
            #"x.example. TXT "v=DKIM1; p=(a)""#,
            "x.example",
            .txt,
            text("v=DKIM1; p=(a)")
        ),
        Case("a bare semicolon begins a comment", "x.example. TXT v=DKIM1;p=", "x.example", .txt, text("v=DKIM1")),
        Case("an escaped semicolon does not", #"x.example. TXT v=DKIM1\;p="#, "x.example", .txt, text("v=DKIM1;p=")),
        Case("escapes", #"x.example. TXT "\"\\\065\059\000" \(\032"#, "x.example", .txt, text("\"\\A;\0", "( ")),
        Case("an octet over 127", #"x.example. TXT \255"#, "x.example", .txt, .records([.txt([[255]])])),
        Case("UTF-8 as it is", "x.example. TXT é", "x.example", .txt, text("é")),
        Case("CRLF", "x.example. TXT a\r\ny.example. TXT b\r\n", "y.example", .txt, text("b")),
        Case(
            "IPv6",
            "x.example. AAAA 2001:db8::1",
            "x.example",
            .aaaa,
            .records([
                .aaaa(IPv6Address(high: 0x2001_0DB8_0000_0000, low: 1))
            ])
        ),
        Case("null MX, RFC 7505", "x.example. MX 0 .", "x.example", .mx, .records([.mx(preference: 0, exchange: nil)])),
        Case(
            "PTR",
            "1.2.0.192.in-addr.arpa. PTR Mail.example.",
            "1.2.0.192.in-addr.arpa",
            .ptr,
            .records([
                .ptr(Domain("mail.example"))
            ])
        ),
        Case("an escaped name", #"\097\@x.example. TXT a"#, "a@x.example", .txt, text("a")),
        Case(
            "a name that cannot be asked for is passed over",
            "a\\.b.example. TXT a\n TXT b",
            "b.example",
            .txt,
            .nameError
        ),
    ]

    static let zone = #"""
        $ORIGIN example.
        deep.empty      TXT deep
        alias       10  CNAME host
        host        20  A 0.0.0.1
        abroad          CNAME elsewhere.test.
        loop            CNAME pool
        pool            CNAME loop
        dangling        CNAME nowhere
        bare            CNAME deep.empty
        *.wild          TXT any
        *.wild          MX 1 host
        sub.wild        A 0.0.0.2
        *.aliases       CNAME host
        silent          TIMEOUT
        half            SERVFAIL TXT
        half            A 0.0.0.3
        gone            NXDOMAIN
        not.gone        TXT a
        refused         REFUSED
        *.broken        SERVFAIL
        bad             MALFORMED MX
        moved       30  DNAME tree.test.
        moved           TXT own
        under.moved     TXT hidden
        under.tree.test. TXT there
        chain           DNAME moved
        far             DNAME \#(String(repeating: "a.", count: 120))test.
        """#

    static let meanings: [Case] = [
        Case("a name that is not there", zone, "nobody.example", .a, .nameError),
        Case("a type that is not there", zone, "host.example", .txt, .noData),
        Case("an empty non-terminal", zone, "empty.example", .txt, .noData),
        Case("the top", zone, "example", .txt, .noData),
        Case("CNAME", zone, "alias.example", .a, address(1), ttl: 10),
        Case("CNAME to a name without data", zone, "bare.example", .a, .noData),
        Case("CNAME to no name", zone, "dangling.example", .a, .nameError),
        Case("CNAME out of the zone", zone, "abroad.example", .a, .nameError),
        Case("CNAME loop", zone, "loop.example", .a, .failure(.aliasLoop)),
        Case("DNAME", zone, "under.moved.example", .txt, text("there"), ttl: 30),
        Case("DNAME, not for its owner", zone, "moved.example", .txt, text("own")),
        Case("DNAME to no name", zone, "a.b.moved.example", .txt, .nameError),
        Case("DNAME to DNAME", zone, "under.chain.example", .txt, text("there")),
        Case("DNAME to a name that is too long", zone, "a.b.c.d.e.far.example", .txt, .failure(.serverFailure)),
        Case("wildcard", zone, "a.wild.example", .txt, text("any")),
        Case("wildcard, several labels", zone, "a.b.wild.example", .txt, text("any")),
        Case("wildcard, a type that it lacks", zone, "a.wild.example", .a, .noData),
        Case("wildcard, not for the name above", zone, "wild.example", .txt, .noData),
        Case("wildcard, not for a name that is there", zone, "sub.wild.example", .txt, .noData),
        Case("wildcard, not below a name that is there", zone, "a.sub.wild.example", .txt, .nameError),
        Case("wildcard asked for by name", zone, "*.wild.example", .txt, text("any")),
        Case("wildcard CNAME", zone, "x.aliases.example", .a, address(1)),
        Case("TIMEOUT, any type", zone, "silent.example", .mx, .failure(.timeout)),
        Case("TIMEOUT, not below", zone, "a.silent.example", .mx, .nameError),
        Case("SERVFAIL, one type", zone, "half.example", .txt, .failure(.serverFailure)),
        Case("SERVFAIL, the other types", zone, "half.example", .a, address(3)),
        Case("SERVFAIL, all below", zone, "a.b.broken.example", .txt, .failure(.serverFailure)),
        Case("NXDOMAIN above a name that is there", zone, "gone.example", .a, .nameError),
        Case("a name below NXDOMAIN", zone, "not.gone.example", .txt, text("a")),
        Case("REFUSED", zone, "refused.example", .ptr, .failure(.refused)),
        Case("MALFORMED", zone, "bad.example", .mx, .failure(.malformed)),
    ]

    @Test(arguments: forms + meanings)
    func `a zone file answers`(_ given: Case) throws {
        let zone = try ZoneFile(Array(given.file.utf8), file: "zone")
        let answer = zone.answer(to: Question(try #require(Domain(given.name)), given.type))
        #expect(answer.outcome == given.outcome)
        if let ttl = given.ttl { #expect(answer.ttl == ttl) }
    }

    @Test func `names are followed from one file to the next`() throws {
        var zone = try ZoneFile(Array("a.example. CNAME b.test.".utf8), file: "one")
        try zone.read(Array("b.test. A 0.0.0.9".utf8), file: "two")
        #expect(zone.answer(to: Question(try #require(Domain("a.example")), .a)).outcome == Self.address(9))
    }

    @Test func `no octets make the reader fall`() {
        var random = SplitMix64(seed: 1035)
        let original = Array((Self.isi + Self.zone).utf8)
        let alphabet = Array(#"()";\@$. 09aTX"#.utf8) + [0, 10, 13, 255]
        for _ in 0..<2_000 {
            var octets = original
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                let place = Int.random(in: 0..<octets.count, using: &random)
                octets[place] = alphabet.randomElement(using: &random) ?? 0
            }
            octets.removeLast(Int.random(in: 0..<octets.count, using: &random))
            _ = try? ZoneFile(octets, file: "zone")
        }
    }
}
