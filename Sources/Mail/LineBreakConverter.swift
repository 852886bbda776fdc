internal import Octets

/// Converts text to the line breaks of the wire: a LF without a CR before it becomes CRLF (RFC 5321, 2.3.8). Nothing
/// else is changed, not even a bare CR. Text that already has CRLF is passed on without being copied.
struct LineBreakConverter: Sendable {
    /// Octets converted at a time: small enough for the processor's cache.
    private static let window = 32 * 1024

    /// The last octet that was passed on, which may be the CR of a LF to come.
    private var last: UInt8?
    private var converted: [UInt8] = []

    /// The next piece of converted text, its source taken off `input`; nil if `input` is empty.
    mutating func next(_ input: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard !input.isEmpty else { return nil }
        let source = input.prefix(Self.window)
        input = input[source.endIndex...]
        defer { last = source.last }
        guard let bareLineFeed = bareLineFeed(in: source, from: source.startIndex) else { return source }
        converted.removeAll(keepingCapacity: true)
        var copied = source.startIndex
        var found: Int? = bareLineFeed
        while let lineFeed = found {
            converted += source[copied..<lineFeed]
            converted.append(.carriageReturn)
            copied = lineFeed
            found = self.bareLineFeed(in: source, from: lineFeed + 1)
        }
        converted += source[copied...]
        return converted[...]
    }

    private func bareLineFeed(in source: ArraySlice<UInt8>, from start: Int) -> Int? {
        var start = start
        while let lineFeed = LibCSearch.firstIndex(of: .lineFeed, in: source, from: start) {
            let before = lineFeed == source.startIndex ? last : source[lineFeed - 1]
            if before != .carriageReturn { return lineFeed }
            start = lineFeed + 1
        }
        return nil
    }
}
