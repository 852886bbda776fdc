import ArgumentParser
import CommandOptions
import Files
import StatusCodes

struct CodesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "codes",
        abstract: "Explains SMTP enhanced status codes and names where each is defined.",
        discussion: """
            Without a code, all registered codes are listed, with the basic codes that go with them. Exits 65 if a code is \
            not registered.
            """
    )

    @Argument(help: "Codes such as 5.7.26, or X.7.26 for every class; none lists all.") var codes: [String] = []

    func run() throws {
        guard !codes.isEmpty else { return try StandardOutput.write(Self.list) }
        var isMissing = false
        for (number, name) in codes.enumerated() {
            guard let code = StatusCodeRegistry.code(named: name) else {
                StandardError.write(
                    "authres: \(name.debugDescription) is not a registered code; `authres codes` lists them"
                )
                isMissing = true
                continue
            }
            try StandardOutput.write((number > 0 ? "\n" : "") + Self.text(of: code, as: EnhancedCode(name)))
        }
        if isMissing { throw Sysexit.data }
    }

    /// What is known about one code.
    /// - Parameter asked: the code with its class, if it was given with one.
    static func text(of code: RegisteredCode, as asked: EnhancedCode?) -> String {
        var lines = ["\(asked?.description ?? code.name)  \(code.meaning)", "  \(code.explanation)"]
        if let asked { lines.append("  class \(asked.statusClass.rawValue): \(asked.statusClass.meaning)") }
        if let subject = StatusCodeRegistry.subject(code.subject) {
            lines.append("  subject \(subject.number): \(subject.meaning)")
        }
        lines.append("  basic codes: \(code.basicCodes)")
        if let asked, code.basicCode(in: asked.statusClass) == nil {
            lines.append("  No basic code of class \(asked.statusClass.rawValue) is registered with it.")
        }
        lines.append("  defined in: \(code.reference)")
        return lines.map { $0 + "\n" }.joined()
    }

    private static var list: String {
        let rows = StatusCodeRegistry.codes.map { [$0.name, $0.basicCodes.listing, $0.reference, $0.meaning] }
        let widths = (0..<3).map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let padded = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
            return (padded + [row[3]]).joined(separator: "  ") + "\n"
        }
        .joined()
    }
}

extension BasicCodes {
    /// One line of the list, in columns.
    fileprivate var listing: String {
        switch self {
        case .any, .only, .permanentFailures: description
        case .notGiven: "-"
        case .preferably(let codes): codes.map(String.init).joined(separator: ", ") + ", ..."
        }
    }
}
