import Mail
import Mailboxes
import TestSupport

/// All events of one mbox.
struct Archive: Equatable {
    struct Entry: Equatable {
        let offset: Int
        let sender: String
        var octets: [UInt8] = []
        var emptyLine: [UInt8] = []
    }

    var preamble: [UInt8] = []
    var messages: [Entry] = []
    var warnings: [MboxWarning] = []
    /// Everything the events carry, one behind the other.
    var all: [UInt8] = []
    /// What a writer makes of them.
    var written: [UInt8] = []
    private var writer = MboxWriter()

    init(_ mbox: String, variant: MboxVariant, needsEmptyLine: Bool = true, in size: Int = .max) {
        self.init(Array(mbox.utf8), variant: variant, needsEmptyLine: needsEmptyLine, in: size)
    }

    init(
        _ octets: [UInt8],
        variant: MboxVariant,
        needsEmptyLine: Bool = true,
        in size: Int = .max,
        edits: HeaderEdits = HeaderEdits()
    ) {
        var reader = MboxReader(variant: variant, needsEmptyLine: needsEmptyLine)
        for var piece in octets.pieces(of: size) {
            while let event = reader.next(&piece) { take(event, edits: edits) }
        }
        while let event = reader.end() { take(event, edits: edits) }
    }

    private mutating func take(_ event: MboxReader.Event, edits: HeaderEdits) {
        writer.write(event, edits: edits, to: &written)
        switch event {
        case .preamble(let octets):
            preamble += octets
            all += octets
        case .messageStart(let line, let offset):
            messages.append(Entry(offset: offset, sender: String(decoding: line.sender, as: UTF8.self)))
            all += line.octets
        case .octets(let octets):
            messages[messages.count - 1].octets += octets
            all += octets
        case .messageEnd(let emptyLine):
            messages[messages.count - 1].emptyLine += emptyLine
            all += emptyLine
        case .warning(let warning): warnings.append(warning)
        }
    }

    static func == (left: Archive, right: Archive) -> Bool {
        left.preamble == right.preamble && left.messages == right.messages && left.warnings == right.warnings
            && left.all == right.all && left.written == right.written
    }
}
