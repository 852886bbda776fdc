import Authentication
import DNS
import Testing

/// RFC 8601, section 3.
@Suite struct ReverseDNSTests {
    struct Case: CustomTestStringConvertible {
        let name: String
        var client = "192.0.2.7"
        let zone: [String: [String]]
        let result: String

        var testDescription: String { name }
    }

    static let pointer = "7.2.0.192.in-addr.arpa PTR"
    static let pointer6 = "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa PTR"

    static let cases = [
        Case(
            name: "a name that points back",
            zone: [pointer: ["a.example"], "a.example A": ["192.0.2.7"]],
            result: "pass"
        ),
        Case(
            name: "the second of two names",
            zone: [pointer: ["a.example", "b.example"], "a.example A": ["192.0.2.8"], "b.example A": ["192.0.2.7"]],
            result: "pass"
        ),
        Case(
            name: "one name broken, the other right",
            zone: [pointer: ["a.example", "b.example"], "a.example A": ["SERVFAIL"], "b.example A": ["192.0.2.7"]],
            result: "pass"
        ),
        Case(
            name: "one name broken, the other wrong",
            zone: [pointer: ["a.example", "b.example"], "a.example A": ["SERVFAIL"], "b.example A": ["192.0.2.9"]],
            result: "temperror"
        ),
        Case(
            name: "a name that points elsewhere",
            zone: [pointer: ["a.example"], "a.example A": ["192.0.2.8"]],
            result: "fail"
        ),
        Case(name: "a name that does not exist", zone: [pointer: ["a.example"]], result: "fail"),
        Case(
            name: "a name of the other family",
            zone: [pointer: ["a.example"], "a.example AAAA": ["2001:db8::1"]],
            result: "fail"
        ),
        Case(name: "no pointer", zone: [:], result: "permerror"),
        Case(name: "a pointer that cannot be asked", zone: [pointer: ["SERVFAIL"]], result: "temperror"),
        Case(
            name: "the eleventh name is not followed",
            zone: [pointer: (0..<10).map { "n\($0).example" } + ["right.example"], "right.example A": ["192.0.2.7"]],
            result: "fail"
        ),
        Case(
            name: "IPv6",
            client: "2001:db8::1",
            zone: [pointer6: ["a.example"], "a.example AAAA": ["2001:db8::1"]],
            result: "pass"
        ),
        Case(
            name: "IPv4 mapped into IPv6 is IPv4",
            client: "::ffff:192.0.2.7",
            zone: [pointer: ["a.example"], "a.example A": ["192.0.2.7"]],
            result: "pass"
        ),
    ]

    @Test(arguments: cases)
    func `the client's name points back to it or does not`(_ test: Case) throws {
        var world = World(zone: test.zone, client: test.client)
        world.policy.checks = [.iprev]
        let outcome = try #require(world.judge())
        #expect(outcome.judgement.verdicts.reverseDNS?.result.rawValue == test.result)
        #expect(outcome.questions.count <= 11)
        if test.client == "2001:db8::1" { #expect(outcome.field?.hasSuffix(#"policy.iprev="2001:db8::1""#) == true) }
    }
}
