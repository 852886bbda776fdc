import ArgumentParser
import CommandOptions
import Files
import Foundation
import Summaries
import SummaryHTML

struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Combines the reports of archives (mbox --report json) in one summary.",
        discussion: """
            The summary is what one run over all the archives would have printed, in the order of the reports. Memory \
            grows only with the number of author domains, up to the limit that a run has. Exits 65 if a line is not from \
            a report, 66 if a file cannot be read.
            """
    )

    @Argument(help: "Reports, one object per line; - is standard input.") var files: [String]
    @Option(name: .customLong("summary-json"), help: "Write the summary to this file, as JSON; - for standard output.")
    var summaryJSON: String?
    @Option(name: .customLong("summary-html"), help: "Write the summary to this file, as a page to look at.")
    var summaryHTML: String?

    func validate() throws {
        guard files.count(where: { $0 == "-" }) <= 1 else {
            throw ValidationError("standard input can be read only once")
        }
        let targets = [summaryJSON, summaryHTML].compactMap { $0 }.filter { !OutputFile.isStream($0) }
        guard Set(targets.map(OutputFile.place)).count == targets.count else {
            throw ValidationError("two outputs name the same file")
        }
        for input in files.compactMap({ LibCFiles.status(ofPath: $0) }) {
            guard let target = targets.first(where: { OutputFile.replaces($0, input) }) else { continue }
            throw ValidationError("\(target): is an input; inputs are never overwritten")
        }
    }

    func run() async throws {
        var summary = Summary()
        var errors = 0
        do {
            for name in files { errors += try Self.add(name, to: &summary) }
            let report = SummaryReport(summary: summary)
            if let summaryHTML { try OutputFile.write(try SummaryPage(summary).html(), as: summaryHTML) }
            switch summaryJSON {
            case nil: if summaryHTML == nil { try StandardOutput.write(report.table) }
            case "-": try StandardOutput.write(try report.json()[...])
            case let name?: try OutputFile.write(try report.json(), as: name)
            }
        } catch let failure as FileFailure {
            StandardError.write("authres: \(failure)")
            throw files.contains(failure.name) || failure.name == InputFile.standardInputName
                ? Sysexit.noInput : Sysexit.cannotCreate
        }
        if errors > 0 {
            StandardError.write("authres: \(errors.grouped) lines are about files that could not be examined")
            throw Sysexit.data
        }
    }

    /// The maximum length of a line in octets; a longer one is not from a report.
    private static let lineLimit = 64 << 20

    /// Counts the lines of one report; returns how many of them are errors.
    private static func add(_ name: String, to summary: inout Summary) throws -> Int {
        let file = try InputFile(name)
        var number = 0
        var errors = 0
        var partial: [UInt8] = []
        func add(_ line: ArraySlice<UInt8>) throws {
            number += 1
            guard line.contains(where: { $0 > 0x20 }) else { return }
            guard let line = ReportLine(line) else {
                StandardError.write("authres: \(name):\(number): not a line of a report")
                throw Sysexit.data
            }
            if let tally = line.tally { summary.count(tally) } else { errors += 1 }
        }
        while case let piece = try file.next(), !piece.isEmpty {
            var rest = piece[...]
            while let lineFeed = rest.firstIndex(of: UInt8(ascii: "\n")) {
                partial += rest[..<lineFeed]
                try add(partial[...])
                partial.removeAll(keepingCapacity: true)
                rest = rest[(lineFeed + 1)...]
            }
            partial += rest
            guard partial.count <= lineLimit else {
                StandardError.write("authres: \(name):\(number + 1): longer than any line of a report")
                throw Sysexit.data
            }
        }
        if !partial.isEmpty { try add(partial[...]) }
        return errors
    }
}
