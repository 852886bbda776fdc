import DNS
import FieldProvenance
import Mail
import Testing
import Trace

@Suite struct TrustedResultsTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// The header from the top; `*` in front marks the fields that may be believed.
        let header: [String]

        init(_ name: String, _ header: [String]) {
            testDescription = name
            self.header = header
        }
    }

    private static let own = "Authentication-Results: mx.example.org; none"
    private static let disguised = "Authentication-Results: (a)\"mx.example.org\" 1; none"
    private static let unnamed = "Authentication-Results: spf=pass (x) smtp.mailfrom=a.example"
    private static let other = "Authentication-Results: b.example; none"
    private static let set = "ARC-Authentication-Results: i=1; mx.example.org; none"
    private static let border =
        "Received: from a.example (a.example [192.0.2.1])\n\tby mx.example.org (Postfix) with ESMTP id 1;"
        + " Tue, 14 Nov 2023 22:13:20 +0000"
    private static let inner =
        "Received: from mx.example.org (mx.example.org [10.0.0.1])\n\tby store.example.org (Postfix) with ESMTP id 2;"
        + " Tue, 14 Nov 2023 22:13:21 +0000"
    private static let foreign =
        "Received: from b.example (b.example [192.0.2.3])\n\tby a.example (Postfix) with ESMTP id 3;"
        + " Tue, 14 Nov 2023 22:13:19 +0000"
    private static let unreadable = "Received: from x (y (; by mx.example.org"

    static let boundary = TrustBoundary(ids: ["mx.example.org"], hosts: ["mx.example.org", "store.example.org"])

    static func believed(_ given: Case, _ boundary: TrustBoundary = boundary) -> [Int] {
        let text = given.header.map { $0.hasPrefix("*") ? String($0.dropFirst()) : $0 }.joined(separator: "\n") + "\n\n"
        return TrustedResults(in: Message(Array(text.utf8)).header, within: boundary).believable().map(\.place)
    }

    @Test(arguments: [
        Case("above the border", ["*" + own, border, foreign]),
        Case("above the border, among fields of programs after it", ["*" + own, "X-Spam: no", "Subject: x", border]),
        Case("between hops of ours", [inner, "*" + own, border]),
        Case("several, and one below", ["*" + own, inner, "*" + disguised, border, own]),
        Case("below the border", [border, own]),
        Case("below the border, directly above a forged hop of ours", [border, own, border, foreign]),
        Case("of another host", [other, border]),
        Case("naming nobody", [unnamed, border]),
        Case("of another version", ["Authentication-Results: mx.example.org 2; none", border]),
        Case("no Received field", [own]),
        Case("above a stranger's Received field", [own, foreign, border]),
        Case("above a Received field of ours that cannot be read", [own, unreadable, foreign]),
        Case("mail from within", ["*" + own, inner, "Subject: x"]),
        Case("a set of a chain", [set, border]),
    ])
    func `a field is believed if it names us and is above the border`(_ given: Case) {
        #expect(Self.believed(given) == given.header.indices.filter { given.header[$0].hasPrefix("*") })
    }

    @Test(arguments: [
        Case("above the border", ["*" + set, border, own]),
        Case("below the border", [border, set]),
        Case("of another site", ["ARC-Authentication-Results: i=1; b.example; none", border]),
        Case("without an instance", ["ARC-Authentication-Results: mx.example.org; none", border]),
    ])
    func `results in a chain are read where they are asked for`(_ given: Case) {
        var boundary = Self.boundary
        boundary.readsARC = true
        #expect(Self.believed(given, boundary) == given.header.indices.filter { given.header[$0].hasPrefix("*") })
    }

    @Test(arguments: [
        Case("above the border", ["*" + unnamed, border, unnamed]),
        Case("no border", [unnamed]),
        Case("of another host", [other, border]),
        Case("of another version", ["Authentication-Results: b.example 2; none", border]),
    ])
    func `a field that names nobody is believed for its place alone`(_ given: Case) {
        var boundary = Self.boundary
        boundary.omitsID = true
        #expect(Self.believed(given, boundary) == given.header.indices.filter { given.header[$0].hasPrefix("*") })
    }

    private static let yahoo = "Authentication-Results: atlas-production.omega.yahoo.com; none"
    private static let yahooMailbox =
        "Received: from 127.0.0.1\n by atlas-production.omega.yahoo.com pod-id atlas--1.bf1.yahoo.com with HTTP;"
        + " Tue, 14 Nov 2023 22:13:21 +0000"
    private static let yahooBorder =
        "Received: from 192.0.2.1 (EHLO a.example)\n by 10.197.32.201 with SMTPs\n (version=TLS1_3 cipher=X);"
        + " Tue, 14 Nov 2023 22:13:20 +0000"

    @Test(arguments: [
        Case("above the border", [yahooMailbox, "*" + yahoo, yahooBorder, yahoo]),
        Case("a border that the sender wrote too", [yahooMailbox, "*" + yahoo, yahooBorder, yahoo, yahooBorder]),
        Case("a mailbox server that the sender wrote", [foreign, yahooMailbox, yahoo, yahooBorder]),
        Case("a mailbox server that the sender wrote too", [yahooBorder, yahooMailbox, yahoo, yahooBorder]),
        Case("no border", [yahooMailbox, yahoo, foreign]),
        Case("no server that met the client", [yahooMailbox, yahoo, "Subject: x"]),
        Case(
            "a hop that cannot be read",
            [yahooMailbox, yahoo, "Received: from sonic.gate.yahoo.com by sonic1.yahoo.com with HTTP; x", yahooBorder]
        ),
    ])
    func `a field of Yahoo's is above the server that met the client, and below its mailbox server`(_ given: Case) {
        let site = TrustBoundary(ids: ["*.yahoo.com"], hosts: ["*.yahoo.com"])
        #expect(Self.believed(given, site) == given.header.indices.filter { given.header[$0].hasPrefix("*") })
    }

    @Test(arguments: [
        ("mx.example.org", true), ("example.org", true), ("evil.example", false), ("sub.mx.example.org", false),
    ])
    func `a signature of the site proves a field anywhere, a stranger's nowhere`(_ signer: String, _ isBelieved: Bool) {
        let text = Self.foreign + "\n" + Self.own + "\n" + Self.other + "\n\n"
        let results = TrustedResults(in: Message(Array(text.utf8)).header, within: Self.boundary)
        let domain = Domain(signer)
        #expect(results.believable { _, _ in domain }.map(\.place) == (isBelieved ? [1] : []))
    }

    @Test func `a field has a side, and a border that is not certain has no inside`() throws {
        let text = [Self.own, Self.unreadable, Self.own].joined(separator: "\n") + "\n\n"
        let fields = TrustedResults(in: Message(Array(text.utf8)).header, within: Self.boundary).fields
        #expect(fields.count == 2)
        guard case .unknown = try #require(fields.first).side else {
            Issue.record("\(fields)")
            return
        }
        #expect(fields.last?.side == .below)
    }
}
