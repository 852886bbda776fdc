import Foundation
import Testing

/// The table of targets in Architecture.md says what Package.swift enforces and what the sources import.
@Suite struct TargetTableTests {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized

    /// Imports of our own targets, by target, as the table has them.
    static func table() throws -> [String: Set<String>] {
        let file = root.appending(path: "Sources/Authentication/Documentation.docc/Architecture.md")
        var table: [String: Set<String>] = [:]
        for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") where line.hasPrefix("| `") {
            let cells = line.split(separator: "|").map(words)
            guard cells.count == 3, let target = cells[0].first else { continue }
            table[target] = Set(cells[2])
        }
        return table
    }

    /// What is between backquotes.
    private static func words(_ cell: Substring) -> [String] {
        cell.split(separator: "`", omittingEmptySubsequences: false).enumerated()
            .filter { $0.offset % 2 == 1 }.map { String($0.element) }
    }

    /// Dependencies on our own Swift targets, by target, as Package.swift has them.
    static func package() throws -> [String: Set<String>] {
        let text = try String(contentsOf: root.appending(path: "Package.swift"), encoding: .utf8)
        let module = #/module\(\s*"(?<name>\w+)"(?:,\s*\[(?<list>[^\]]*)\])?(?:,\s*resources: \[[^\]]*\])?\s*\)/#
        let executable = #/executableTarget\(\s*name: "(?<name>\w+)",\s*dependencies: \[(?<list>[^\]]*)\]/#
        var found: [String: String] = [:]
        for match in text.matches(of: module) { found[String(match.name)] = match.list.map(String.init) ?? "" }
        for match in text.matches(of: executable) { found[String(match.name)] = String(match.list) }
        let own = Set(found.keys)
        return found.mapValues { list in Set(list.matches(of: #/"(\w+)"/#).map { String($0.1) }).intersection(own) }
    }

    /// What the files of a target import of our own targets.
    static func imports(of target: String, own: Set<String>) throws -> Set<String> {
        let folder = root.appending(path: "Sources/\(target)")
        let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
        var imports: Set<String> = []
        for case let file as URL in files where file.pathExtension == "swift" {
            for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
                let words = line.split(separator: " ")
                guard words.dropLast().last == "import", words.count <= 3, let name = words.last else { continue }
                imports.insert(String(name))
            }
        }
        return imports.intersection(own)
    }

    @Test func `the table has the targets of the package, and each with its imports`() throws {
        let (table, package) = (try Self.table(), try Self.package())
        #expect(package.count > 20)
        #expect(Set(table.keys) == Set(package.keys))
        for (target, imports) in package { #expect(table[target] == imports, "\(target)") }
    }

    @Test func `a target depends on what its files import, and on nothing else`() throws {
        let package = try Self.package()
        for (target, dependencies) in package {
            #expect(try Self.imports(of: target, own: Set(package.keys)) == dependencies, "\(target)")
        }
    }

    @Test func `no method imports another`() throws {
        let methods: Set = ["SPF", "DKIM", "ARC", "DMARC"]
        let package = try Self.package()
        for method in methods { #expect(try #require(package[method]).isDisjoint(with: methods), "\(method)") }
    }
}
