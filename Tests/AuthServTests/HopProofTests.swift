import AuthServ
import DNS
import Testing

private let now: Int64 = 1_700_000_000
private let day: Int64 = 86_400

private func domain(_ text: String) throws -> Domain { try #require(Domain(text)) }

/// Hops at places 1, 4, 7, ...; the last is the border.
private func proof(_ answers: [(String, HopAnswer)], receivedAt: Int64? = now - day) throws -> HopProof {
    HopProof(
        hops: try answers.enumerated().map { number, hop in
            HopProof.Hop(
                place: 1 + 3 * number,
                host: try domain(hop.0),
                isBorder: number == answers.count - 1,
                receivedAt: receivedAt,
                answer: hop.1
            )
        },
        horizon: 30 * day
    )
}

private func claim(_ id: String, at place: Int, isOwn: Bool = false) throws -> HopProof.Claim {
    HopProof.Claim(place: place, id: id, names: [try domain(id)], isOwn: isOwn)
}

@Suite struct HopProofTests {
    private let mx = "mx.example.org"

    private func announces(_ ids: String...) throws -> HopAnswer {
        .announces(try ids.map(domain), askedAt: now)
    }

    @Test("Above the lowest host that names the id a field is proven; below it, it came in with the message")
    func sample() throws {
        let proof = try proof([("store.example.org", .nothing), (mx, announces(mx))])
        #expect(try proof.verdict(on: claim(mx, at: 2)) == .proven(by: proof.hops[1]))
        #expect(try proof.verdict(on: claim(mx, at: 5)) == .notOurs(below: proof.hops[1]))
        #expect(try proof.verdict(on: claim(mx, at: 0)) == .proven(by: proof.hops[1]))
        let reason = "no host that handled the message announces filter.example.org"
        #expect(try proof.verdict(on: claim("filter.example.org", at: 3)) == .notProven(reason))
    }

    @Test("Of several hosts the lowest counts") func lowest() throws {
        let proof = try proof([("store.example.org", announces(mx)), (mx, announces(mx))])
        #expect(try proof.verdict(on: claim(mx, at: 3)) == .proven(by: proof.hops[1]))
    }

    @Test("A host that does not answer is no disproof, and no proof") func silent() throws {
        let below = try proof([("store.example.org", announces(mx)), (mx, .unknown("time-out"))])
        #expect(try below.verdict(on: claim(mx, at: 0)) == .proven(by: below.hops[0]))
        #expect(try below.verdict(on: claim(mx, at: 2)) == .unknown("mx.example.org: time-out"))
        #expect(try below.verdict(on: claim(mx, at: 5)) == .notOurs(below: below.hops[0]))
        let above = try proof([("store.example.org", .unknown("time-out")), (mx, announces(mx))])
        #expect(try above.verdict(on: claim(mx, at: 2)) == .proven(by: above.hops[1]))
        let alone = try proof([(mx, .unknown("time-out"))])
        #expect(try alone.verdict(on: claim(mx, at: 0)) == .unknown("mx.example.org: time-out"))
    }

    @Test("A host that names no id vouches for the configured ones") func conformance() throws {
        let proof = try proof([(mx, .conforms(askedAt: now))])
        #expect(try proof.verdict(on: claim(mx, at: 0, isOwn: true)) == .proven(by: proof.hops[0]))
        #expect(try proof.verdict(on: claim(mx, at: 2, isOwn: true)) == .notOurs(below: proof.hops[0]))
        guard case .notProven = try proof.verdict(on: claim("other.example", at: 0)) else {
            Issue.record("another id is proven")
            return
        }
    }

    @Test("An answer of today says nothing of what came long before") func horizon() throws {
        let old = try proof([(mx, announces(mx))], receivedAt: now - 31 * day)
        for place in [0, 2] {
            let reason = "too old: mx.example.org was asked 31 days after the message came"
            #expect(try old.verdict(on: claim(mx, at: place)) == .notProven(reason))
        }
        let undated = try proof([(mx, announces(mx))], receivedAt: nil)
        guard case .notProven = try undated.verdict(on: claim(mx, at: 0)) else {
            Issue.record("proven without a date")
            return
        }
        let kept = try proof([(mx, announces(mx))], receivedAt: now + 3600)
        #expect(try kept.verdict(on: claim(mx, at: 0)) == .proven(by: kept.hops[0]))
    }

    @Test("Without hosts of ours nothing is proven") func noHops() throws {
        guard case .notProven = try HopProof(hops: [], horizon: day).verdict(on: claim(mx, at: 0)) else {
            Issue.record("proven by nobody")
            return
        }
    }

    @Test("Ids that are not used make a host's answer unknown") func refused() {
        let text = "C: EHLO x\nS: 250-mx\nS: 250 AUTHSERV *"
        let answer = HopAnswer(Announcement(conversation(.smtp, text), isProtected: true), askedAt: now)
        #expect(answer == .unknown("id is not a domain name"))
    }
}

@Suite struct AskRuleTests {
    private func url(_ rules: [String], for host: String) throws -> String? {
        try rules.map { try AskRule($0) }.url(for: domain(host))?.description
    }

    @Test("A host is asked where the rule of its name, or of its pattern, says") func reads() throws {
        let rules = [
            "*.example.org=smtp://*.example.org:587", "mx.example.org=imaps://ann@imap.example.org",
            "pop3s://pop.example.net",
        ]
        #expect(try url(rules, for: "mx.example.org") == "imaps://ann@imap.example.org")
        #expect(try url(rules, for: "mx2.example.org") == "smtp://mx2.example.org:587")
        #expect(try url(rules, for: "pop.example.net") == "pop3s://pop.example.net")
        #expect(try url(rules, for: "example.org") == nil)
        #expect(try url(rules, for: "mx.example.org.evil.example") == nil)
        #expect(try url(["smtp://*.example.org:587"], for: "a.b.example.org") == "smtp://a.b.example.org:587")
        #expect(try url(["*.example.org=smtp://mx.example.org"], for: "a.example.org") == "smtp://mx.example.org")
        #expect(try url(["imaps://ann@*.example.org"], for: "a.example.org") == "imaps://ann@a.example.org")
    }

    @Test("A host whose name is no host name is not put into a URL") func hostile() throws {
        let rule = "*.example.org=smtp://*.example.org:587"
        for host in ["a@evil.example.org", "x:25.example.org", "a/b.example.org", "[::1].example.org"] {
            #expect(try url([rule], for: host) == nil)
        }
    }

    @Test(
        "What does not say where, or says it of two names, is refused",
        arguments: [
            "mx.example.org", "mx.example.org=", "mx.example.org=http://x.example",
            "*.example.org=smtp://*.example.net",
            "mx.example.org=smtp://*.example.org", "smtp://192.0.2.1", "*=smtp://*.example.org", "*.*=smtp://x.example",
            "mx.example.org=smtp://ann:secret@mx.example.org",
        ]
    ) func refuses(_ text: String) {
        #expect(throws: ServerURL.Mistake.self) { try AskRule(text) }
    }
}

@Suite struct AddressRulesTests {
    @Test(
        "Asked by nobody",
        arguments: [
            "169.254.169.254", "::ffff:169.254.169.254", "0.0.0.0", "255.255.255.255", "224.0.0.1", "::", "fe80::1",
            "ff02::1",
        ]
    ) func forbidden(_ text: String) throws {
        let everything = ["0.0.0.0/0", "::/0"].compactMap { IPNetwork($0) }
        #expect(!AddressRules(networks: nil).allows(try #require(IPAddress(text))))
        #expect(!AddressRules(networks: everything).allows(try #require(IPAddress(text))))
    }

    @Test("Without a rule of its own, private networks and this host") func networks() throws {
        let rules = AddressRules(networks: AddressRules.privateNetworks)
        for text in ["127.0.0.1", "::1", "10.1.2.3", "192.168.0.1", "fd00::1", "::ffff:10.0.0.1"] {
            #expect(rules.allows(try #require(IPAddress(text))))
        }
        for text in ["192.0.2.1", "2001:db8::1", "11.0.0.1"] { #expect(!rules.allows(try #require(IPAddress(text)))) }
    }
}

@Suite struct ServerFragmentTests {
    @Test("The id is where each server looks for it") func ids() throws {
        let fragment = ServerFragment(id: try domain("mx.example.org"))
        #expect(fragment.text(for: .dovecot).contains("default_fields = imap_capability=+AUTHSERV=mx.example.org\n"))
        #expect(fragment.text(for: .dovecot).contains("\nimap_capability = +AUTHSERV\n"))
        #expect(fragment.text(for: .nginx).contains("\"AUTHSERV mx.example.org\" AUTHSERV=mx.example.org;"))
        #expect(fragment.text(for: .haproxy).contains("filter lua.authserv-pop3 mx.example.org\n"))
    }

    @Test(
        "Only host names are announced",
        arguments: ["mx", "a b.example", "192.0.2.1", "mx.example.org;", "*.example.org"]
    )
    func names(_ text: String) {
        #expect(Domain(announced: text) == nil)
    }
}
