/// One message held in memory, for a single file or a test; see ``MessageScanner`` for one that streams.
public struct Message: Hashable, Sendable {
    /// The message as it was read, with its own line ends.
    public let octets: [UInt8]
    public let fields: [ScannedField]
    /// Where the body begins; the number of octets if there is none.
    public let bodyStart: Int

    public init(_ octets: [UInt8]) {
        var scanner = MessageScanner()
        var fields: [ScannedField] = []
        var bodyStart = octets.count
        var input = octets[...]
        var isAtEnd = false
        header: while true {
            guard let event = isAtEnd ? scanner.end() : scanner.next(&input) else {
                if isAtEnd { break header }
                isAtEnd = true
                continue
            }
            switch event {
            case .field(let field): fields.append(field)
            case .endOfHeader(let start):
                bodyStart = start
                break header
            case .body: break header
            }
        }
        self.octets = octets
        self.fields = fields
        self.bodyStart = bodyStart
    }

    /// The fields of the header, from the top.
    public var header: [HeaderField] { fields.map(\.field) }

    /// The body as it is in the source.
    public var body: ArraySlice<UInt8> { octets[bodyStart...] }

    /// The message after the edits, everything else octet for octet; see ``MessageEditor``.
    public func edited(by edits: HeaderEdits) -> [UInt8] {
        var editor = MessageEditor(edits)
        var input = octets[...]
        var edited: [UInt8] = []
        edited.reserveCapacity(octets.count + 1024)
        while let piece = editor.next(&input) { edited += piece }
        while let piece = editor.end() { edited += piece }
        return edited
    }
}
