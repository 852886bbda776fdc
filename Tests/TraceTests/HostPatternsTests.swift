import DNS
import Mail
import Testing
import Trace

@Suite struct HostPatternsTests {
    @Test(arguments: [
        ("mx.example.org", true), ("MX.Example.Org.", true), ("mx.example.com", false), ("example.net", false),
        ("a.example.net", true), ("b.a.example.net", true), ("aexample.net", false),
        ("example.net.evil.example", false),
        ("xn--bcher-kva.example", true), ("org", false),
    ])
    func `a name is ours if it is listed or below a name that is`(_ host: String, _ isOurs: Bool) throws {
        let patterns = HostPatterns(["mx.example.org", "*.example.net", "b\u{FC}cher.example", "*", "*.", ""])
        #expect(patterns.contains(try #require(Domain(host))) == isOurs)
    }
}
