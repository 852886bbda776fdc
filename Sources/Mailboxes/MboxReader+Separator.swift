internal import Mail
internal import Octets

/// Which lines are separators: by their form, the empty line above them, and counts that are believed.
extension MboxReader {
    /// The line as a separator, or nil if it is text.
    mutating func fromLine(
        _ line: Range<Int>,
        in input: ArraySlice<UInt8>,
        _ lookAhead: LookAhead
    ) -> MboxFromLine? {
        guard let fromLine = MboxFromLine(input[line]) else { return nil }
        let offset = offset + line.lowerBound - input.startIndex
        if case .beginning = place {
            form = form ?? fromLine.form
            if fromLine.form == .unknown { events.append(.warning(.undatedFromLine(offset: offset))) }
            return fromLine
        }
        if isCounted(offset, in: input, lookAhead) { return nil }
        let form = form ?? .asctime
        guard form.isShared(by: fromLine.form) || (isThunderbirds && fromLine.form == .bare) else {
            if isBelowEmptyLine {
                let isDated = if case .dated = fromLine.form { true } else { false }
                events.append(.warning(isDated ? .otherForm(offset: offset) : .undatedFromLine(offset: offset)))
            }
            return nil
        }
        if isBelowEmptyLine || !needsEmptyLine || bodyEnd == offset {
            self.form = form
            return fromLine
        }
        events.append(.warning(.noEmptyLine(offset: offset)))
        return nil
    }

    /// True if the line at `offset` is text because it is in a body whose octets the archive counted.
    private mutating func isCounted(_ offset: Int, in input: ArraySlice<UInt8>, _ lookAhead: LookAhead) -> Bool {
        guard believesCounts, let bodyEnd, offset < bodyEnd else { return false }
        if let isBodyEndRight { return isBodyEndRight }
        let isRight = mayEnd(at: bodyEnd, in: input, lookAhead)
        isBodyEndRight = isRight
        return isRight
    }

    /// True if a message may end at `offset`: below a line, at the end or before a separator.
    private func mayEnd(at offset: Int, in input: ArraySlice<UInt8>, _ lookAhead: LookAhead) -> Bool {
        // The octet before it is also in the message, so this index is in the input or after it.
        let index = offset - 1 - self.offset + input.startIndex
        var octets = index < input.endIndex ? input[index...].prefix(Self.lookAheadLength) : []
        if octets.count < Self.lookAheadLength {
            guard let rest = lookAhead(offset - 1 + octets.count) else { return true }
            octets = (octets + rest)[...]
        }
        guard let last = octets.popFirst() else { return false }
        if octets.isEmpty { return true }
        guard last == .lineFeed else { return false }
        if octets.first == .carriageReturn, octets.dropFirst().first == .lineFeed {
            octets.removeFirst(2)
        } else if octets.first == .lineFeed {
            octets.removeFirst()
        }
        guard !octets.isEmpty, let form else { return octets.isEmpty }
        let end =
            LibCSearch.firstIndex(of: .lineFeed, in: octets, from: octets.startIndex).map { $0 + 1 } ?? octets.endIndex
        guard let fromLine = MboxFromLine(octets[..<end]) else { return false }
        return form.isShared(by: fromLine.form) || (isThunderbirds && fromLine.form == .bare)
    }
}
