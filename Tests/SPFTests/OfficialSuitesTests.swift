import SPF
import Testing

/// The suites of the SPF project, whole. A suite that cannot be read is a failure, not a skipped test.
@Suite struct OfficialSuitesTests {
    @Test(arguments: [("rfc7208", 203), ("rfc4408", 191)])
    func `every verdict and every explanation is the one that the suite asks for`(_ name: String, count: Int) throws {
        let suite = try OfficialSuite(name)
        #expect(suite.cases.count == count)
        for given in suite.cases {
            let run = given.world.run(ip: given.ip, helo: given.helo, mailFrom: given.mailFrom)
            let verdict = try #require(run?.verdict, "\(given.testDescription) comes to no end")
            #expect(
                given.results.contains(verdict.result.rawValue),
                "\(given.testDescription): \(verdict.result), \(verdict.reason ?? "no reason")"
            )
            if let explanation = given.explanation {
                #expect(verdict.explanation ?? "DEFAULT" == explanation, "\(given.testDescription)")
            }
        }
    }
}
