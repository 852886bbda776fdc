import Authentication
import DMARC
import DNS
import SPF
import StubDNS
import TestSupport
import Testing

/// What a message may cost the DNS, counted at the name server.
@Suite struct QueryCountTests {
    private static func ask(_ zone: ZoneFile, _ delivery: Delivery) async throws -> (Judgement, [Question: Int]) {
        let server = try LoopbackNameServer(zone)
        let resolver = try StubResolver(servers: [server.address])
        let judgement = try #require(await delivery.judge(by: resolver))
        resolver.shutdown()
        return (judgement, server.counts)
    }

    /// RFC 7208, 4.6.4: ten terms that query, and the record that they stand in.
    @Test func `a tree of includes four deep and ten wide costs 11 questions`() async throws {
        var zone = ZoneFile()
        var level = ["sender.example"]
        for depth in 0...4 {
            for name in level {
                let includes = (0..<10).map { "include:\($0).\(name) " }
                let strings = ["v=spf1 "] + (depth < 4 ? includes : []) + ["-all"]
                zone.add(.txt(strings.map { Array($0.utf8) }), to: try #require(Domain(name)))
            }
            level = level.flatMap { name in (0..<10).map { "\($0).\(name)" } }
        }
        var delivery = Delivery()
        delivery.policy.checks = [.spf]
        let (judgement, counts) = try await Self.ask(zone, delivery)
        #expect(judgement.verdicts.spf?.result == .permerror)
        #expect(counts.values.allSatisfy { $0 == 1 })
        #expect(counts.keys.allSatisfy { $0.type == .txt })
        #expect(counts.count == 11, "\(counts.keys.map(\.description).sorted())")
    }

    /// RFC 7208, 4.6.4: ten terms, and ten addresses to each of them, are within its limits.
    @Test(arguments: [(400, SPFResult.fail, 111), (30, .temperror, 30)])
    func `a message asks no more questions than it may`(limit: Int, result: SPFResult, asked: Int) async throws {
        var zone = ZoneFile()
        let terms = (0..<10).map { "mx:m\($0).example " }.joined()
        zone.add(.txt([Array("v=spf1 \(terms)-all".utf8)]), to: try #require(Domain("sender.example")))
        for name in 0..<10 {
            for host in 0..<10 {
                let exchange = try #require(Domain("h\(host).m\(name).example"))
                zone.add(.mx(preference: 1, exchange: exchange), to: try #require(Domain("m\(name).example")))
                zone.add(.a(IPv4Address(value: 1)), to: exchange)
            }
        }
        var delivery = Delivery()
        delivery.policy.checks = [.spf]
        delivery.policy.limits.questions = limit
        let (judgement, counts) = try await Self.ask(zone, delivery)
        #expect(judgement.verdicts.spf?.result == result)
        #expect(counts.count == asked)
        let isTold = judgement.verdicts.spf?.reason?.contains("too many questions") == true
        #expect(isTold == (result == .temperror))
    }

    /// RFC 9989, 4.10: one question a label; of more than eight, the whole name and the last seven.
    @Test(arguments: 1...12) func `the tree walk of a name costs eight questions at most`(_ labels: Int) async throws {
        let names = (1...labels).map { String(repeating: "a.", count: $0 - 1) + "example" }
        var delivery = Delivery(author: "ann@\(names[labels - 1])")
        delivery.policy.checks = [.dmarc]
        let (_, counts) = try await Self.ask(ZoneFile(), delivery)
        let walked = names.prefix(labels > 8 ? 7 : labels) + (labels > 8 ? [names[labels - 1]] : [])
        #expect(counts.keys.allSatisfy { $0.type == .txt })
        #expect(counts.keys.map(\.name.text).sorted() == walked.map { "_dmarc.\($0)" }.sorted())
        #expect(counts.values.reduce(0, +) == min(labels, 8))
    }

    /// RFC 9989, 4.10: a domain that has been authenticated is walked as well, and what both walks share is asked once.
    @Test func `the walk of an identifier costs eight more at most`() async throws {
        let author = String(repeating: "a.", count: 10) + "sender.example"
        let other = String(repeating: "b.", count: 10) + "sender.example"
        var zone = ZoneFile()
        zone.add(.txt([Array("v=spf1 +all".utf8)]), to: try #require(Domain(other)))
        zone.add(.txt([Array("v=DMARC1; p=reject".utf8)]), to: try #require(Domain("_dmarc.sender.example")))
        var delivery = Delivery(mailFrom: Array("<ann@\(other)>".utf8), author: "ann@\(author)")
        delivery.policy.checks = [.spf, .dmarc]
        let (judgement, counts) = try await Self.ask(zone, delivery)
        #expect(judgement.verdicts.dmarc?.result == .pass)
        #expect(counts.values.allSatisfy { $0 == 1 })
        #expect(counts.keys.filter { $0.name.text.hasPrefix("_dmarc.") }.count == 8 + 6)
    }
}
