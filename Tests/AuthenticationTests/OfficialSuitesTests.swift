import AuthResults
import Authentication
import DNS
import SPF
import StubDNS
import TestSupport
import Testing

/// The suites of the SPF project, whole, through all that a message goes through. A suite that cannot be read is a
/// failure, not a skipped test.
@Suite struct OfficialSuitesTests {
    @Test(arguments: [("rfc7208", 203), ("rfc4408", 191)])
    func `every verdict and every explanation is the one that the suite asks for`(
        _ name: String,
        count: Int
    ) async throws {
        let scenarios = try OfficialSuite(name).scenarios
        #expect(scenarios.map(\.cases.count).reduce(0, +) == count)
        for scenario in scenarios { await Self.play(scenario.cases, ZoneResolver(scenario.zone)) }
    }

    @Test func `and it is the same with a name server and the stub resolver between the zone and the check`()
        async throws
    {
        for scenario in try OfficialSuite("rfc7208").scenarios {
            let server = try LoopbackNameServer(scenario.zone)
            let resolver = try StubResolver(servers: [server.address], timeout: .seconds(1), tries: 1)
            await Self.play(scenario.cases, resolver)
            resolver.shutdown()
            #expect(server.total > 0)
        }
    }

    private static func play(_ cases: [OfficialSuite.Case], _ resolver: any Resolver) async {
        await withTaskGroup { group in
            for given in cases { group.addTask { await play(given, resolver) } }
        }
    }

    private static func play(_ given: OfficialSuite.Case, _ resolver: any Resolver) async {
        var delivery = Delivery(client: given.client, helo: given.helo, mailFrom: given.mailFrom)
        delivery.policy.checks = [.spf]
        /// Some clients of the suites are where others have their own.
        delivery.policy.localNetworks = []
        guard let judgement = await delivery.judge(by: resolver), let verdict = judgement.verdicts.spf else {
            Issue.record("\(given.id) comes to no end")
            return
        }
        #expect(
            given.results.contains(verdict.result.rawValue),
            "\(given.id): \(verdict.result), \(verdict.reason ?? "no reason")"
        )
        #expect(
            judgement.results?.results.contains { $0.method == "spf" && $0.result == verdict.result.rawValue } == true,
            "\(given.id)"
        )
        if let explanation = given.explanation {
            #expect(verdict.explanation ?? "DEFAULT" == explanation, "\(given.id)")
        }
    }
}
