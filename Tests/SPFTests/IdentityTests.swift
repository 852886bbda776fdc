import DNS
import SPF
import Testing

/// Which identity is checked, and which one is named.
@Suite struct IdentityTests {
    /// Every domain of the cases has a record that lets the client pass, so that a wrong choice shows.
    static let world = World(
        """
        legitimate.com TXT v=spf1 +all
        attack.com TXT v=spf1 +all
        any.com TXT v=spf1 +all
        a.attack.com TXT v=spf1 +all
        x.example TXT v=spf1 +all
        helo.attack.com TXT v=spf1 +all
        fails.example TXT v=spf1 -all
        mx.test.example TXT v=spf1 +all
        """
    )

    struct Case: CustomTestStringConvertible {
        let mailFrom: String
        let macro: String?
        let result: SPFResult
        let domain: String?
        var testDescription: String { mailFrom + (macro.map { " read as \($0)" } ?? "") }
        init(_ mailFrom: String, macro: String? = nil, _ result: SPFResult, _ domain: String? = nil) {
            self.mailFrom = mailFrom
            self.macro = macro
            self.result = result
            self.domain = domain
        }
    }

    @Test(arguments: [
        Case("<any@legitimate.com>", macro: "any@legitimate.com", .pass, "legitimate.com"),
        Case("any@legitimate.com", .pass, "legitimate.com"),
        Case("<\"a b\"@x.example>", macro: "\"a b\"@x.example", .pass, "x.example"),
        Case("<a@X.Example>", macro: "a@x.example", .pass, "x.example"),
        Case("<a@x.example>", macro: "a@x.example.", .pass, "x.example"),
        Case("<a@x.example>", macro: "<a@X.example>", .pass, "x.example"),
        Case("<@legitimate.com:any@attack.com>", macro: "any@attack.com", .pass, "attack.com"),
        Case("<@legitimate.com,@any.com:any@attack.com>", .pass, "attack.com"),
        /// Attacks on the reader of MAIL FROM, as Postfix hands them on.
        Case("<(any@legitimate.com>", macro: "", .permerror),
        Case("<(any@legitimate.com>", .permerror),
        Case("<any@legitimate.com(.attack.com>", macro: "any@legitimate.com", .permerror),
        Case("<any@legitimate.com(.attack.com>", .permerror),
        Case("<any@legitimate.com'@a.attack.com>", macro: "\"any@legitimate.com'\"@a.attack.com", .permerror),
        Case("<@legitimate.com,@any.com:'any@attack.com>", macro: "any@legitimate.com", .permerror),
        Case("<@legitimate.com:any@attack.com>", macro: "any@legitimate.com", .permerror),
        Case("(c)<a@x.example>", macro: "a@x.example", .permerror),
        Case("<a@x.example>(comment)", macro: "a@x.example", .permerror),
        Case("<a@x.example", .permerror), Case("a@x.example>", .permerror), Case(" <a@x.example>", .permerror),
        Case("<a@x.example> ", .permerror), Case("<<a@x.example>>", .permerror), Case("<a@x.example>\0", .permerror),
        Case("<a>", macro: "a@mx.test.example", .permerror),
        Case("<a@x.example.>", macro: "a@x.example", .permerror),
        Case("<a@x_y.example>", .permerror),
        Case("<a b@x.example>", .permerror), Case("<a@x.example@attack.com>", .permerror),
        Case("<a@x.example\r\nRCPT TO:<b@x.example>>", .permerror), Case("<\"a@x.example>", .permerror),
        Case("<any@legitimate.com>", macro: "any@attack.com", .permerror),
        Case("<any@legitimate.com>", macro: "", .permerror),
        Case("<any@legitimate.com>", macro: "any", .permerror),
        Case("<>", macro: "any@attack.com", .permerror),
        /// RFC 7208, 4.3.
        Case("<u@localhost>", .none), Case("<u@[192.0.2.3]>", .none), Case("<u@[IPv6:2001:db8::1]>", .none),
        Case("<u@A...example.com>", .none), Case("<@x.example>", .pass, "x.example"),
        Case("<@x.example>", macro: "a@attack.com", .permerror), Case("@", .none),
        /// A1: the name does not exist, and that is what counts.
        Case("<any@mailfrom.notexist.legitimate.com>", .none, "mailfrom.notexist.legitimate.com"),
    ])
    func `only an address that is read in one way is checked`(_ given: Case) throws {
        let run = try #require(
            Self.world.run(helo: "helo.attack.com", mailFrom: given.mailFrom, macroAddress: given.macro)
        )
        #expect(run.verdict.result == given.result, "\(run.verdict.reason ?? "")")
        #expect(run.verdict.identity == given.domain.flatMap(Domain.init).map(SPFVerdict.Identity.mailFrom))
        /// HELO passes in every case, and never stands for MAIL FROM.
        #expect(run.verdict.helo?.result == .pass)
        if given.result != .pass { #expect(run.verdict.reason != nil) }
    }

    @Test(arguments: ["<>", ""])
    func `a null sender is postmaster at HELO`(_ mailFrom: String) throws {
        let domain = try #require(Domain("helo.attack.com"))
        let verdict = try #require(Self.world.run(helo: "HELO.attack.com", mailFrom: mailFrom)).verdict
        #expect(verdict.result == .pass)
        #expect(verdict.identity == .helo(domain))
        #expect(verdict.helo?.domain == domain)
        let failed = try #require(Self.world.run(helo: "fails.example", mailFrom: mailFrom, macroAddress: "")).verdict
        #expect(failed.result == .fail && failed.helo?.result == .fail)
    }

    @Test(arguments: [
        "", "localhost", "[192.0.2.3]", "a (good.example [192.0.2.1])", "a;spf=pass", "a(b", "a\"b", "two words",
        "bücher.example", "x.example.", "-x.example", "x_y.example", "x..example", "x.example\0",
    ])
    func `a HELO that is no domain is not checked and not named`(_ helo: String) throws {
        let null = try #require(Self.world.run(helo: helo, mailFrom: "<>"))
        #expect(null.verdict.result == .none && null.verdict.identity == nil && null.verdict.helo == nil)
        #expect(null.asked.isEmpty)
        let named = try #require(Self.world.run(helo: helo, mailFrom: "<a@x.example>"))
        #expect(named.verdict.result == .pass && named.verdict.helo == nil)
    }

    @Test func `HELO fails and MAIL FROM passes, each by itself`() throws {
        let run = try #require(Self.world.run(helo: "fails.example", mailFrom: "<a@x.example>"))
        #expect(run.verdict.result == .pass)
        #expect(run.verdict.helo?.result == .fail)
        #expect(run.verdict.identity?.domain.text == "x.example")
        #expect(run.rounds == 1)
    }

    @Test func `macros see the identity that is checked`() throws {
        let world = World(
            """
            helo.example TXT v=spf1 exists:%{l}.%{o}.%{d}.%{h}.x.example -all
            postmaster.helo.example.helo.example.helo.example.x.example A 127.0.0.2
            from.example TXT v=spf1 redirect=other.example
            other.example TXT v=spf1 exists:%{l}.%{o}.%{d}.%{h}.x.example -all
            john.doe.from.example.other.example.helo.example.x.example A 127.0.0.2
            """
        )
        let run = try #require(world.run(helo: "helo.example", mailFrom: "<\"john.doe\"@from.example>"))
        #expect(run.verdict.result == .pass)
        #expect(run.verdict.helo?.result == .pass)
    }
}
