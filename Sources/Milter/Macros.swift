package import NIOCore

/// The macros of one stage, as they arrive. They come before every header field and every body chunk, mostly unchanged,
/// so they are kept as octets and read only when one is asked for.
package struct MacroValues: Hashable, Sendable {
    /// The code of the command that they precede.
    package var stage: Command.Code
    /// Names and values in turn, each ended by a NUL.
    package private(set) var octets: ByteBuffer

    package init(_ stage: Command.Code, _ values: [(name: String, value: [UInt8])]) {
        self.stage = stage
        octets = ByteBuffer()
        for (name, value) in values {
            octets.writeString(terminated: Array(name.utf8))
            octets.writeString(terminated: value)
        }
    }

    package init(from data: inout ByteBuffer) throws(ProtocolError) {
        let malformed = ProtocolError.malformed(Command.Code.macros.rawValue)
        guard let stage = data.readInteger(as: UInt8.self).flatMap(Command.Code.init(rawValue:)) else {
            throw malformed
        }
        self.stage = stage
        octets = data.readSlice(length: data.readableBytes) ?? ByteBuffer()
        let ends = octets.readableBytesView.count { $0 == 0 }
        let isTerminated = octets.readableBytes == 0 || octets.readableBytesView.last == 0
        guard ends.isMultiple(of: 2), isTerminated else { throw malformed }
    }

    package func write(to buffer: inout ByteBuffer) {
        buffer.writeInteger(stage.rawValue)
        buffer.writeImmutableBuffer(octets)
    }

    /// The values in a separate buffer, so that they do not keep the one alive in which they arrived.
    fileprivate func detached() -> MacroValues {
        var copy = self
        copy.octets = ByteBuffer(bytes: octets.readableBytesView)
        return copy
    }

    /// The value of the macro with this name, given without braces.
    fileprivate func value(_ bareName: Span<UInt8>) -> [UInt8]? {
        let values = octets.readableBytesUInt8Span
        var start = 0
        while start < values.count {
            let nameEnd = Self.end(of: start, in: values)
            let end = Self.end(of: nameEnd + 1, in: values)
            if Self.isName(values.extracting(start..<nameEnd), bareName) {
                var value: [UInt8] = []
                value.reserveCapacity(end - nameEnd - 1)
                for index in (nameEnd + 1)..<end { value.append(values[index]) }
                return value
            }
            start = end + 1
        }
        return nil
    }

    /// Where the NUL is that ends the text at `start`; there is one, or ``init(from:)`` had refused the frame.
    private static func end(of start: Int, in values: Span<UInt8>) -> Int {
        var end = start
        while end < values.count, values[end] != 0 { end += 1 }
        return end
    }

    /// True if it is the name, with braces around it or without.
    private static func isName(_ text: Span<UInt8>, _ bareName: Span<UInt8>) -> Bool {
        let count = text.count
        let isBraced =
            count > 2 && text[0] == UInt8(ascii: "{") && text[count - 1] == UInt8(ascii: "}")
        let first = isBraced ? 1 : 0
        guard count - 2 * first == bareName.count else { return false }
        for index in bareName.indices where text[first + index] != bareName[index] { return false }
        return true
    }
}

/// The macros in force: those of the connection stay for all its messages, those of a message end with it, and a later
/// stage's value hides an earlier one's.
package struct Macros: Hashable, Sendable {
    private var connection: [MacroValues] = []
    private var message: [MacroValues] = []

    /// Octets of all stages together. Postfix sends a few KB, of which the certificate's subject is the longest.
    static let octetLimit = 256 * 1024

    /// True if more is kept than ``octetLimit``.
    var isOverLimit: Bool {
        let octets = connection.reduce(0) { $0 + $1.octets.readableBytes }
        return message.reduce(octets) { $0 + $1.octets.readableBytes } > Self.octetLimit
    }

    /// The value of a macro, with or without braces around its name: `i`, `{mail_addr}`, `mail_addr`.
    package subscript(name: String) -> [UInt8]? {
        let text = name.utf8.span
        let isBraced =
            text.count > 2 && text[0] == UInt8(ascii: "{") && text[text.count - 1] == UInt8(ascii: "}")
        let bareName = isBraced ? text.extracting(1..<(text.count - 1)) : text
        for values in message.reversed() {
            if let value = values.value(bareName) { return value }
        }
        for values in connection.reversed() {
            if let value = values.value(bareName) { return value }
        }
        return nil
    }

    /// Replaces the values that the stage had before.
    package mutating func set(_ values: MacroValues) {
        switch values.stage {
        case .connect, .helo: Self.set(values, in: &connection)
        case .negotiate, .macros, .mail, .rcpt, .data, .header, .endOfHeader, .body, .endOfMessage, .unknown, .abort,
            .quit, .quitAndReuse:
            Self.set(values, in: &message)
        }
    }

    private static func set(_ values: MacroValues, in scope: inout [MacroValues]) {
        guard let index = scope.firstIndex(where: { $0.stage == values.stage }) else {
            scope.append(values.detached())
            return
        }
        // The latest stage is searched first. Before a field or a chunk, usually nothing has changed.
        if scope[index] == values {
            if index != scope.endIndex - 1 { scope.append(scope.remove(at: index)) }
        } else {
            scope.remove(at: index)
            scope.append(values.detached())
        }
    }

    /// A message begins: what an earlier one left is dropped, but not what precedes this MAIL command.
    mutating func beginMessage() {
        message.removeAll { $0.stage != .mail }
    }

    mutating func endMessage() {
        message.removeAll()
    }
}
