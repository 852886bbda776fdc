internal import Files
internal import Mail
internal import Mailboxes

/// An mbox being written.
final class MboxOutput {
    private let file: OutputFile
    private var writer = MboxWriter()

    /// - Parameter length: octets of an earlier run that are kept.
    init(_ name: String, keeping length: Int) throws(FileFailure) {
        file = try OutputFile(name, keeping: length)
        var nowhere: [UInt8] = []
        writer.write(.preamble(try file.tail()[...]), to: &nowhere)
    }

    var length: Int { file.length }

    /// Makes sure that the first message of another file is read as one.
    func beginFile() throws(FileFailure) {
        try file.write { writer.beginFile(to: &$0) }
    }

    /// - Parameter variant: that of the mbox being written.
    func write(_ result: ArchiveWorker.Result, variant: MboxVariant) throws(FileFailure) {
        guard let fromLine = result.message.fromLine else {
            try writeQuoted(result, variant)
            return
        }
        let message = result.message
        if !message.preamble.isEmpty { try file.write { writer.write(.preamble(message.preamble[...]), to: &$0) } }
        try file.write { writer.write(.messageStart(fromLine, offset: 0), edits: result.edits, to: &$0) }
        try message.content.pieces { piece throws(FileFailure) in
            try file.write { writer.write(.octets(piece), to: &$0) }
        }
        try file.write { writer.write(.messageEnd(emptyLine: message.emptyLine[...]), to: &$0) }
    }

    /// A single message gets a From_ line (RFC 4155) and quoting.
    private func writeQuoted(_ result: ArchiveWorker.Result, _ variant: MboxVariant) throws(FileFailure) {
        try beginFile()
        let date = DateTime(secondsSince1970: result.origin.seconds).asctime
        try file.write(Array("From ".utf8) + result.origin.sender + Array(" \(date)\n".utf8))
        var quoter = MboxQuoter(variant)
        try result.editedContent { piece throws(FileFailure) in
            try file.write { quoter.write(piece, to: &$0) }
        }
        try file.write { quoter.end(to: &$0) }
        var nowhere: [UInt8] = []
        writer.write(.preamble(Array("\n\n".utf8)[...]), to: &nowhere)
    }

    func flush() throws(FileFailure) { try file.flush() }
    func synchronize() throws(FileFailure) { try file.synchronize() }
    func finish() throws(FileFailure) { try file.finish() }
    func discard() { file.discard() }
}

extension ArchiveWorker.Result {
    /// The message with its header edited, unquoted.
    func editedContent(_ take: (ArraySlice<UInt8>) throws(FileFailure) -> Void) throws(FileFailure) {
        var unquoter = variant.map { MboxUnquoter($0) }
        var editor = MessageEditor(edits)
        func edit(_ octets: ArraySlice<UInt8>) throws(FileFailure) {
            var octets = octets
            while let piece = editor.next(&octets) { try take(piece) }
        }
        try message.content.pieces { piece throws(FileFailure) in
            guard unquoter != nil else { return try edit(piece) }
            var piece = piece
            while let plain = unquoter?.next(&piece) { try edit(plain) }
        }
        while let plain = unquoter?.end() { try edit(plain) }
        while let piece = editor.end() { try take(piece) }
    }
}

extension SpooledMessage {
    /// All of its octets, piece by piece.
    func pieces(_ take: (ArraySlice<UInt8>) throws(FileFailure) -> Void) throws(FileFailure) {
        var offset = 0
        while case let piece = try piece(at: offset), !piece.isEmpty {
            offset += piece.count
            try take(piece)
        }
    }
}
