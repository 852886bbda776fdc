internal import Octets

extension HeaderField {
    /// Fields inside the value, for a reader to which a bare CR ends a line, such as Python's `email`, or a LF that
    /// is not followed by white space. An MTA that passes the field on has taken neither for a line break; Postfix
    /// turns the former into a space, and splits the field at the latter.
    ///
    /// A program that reports on a message must not let another reader see a field that it has not seen itself.
    public var hiddenFields: [HeaderField] {
        guard hasLineThatIsNoFold else { return [] }
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
    private var hasLineThatIsNoFold: Bool {
        let octets = value.span
        var index = 1
        while index < octets.count {
            if octets[index - 1].isLineBreak, !octets[index].isWhiteSpace { return true }
            index += 1
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
