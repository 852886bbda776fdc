import DNS
import Foundation
import Yams

/// One of the test suites of the SPF project, as Debian's python3-spf carries them.
struct OfficialSuite {
    /// A zone, and checks that are made in it.
    struct Scenario {
        let zone: ZoneFile
        let cases: [Case]
    }

    struct Case: Sendable {
        let id: String
        let client: String
        let helo: [UInt8]
        let mailFrom: [UInt8]
        /// All of them are right.
        let results: [String]
        /// `DEFAULT` if there must be none.
        let explanation: String?
    }

    struct Unreadable: Error, CustomStringConvertible {
        let description: String
    }

    let scenarios: [Scenario]

    /// - Throws: also if the suite is not there: a test that did not run has not passed.
    init(_ name: String) throws {
        scenarios = try Yams.compose_all(yaml: Self.text(of: name)).map { scenario in
            let tests = scenario["tests"]?.mapping ?? [:]
            return Scenario(
                zone: try OfficialZone(scenario["zonedata"]).file,
                cases: try tests.map { try Self.test($0.string ?? "", $1) }
            )
        }
    }

    private static func test(_ id: String, _ test: Node) throws -> Case {
        guard let client = test["host"]?.string, let helo = test["helo"]?.string,
            let mailFrom = test["mailfrom"]?.string, let result = test["result"]
        else { throw Unreadable(description: "\(id) is not a test") }
        return Case(
            id: id,
            client: client,
            helo: Array(helo.utf8),
            mailFrom: argument(mailFrom),
            results: result.sequence?.compactMap(\.string) ?? [result.string ?? ""],
            explanation: test["explanation"]?.string
        )
    }

    /// The suite gives the mailbox; on the wire, a local-part with a space is quoted.
    private static func argument(_ mailbox: String) -> [UInt8] {
        guard let at = mailbox.lastIndex(of: "@"), mailbox[..<at].contains(" ") else {
            return Array("<\(mailbox)>".utf8)
        }
        return Array("<\"\(mailbox[..<at])\"\(mailbox[at...])>".utf8)
    }

    /// Debian compresses documentation, unless told not to.
    private static func text(of name: String) throws -> String {
        let path = "/usr/share/doc/python3-spf/\(name)-tests.yml"
        if let text = try? String(contentsOfFile: path, encoding: .utf8) { return text }
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["gzip", "-dc", path + ".gz"]
        process.standardOutput = output
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0, let text = String(data: data, encoding: .utf8) else {
            throw Unreadable(description: "\(path) is missing: Debian package python3-spf")
        }
        return text
    }
}
