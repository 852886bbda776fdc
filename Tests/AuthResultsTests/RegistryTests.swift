import AuthResults
import Testing

/// The rows of IANA's registry, "Email Authentication Parameters", 2026-05-22.
@Suite struct RegistryTests {
    static let properties = """
        arc smtp.remote-ip, arc header.oldest-pass, auth smtp.auth, auth smtp.mailfrom, dkim header.d, dkim header.i, \
        dkim header.b, dkim header.a, dkim header.s, dkim-adsp header.from, dkim-atps header.from, dmarc header.from, \
        dmarc policy.dmarc, dnswl dns.zone, dnswl policy.ip, dnswl policy.txt, dnswl dns.sec, domainkeys header.d, \
        domainkeys header.from, domainkeys header.sender, iprev policy.iprev, rrvs smtp.rcptto, smime body.smime-part, \
        smime body.smime-identifer, smime body.smime-serial, smime body.smime-issuer, spf smtp.mailfrom, spf smtp.helo, \
        vbr header.md, vbr header.mv
        """

    static let results = [
        ("arc", "fail none pass", ""), ("auth", "fail none pass permerror temperror", ""),
        ("dkim", "fail neutral none pass permerror policy temperror", ""),
        ("dkim-adsp", "", "discard fail none nxdomain pass permerror temperror unknown"),
        ("dkim-atps", "fail none pass permerror temperror", ""), ("dmarc", "fail none pass permerror temperror", ""),
        ("dnswl", "none pass permerror temperror", ""),
        // RFC 7601 had domainkeys=fail too.
        ("domainkeys", "", "fail neutral none pass permerror policy temperror"),
        ("iprev", "fail pass permerror temperror", ""), ("rrvs", "fail none pass permerror temperror unknown", ""),
        ("sender-id", "", "fail hardfail neutral none pass permerror policy softfail temperror"),
        ("smime", "fail neutral none pass permerror policy temperror", ""),
        ("spf", "fail neutral none pass permerror policy softfail temperror", "hardfail"),
        ("vbr", "fail none pass permerror temperror", ""),
    ]

    @Test func `the properties are those registered`() {
        let ours = Registry.methods.flatMap { method in
            method.properties.map { "\(method.name) \($0.type).\($0.name)" }
        }
        let theirs = Self.properties.split(separator: ",").map { String($0.drop { $0 == " " }) }
        #expect(Set(ours) == Set(theirs))
        #expect(ours.count == theirs.count)
    }

    @Test func `the results are those registered`() throws {
        #expect(Registry.methods.map(\.name) == Self.results.map(\.0))
        for (name, active, deprecated) in Self.results {
            let method = try #require(Registry.method(name))
            func names(_ status: Registry.Status) -> String {
                method.results.filter { $0.status == status }.map(\.name).sorted().joined(separator: " ")
            }
            #expect(names(.active) == active, "\(name)")
            #expect(names(.deprecated) == deprecated, "\(name)")
            #expect((method.status == .deprecated) == active.isEmpty, "\(name)")
        }
    }
}
