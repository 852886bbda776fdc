import ArgumentParser
import Foundation

/// A command's help, as ArgumentParser dumps it for tools.
struct CommandManual: Decodable {
    struct Tool: Decodable {
        let command: CommandManual
    }

    struct Argument: Decodable {
        struct Name: Decodable {
            let kind: String
            let name: String

            var text: String { kind == "long" ? "--\(name)" : "-\(name)" }
        }

        let kind: String
        let shouldDisplay: Bool
        let names: [Name]?
        let valueName: String?
        let abstract: String?
        let discussion: String?

        /// `--zone <zone>`
        var term: String {
            let value = valueName.map { "<\($0)>" } ?? ""
            guard let names, !names.isEmpty else { return value }
            return names.map(\.text).joined(separator: ", ") + (kind == "option" ? " \(value)" : "")
        }
    }

    let commandName: String
    let abstract: String?
    let discussion: String?
    let arguments: [Argument]?
    let subcommands: [CommandManual]?
    let shouldDisplay: Bool

    init(_ command: any ParsableCommand.Type) throws {
        self = try JSONDecoder().decode(Tool.self, from: Data(command._dumpHelp().utf8)).command
    }

    /// Abstract, discussion and options, below their own heading.
    func write(to page: inout ManualPage) {
        page.paragraphs([abstract, discussion].compactMap { $0 }.joined(separator: "\n\n"))
        for argument in arguments ?? [] where argument.shouldDisplay {
            page.item(argument.term, [argument.abstract, argument.discussion].compactMap { $0 }.joined(separator: " "))
        }
    }
}
