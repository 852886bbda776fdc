public import Mail
internal import Octets

/// Writes the messages that an ``MboxReader`` has read to another mbox of the same variant, with their headers edited
/// and everything else octet for octet.
///
/// Only the header is changed, so quoting and Content-Length, which are about the body, remain right. The one line
/// that an edit could turn into a separator, a `From ` line directly below a header that gets its missing empty line,
/// is quoted with `>`.
public struct MboxWriter: Sendable {
    private var editor = MessageEditor(HeaderEdits())
    /// The last octets written: enough for an empty line with CRLF.
    private var tail: [UInt8] = []
    /// True if nothing of the message has been written yet.
    private var isBelowFromLine = false

    public init() {}

    /// Appends the octets of an event to `output`.
    ///
    /// - Parameters:
    ///   - event: The next event of a reader.
    ///   - edits: The edits of the message that begins; ignored for any other event.
    ///   - output: The octets are appended to it.
    public mutating func write(_ event: MboxReader.Event, edits: HeaderEdits = HeaderEdits(), to output: inout [UInt8])
    {
        let start = output.count
        switch event {
        case .preamble(let octets): output += octets
        case .messageStart(let fromLine, offset: _):
            editor = MessageEditor(edits, quotesFromLine: true)
            output += fromLine.octets
            isBelowFromLine = true
        case .octets(var octets):
            isBelowFromLine = false
            while let piece = editor.next(&octets) { output += piece }
        case .messageEnd(let emptyLine):
            while let piece = editor.end() {
                // The mbox ends in a From_ line without a line break, and a field is added below it.
                if let last = output.last ?? tail.last, last != .lineFeed, isBelowFromLine { output.append(.lineFeed) }
                output += piece
            }
            output += emptyLine
        case .warning: break
        }
        let written: ArraySlice<UInt8> = output[start...].suffix(4)
        tail = Array((tail + written).suffix(4))
    }

    /// Makes sure that the first message of another file is read as one: ends the last line, and adds an empty one.
    public mutating func beginFile(to output: inout [UInt8]) {
        guard !tail.isEmpty else { return }
        let lineEnding: [UInt8] = tail.contains(.carriageReturn) ? [.carriageReturn, .lineFeed] : [.lineFeed]
        if tail.last != .lineFeed {
            output += lineEnding
            tail += lineEnding
        }
        let line = tail[...].withoutLineBreak
        if line.last != .lineFeed { output += lineEnding }
    }
}
