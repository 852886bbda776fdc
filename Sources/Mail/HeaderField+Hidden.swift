internal import Octets

extension HeaderField {
    /// Fields inside the value, for a reader to which a bare CR ends a line, such as Python's `email`, or a LF that
    /// is not followed by white space. An MTA that passes the field on has taken neither for a line break; Postfix
    /// turns the former into a space, and splits the field at the latter.
    ///
    /// A program that reports on a message must not let another reader see a field that it has not seen itself.
    public var hiddenFields: [HeaderField] {
        guard hasLineThatIsNoFold(after: .lineFeed) || hasLineThatIsNoFold(after: .carriageReturn) else { return [] }
        var fields: [HeaderField] = []
        for lineBreak in value.indices where value[lineBreak].isLineBreak {
            let rest = value[(lineBreak + 1)...]
            guard rest.first?.isWhiteSpace == false,
                let nameEnd = rest.firstIndex(where: { $0 == UInt8(ascii: ":") || $0.isLineBreak }),
                rest[nameEnd] == UInt8(ascii: ":")
            else { continue }
            let value = rest[(nameEnd + 1)...].untilNextField
            fields.append(HeaderField(name: Array(rest[..<nameEnd]), value: Array(value)))
        }
        return fields
    }

    /// True if a line break is followed by something else than white space: of honest mail no field has one.
    private func hasLineThatIsNoFold(after lineBreak: UInt8) -> Bool {
        let octets = value.span
        var start = 0
        while let index = LibCSearch.firstIndex(of: lineBreak, in: octets, from: start) {
            start = index + 1
            if start < octets.count, !octets[start].isWhiteSpace { return true }
        }
        return false
    }
}

extension ArraySlice<UInt8> {
    /// The octets up to a line break that is not followed by white space.
    fileprivate var untilNextField: Self {
        self[
            ..<(indices.first { self[$0].isLineBreak && !($0 + 1 < endIndex && self[$0 + 1].isWhiteSpace) } ?? endIndex)
        ]
    }
}
