internal import Octets

extension HeaderField {
    /// Fields inside of the value, for a reader to whom a bare CR ends a line, as it does to Python's `email`, or to
    /// whom a LF does that no white space follows. An MTA that hands the field on has taken neither for a line break;
    /// Postfix makes a space of the one, and two fields at the other.
    ///
    /// Who reports on a message must not have another reader see a field in it that he has not seen.
    public var hiddenFields: [HeaderField] {
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
}

extension ArraySlice<UInt8> {
    /// The octets up to a line break that no white space follows.
    fileprivate var untilNextField: Self {
        self[
            ..<(indices.first { self[$0].isLineBreak && !($0 + 1 < endIndex && self[$0 + 1].isWhiteSpace) } ?? endIndex)
        ]
    }
}
