import AuthResults
import Testing

@Suite struct ResultLookupTests {
    static func results(_ value: String) throws -> [ResultInfo] {
        try AuthenticationResults(parsing: Array(value.utf8)).results
    }

    @Test func `results are found by method, properties by name`() throws {
        let results = try Self.results(
            " a.example; DKIM=fail header.d=b.example; dkim=pass header.D=c.example header.b=abcdEFGH; spf=pass"
        )
        #expect(results.first(.dkim)?["header.d"] == "b.example")
        #expect(results.all(.dkim).map { $0["Header.D"] } == ["b.example", "c.example"])
        #expect(results.all(.dkim).last?["header.b"] == "abcdEFGH")
        #expect(results.first(.spf)?["smtp.mailfrom"] == nil)
        #expect(results.first(.dmarc) == nil)
        #expect(results.first("SPF")?.result == "pass")
    }

    @Test(arguments: [
        (" a.example; dmarc=pass header.from=b.example header.from=c.example", nil),
        (" a.example; dmarc=pass header.from=b.example header.from=b.example", "b.example"),
        (" a.example; dmarc=pass header.from=@b.example", "@b.example"),
    ])
    func `a property with two values has none`(_ value: String, _ expected: String?) throws {
        #expect(try Self.results(value).first(.dmarc)?["header.from"] == expected)
    }

    @Test(arguments: [
        (" a.example; spf=pass", true), (" a.example; SPF=Pass", true), (" a.example; spf/1=pass", true),
        (" a.example; spf/2=pass", false), (" a.example; x-tls=pass", false),
        (" a.example; dmarc=bestguesspass", false),
    ])
    func `what readers must ignore is not registered`(_ value: String, _ isRegistered: Bool) throws {
        #expect(try Self.results(value).map(\.isRegistered) == [isRegistered])
    }

    @Test(arguments: [
        (" i=1; mx.a.example; none", 1, " mx.a.example; none"), ("i = (c) 50 (d);x; none", 50, "x; none"),
        (" i=0; a; none", nil, ""), (" i=51; a; none", nil, ""), (" a.example; none", nil, ""), (" i=1", nil, ""),
        (" I=1; a; none", nil, ""), (" i=1 2; a; none", nil, ""), ("(; i=1; a", nil, ""), ("", nil, ""),
    ])
    func `a field of an ARC Set has an instance before its results`(_ value: String, _ instance: Int?, _ rest: String) {
        let read = ARCAuthenticationResults(Array(value.utf8))
        #expect(read?.instance == instance)
        #expect(read.map { String(decoding: $0.payload, as: UTF8.self) } ?? "" == rest)
    }
}
