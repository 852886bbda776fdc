import DNS
import FieldClaims
import FieldProvenance
import Mail
import Testing
import Trace

@Suite struct FieldProofTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// The header from the top; `*` in front marks the field in question.
        let header: [String]
        /// A part of the description of what is found.
        let proof: String

        init(_ name: String, _ proof: String, _ header: [String]) {
            testDescription = name
            self.header = header
            self.proof = proof
        }
    }

    private static let own = "*Authentication-Results: mx.example.org; none"
    private static let received =
        "Received: from a.example (a.example [192.0.2.1])\n\tby mx.example.org (Postfix) with ESMTP id 1;"
        + " Tue, 14 Nov 2023 22:13:20 +0000"
    private static let inner =
        "Received: from mx.example.org (mx.example.org [192.0.2.2])\n\tby store.example.org (Postfix) with ESMTP id 2;"
        + " Tue, 14 Nov 2023 22:13:21 +0000"
    private static let foreign =
        "Received: from b.example (b.example [192.0.2.3])\n\tby a.example (Postfix) with ESMTP id 3;"
        + " Tue, 14 Nov 2023 22:13:19 +0000"

    /// Ours are mx and, behind it, store; store knows mx by its address.
    private static let recovery = EnvelopeRecovery(
        ownHosts: HostPatterns(["mx.example.org", "store.example.org"]),
        trustedRelays: [IPNetwork("192.0.2.2/32")].compactMap { $0 }
    )

    static let cases = [
        Case("directly above the Received of its host", "position(above: mx.example.org)", [own, received, foreign]),
        Case("with a hop behind it", "position(above: mx.example.org)", [inner, own, received]),
        Case(
            "other trace fields of the host between them",
            "position(above: mx.example.org)",
            [own, "Received-SPF: none", "Authentication-Results: other.example; none", received]
        ),
        Case("a field of anybody between them", "no Received field is directly", [own, "Subject: x", received]),
        Case("no Received at all", "has no Received field", [own, "Subject: x"]),
        Case("last field of the header", "has no Received field", [own]),
        Case("above the Received of another host", "is not an own host", [own, foreign, received]),
        Case("between a stranger's field and one that came with it", "is not an own host", [foreign, own, received]),
        Case("of two hops within, above the inner one", "position(above: store.example.org)", [own, inner, received]),
        Case("below the Received of its host", "is below", [received, own, foreign]),
        Case("came with a Received that names its host", "is below", [received, own, received, foreign]),
        Case(
            "below a Received that cannot be read",
            "field 1 is unusable",
            ["Received: by a; by b; ((", own, received]
        ),
        Case(
            "above a Received that cannot be read",
            "field 1 is unusable",
            [own, "Received: from x ((", received]
        ),
        Case(
            "by in a comment or in HELO",
            "no valid signature",
            [own, "Received: from by mx.example.org (by mx.example.org [192.0.2.1]) by a.example; x"]
        ),
    ]

    @Test(arguments: cases) func `a field is proven by its place`(_ test: Case) throws {
        let place = try #require(test.header.firstIndex { $0.hasPrefix("*") })
        let text = test.header.joined(separator: "\n").replacing("*", with: "") + "\n\n"
        let results = TrustedResults(
            in: Message(Array(text.utf8)).header,
            within: TrustBoundary(ownIDs: OwnIdentifiers(["mx.example.org"]), recovery: Self.recovery)
        )
        let proof = results.proof(of: try #require(results.fields.first { $0.place == place }))
        #expect("\(proof)".contains(test.proof), "\(proof)")
    }
}
