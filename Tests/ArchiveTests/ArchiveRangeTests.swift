import Files
import Foundation
import Mail
import Mailboxes
import Testing

@testable import Archive

/// Parts of an mbox (`--range`).
@Suite struct ArchiveRangeTests {
    /// Text above the first message, a line that is no separator, empty bodies and headers, counts that are right and
    /// wrong, lines of Thunderbird's, CRLF, no line break at the end.
    static let nasty =
        "\n\(from)A: 1\nContent-Length: 4\n\nx\n\n\n\(from)\n\(from)Content-Length: 2\n\nx\n\(from)B: 2\n\nFrom here on\n\n"
        + ">From x\n\nFrom - Mon Jan  2 03:04:05 2023\r\nC: 3\r\n\r\ny\r\n\r\nFrom \r\nD: 4\r\n\r\nFrom \r\n\r\n"
        + "\(from)Content-Length: 99\n\nz\n\n\(from)E: 5\n\nFrom x Mon, Jan  2 03:04:05 2023\n\n\(from)"
    static let from = "From a@a.example Mon Jan  2 03:04:05 2023\n"
    static let counted =
        "\(from)Content-Length: 2\n\nx\n\n\(from)Content-Length: 47\n\nx\n\n\(from)y\n\n\(from)Content-Length: 0\n\n"
    static let iso = "From x 2023-01-02T03:04:05Z\nA: 1\n\n\(from)\nFrom x 2023-01-02T03:04:05Z\nB: 2\n\nFrom y\n\n"
    static let addresses = "From x@x\nA: 1\n\nFrom y\n\nFrom y@y\n\n\n\(from)B: 2\n\nFrom Bob\n\nFrom z@z\n"

    struct Part: Equatable {
        var messages: [String] = []
        var warnings = 0
    }

    static func read(_ path: String, _ variant: MboxVariant?, loose: Bool, _ range: MboxRange) throws -> Part {
        let task = ArchiveTask(
            files: [path],
            variant: variant,
            needsEmptyLine: !loose,
            range: range,
            output: nil,
            report: nil,
            reportsAnswers: false,
            recordName: nil,
            identity: []
        )
        var source = try ArchiveSource(try InputFile(path), task, base: 0) { false }
        var part = Part()
        func add(_ messages: [CutMessage]) throws {
            for message in messages {
                let octets = try message.preamble + (message.fromLine?.octets ?? []) + message.content.piece(at: 0)
                part.messages.append(
                    "\(message.offset)-\(message.end): \(String(decoding: octets + message.emptyLine, as: UTF8.self))"
                )
                part.warnings += message.warnings
            }
        }
        while !source.isDone { try add(try source.next()) }
        if !source.cutter.isPastRange { try add(try source.end()) }
        return part
    }

    @Test(arguments: [nasty, counted, iso, addresses], [nil] + MboxVariant.allCases.map(Optional.some))
    func `the parts of an mbox give exactly what the whole gives, wherever it is cut`(
        _ mbox: String,
        _ variant: MboxVariant?
    ) throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("authres-\(UUID()).mbox").path
        defer { LibCFiles.remove(path) }
        try OutputFile.write(Array(mbox.utf8), as: path)
        for loose in [false, true] {
            let whole = try Self.read(path, variant, loose: loose, .all)
            #expect(whole.messages.count > 1)
            for cut in 0...(mbox.utf8.count + 1) {
                let before = try Self.read(path, variant, loose: loose, MboxRange(0..<cut))
                let after = try Self.read(path, variant, loose: loose, MboxRange(cut..<Int.max))
                let both = Part(messages: before.messages + after.messages, warnings: before.warnings + after.warnings)
                #expect(both == whole, "cut at \(cut)")
                guard both == whole else { return }
            }
        }
    }

    @Test func `where a part begins is found however far before it that is`() throws {
        let line = String(repeating: "x", count: 999) + "\n"
        let large = "\(Self.from)A: 1\n\n" + String(repeating: line, count: 200) + "\n"
        let mbox = large + large + "\(Self.from)B: 2\n\n"
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("authres-\(UUID()).mbox").path
        defer { LibCFiles.remove(path) }
        try OutputFile.write(Array(mbox.utf8), as: path)
        let whole = try Self.read(path, .mboxrd, loose: false, .all)
        let places = [0, large.utf8.count, 2 * large.utf8.count].flatMap { place in
            [0, 65_536, 131_072].flatMap { step in (-3...3).map { max(0, place + step + $0) } }
        }
        for cut in places {
            let before = try Self.read(path, .mboxrd, loose: false, MboxRange(0..<cut))
            let after = try Self.read(path, .mboxrd, loose: false, MboxRange(cut..<Int.max))
            #expect(before.messages + after.messages == whole.messages, "cut at \(cut)")
        }
    }

    @Test(
        arguments: [
            ("0-10", 0..<10), ("5-", 5..<Int.max), ("7-7", 7..<7), ("-5", nil), ("5-4", nil), ("x-4", nil), ("5", nil),
            ("1-2-3", nil), ("99999999999999999999-", nil),
        ] as [(String, Range<Int>?)]
    )
    func `a range is two octets`(_ text: String, _ octets: Range<Int>?) {
        #expect(MboxRange(text)?.octets == octets)
    }
}
