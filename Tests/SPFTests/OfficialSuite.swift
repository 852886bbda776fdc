import DNS
import Foundation
import Testing
import Yams

/// One of the test suites of the SPF project, as Debian's python3-spf carries them.
struct OfficialSuite {
    struct Case: CustomTestStringConvertible {
        let testDescription: String
        let world: World
        let ip: String
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

    let cases: [Case]

    init(_ name: String) throws {
        let base = "/usr/share/doc/python3-spf/\(name)-tests.yml"
        let text: String
        if FileManager.default.fileExists(atPath: base) {
            text = try String(contentsOfFile: base, encoding: .utf8)
        } else if FileManager.default.fileExists(atPath: base + ".gz") {
            text = try Self.decompress(base + ".gz")
        } else {
            throw Unreadable(description: "\(base) is missing: Debian package python3-spf")
        }
        var cases: [Case] = []
        for scenario in try Yams.compose_all(yaml: text) {
            let world = World(suite: scenario["zonedata"])
            for (id, test) in scenario["tests"]?.mapping ?? [:] {
                cases.append(try Self.test(id.string ?? "", test, world))
            }
        }
        self.cases = cases
    }

    private static func test(_ id: String, _ test: Node, _ world: World) throws -> Case {
        guard let ip = test["host"]?.string, let helo = test["helo"]?.string,
            let mailFrom = test["mailfrom"]?.string, let result = test["result"]
        else { throw Unreadable(description: "\(id) is not a test") }
        return Case(
            testDescription: id,
            world: world,
            ip: ip,
            helo: Array(helo.utf8),
            mailFrom: Self.argument(mailFrom),
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

    private static func decompress(_ path: String) throws -> String {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["gzip", "-dc", path]
        process.standardOutput = output
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Unreadable(description: "gzip -dc \(path) failed") }
        return String(decoding: data, as: UTF8.self)
    }
}

extension World {
    /// A zone of the suite. A name without TXT records has its SPF records as TXT; a `TIMEOUT` among the records of a
    /// name is all that is said of the types that did not come before it.
    init(suite zone: Node?) {
        self.init()
        var aliases: [(String, String)] = []
        for (name, items) in zone?.mapping ?? [:] {
            guard let name = name.string else { continue }
            var records: [RecordType: [RecordData]] = [:]
            var broken: Set<RecordType> = []
            var spf: [RecordData] = []
            var hasTXT = false
            for item in items.sequence ?? [] {
                if item.string == "TIMEOUT" {
                    broken.formUnion(RecordType.allCases.filter { records[$0] == nil })
                    continue
                }
                for (type, value) in item.mapping ?? [:] {
                    switch type.string ?? "" {
                    case "CNAME": aliases.append((name, value.string ?? ""))
                    case "SPF": if value.string != "TIMEOUT" { spf.append(.txt(Self.strings(value))) }
                    case "TXT":
                        hasTXT = true
                        if value.string == "TIMEOUT" {
                            broken.insert(.txt)
                        } else if value.string != "NONE" {
                            records[.txt, default: []].append(.txt(Self.strings(value)))
                        }
                    case let other:
                        if let (type, data) = Self.record(other, value) { records[type, default: []].append(data) }
                    }
                }
            }
            if !hasTXT, !spf.isEmpty, !broken.contains(.txt) { records[.txt] = spf }
            set(name, .txt, Answer(.noData))
            for type in broken { set(name, type, .failure(.timeout)) }
            for (type, data) in records { set(name, type, Answer(.records(data))) }
        }
        for (name, target) in aliases { follow(name, target, aliases) }
    }

    private mutating func follow(_ name: String, _ target: String, _ aliases: [(String, String)]) {
        var target = target
        for _ in 0..<10 {
            guard let next = aliases.first(where: { Domain($0.0) == Domain(target) }) else {
                guard let end = Domain(target) else { return }
                for type in RecordType.allCases { set(name, type, answer(to: Question(end, type))) }
                return
            }
            target = next.1
        }
        for type in RecordType.allCases { set(name, type, .failure(.aliasLoop)) }
    }

    private static func record(_ type: String, _ value: Node) -> (RecordType, RecordData)? {
        let text = value.string ?? ""
        switch (type, IPAddress(text)) {
        case ("A", .v4(let address)): return (.a, .a(address))
        case ("AAAA", .v6(let address)): return (.aaaa, .aaaa(address))
        case ("PTR", _): return (.ptr, .ptr(Domain(text)))
        case ("MX", _):
            let parts = value.sequence?.compactMap(\.string) ?? []
            guard parts.count == 2, let preference = UInt16(parts[0]) else { return nil }
            return (.mx, .mx(preference: preference, exchange: Domain(parts[1])))
        default: return nil
        }
    }

    /// Octets beyond ASCII are written as escapes in the suite, one a character.
    private static func strings(_ value: Node) -> [[UInt8]] {
        let texts = value.sequence?.compactMap(\.string) ?? [value.string ?? ""]
        return texts.map { text in text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) } }
    }
}
