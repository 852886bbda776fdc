internal import Octets

/// The line that begins a message in an mbox, `From sender date` (RFC 4155, appendix A; programs and exporters write other
/// dates too, see `MboxDateReader`, or none).
public struct MboxFromLine: Hashable, Sendable {
    /// The line as it is in the source, including its line break.
    public let octets: [UInt8]
    /// The envelope sender on the line, as written: an address, `MAILER-DAEMON` for the null sender, `-`, or nothing.
    public let sender: [UInt8]
    /// The date on the line; without a zone it is in UTC, as in RFC 4155. Nil if there is no readable date.
    public let date: DateTime?
    /// The form that all separators of its mbox share.
    public let form: MboxSeparatorForm

    /// Octets that such a line may have; a longer one is text.
    package static let lengthLimit = 1024

    /// Reads a line that begins with `From `; nil if it does not, or is too long. ``form`` decides whether it begins
    /// a message.
    package init?(_ line: ArraySlice<UInt8>) {
        guard line.count <= Self.lengthLimit, line.hasPrefix("From ") else { return nil }
        octets = Array(line)
        let words = Self.words(of: line.dropFirst(5).withoutLineBreak)
        for index in words.indices {
            guard let date = MboxDateReader.date(at: words[index...]) else { continue }
            var names = words[..<index]
            // "- x@y" in place of an address, as one exporter writes it.
            if names.count > 1, names[0].elementsEqual("-".utf8) { names = names.dropFirst() }
            sender = names.first.map { first in Array(line[first.startIndex..<words[index - 1].endIndex]) } ?? []
            self.date = date.time
            form = .dated(date.order)
            return
        }
        form = MboxSeparatorForm(undated: words)
        date = nil
        if case .address = form, let first = words.first, let last = words.last, last.first != UInt8(ascii: "<") {
            sender = Array(line[first.startIndex..<last.endIndex])
        } else {
            sender = (form == .address ? words.last : words.first).map(Array.init) ?? []
        }
    }

    /// True if Thunderbird has written it: `From - date` in the past, `From ` alone since 2024. One mbox may have
    /// both.
    package var isThunderbirds: Bool { form == .bare || (date != nil && sender == [UInt8(ascii: "-")]) }

    private static func words(of line: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        var words: [ArraySlice<UInt8>] = []
        var index = line.startIndex
        while index < line.endIndex {
            let start = index
            while index < line.endIndex, !line[index].isWhiteSpace { index += 1 }
            if index > start { words.append(line[start..<index]) }
            index += 1
        }
        return words
    }
}
