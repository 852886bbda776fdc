extension ArraySlice<UInt8> {
    /// Takes off and returns everything up to the octet at `index`, which is in the slice.
    package mutating func removePrefix(through index: Int) -> Self {
        defer { self = self[(index + 1)...] }
        return self[...index]
    }

    /// The slice without a line break at its end, LF or CRLF.
    package var withoutLineBreak: Self {
        guard last == .lineFeed else { return self }
        let line = dropLast()
        return line.last == .carriageReturn ? line.dropLast() : line
    }
}
