/// Writes JSON (RFC 8259) on one line, octet for octet as Foundation's JSONEncoder does with its keys sorted and slashes
/// as they are, at a tenth of the cost. Keys are written in the order in which they are given: alphabetical.
struct JSONWriter {
    private(set) var octets: [UInt8] = []
    private var isFirst = true

    /// A whole document.
    static func object(_ members: (inout JSONWriter) -> Void) -> [UInt8] {
        var writer = JSONWriter()
        writer.octets.reserveCapacity(2048)
        writer.object(members)
        return writer.octets
    }

    // MARK: Members of an object

    mutating func member(_ key: String, _ value: String?) {
        begin(key)
        if let value { string(value) } else { null() }
    }

    mutating func member(_ key: String, _ value: Int?) {
        begin(key)
        if let value { octets += "\(value)".utf8 } else { null() }
    }

    mutating func member(_ key: String, _ value: Bool) {
        begin(key)
        octets += (value ? "true" : "false").utf8
    }

    /// An object, or null.
    mutating func member<Value>(
        _ key: String,
        _ value: Value?,
        _ members: (inout JSONWriter, Value) -> Void
    ) {
        begin(key)
        if let value { object { members(&$0, value) } } else { null() }
    }

    mutating func member(_ key: String, _ values: [String]) {
        array(key, values) { $0.string($1) }
    }

    /// An array of objects.
    mutating func member<Value>(
        _ key: String,
        _ values: [Value],
        _ members: (inout JSONWriter, Value) -> Void
    ) {
        array(key, values) { writer, value in writer.object { members(&$0, value) } }
    }

    private mutating func array<Value>(
        _ key: String,
        _ values: [Value],
        _ write: (inout JSONWriter, Value) -> Void
    ) {
        begin(key)
        octets.append(UInt8(ascii: "["))
        for (index, value) in values.enumerated() {
            if index > 0 { octets.append(UInt8(ascii: ",")) }
            write(&self, value)
        }
        octets.append(UInt8(ascii: "]"))
    }

    private mutating func begin(_ key: String) {
        if !isFirst { octets.append(UInt8(ascii: ",")) }
        isFirst = false
        // Keys are words of ours: nothing in them needs an escape.
        octets.append(UInt8(ascii: "\""))
        octets += key.utf8
        octets.append(UInt8(ascii: "\""))
        octets.append(UInt8(ascii: ":"))
    }

    // MARK: Values

    private mutating func object(_ members: (inout JSONWriter) -> Void) {
        octets.append(UInt8(ascii: "{"))
        isFirst = true
        members(&self)
        isFirst = false
        octets.append(UInt8(ascii: "}"))
    }

    private mutating func null() {
        octets += "null".utf8
    }

    /// string = quotation-mark *char quotation-mark  (RFC 8259, 7)
    private mutating func string(_ text: String) {
        octets.append(UInt8(ascii: "\""))
        if Self.needsEscape(text) {
            for octet in text.utf8 { char(octet) }
        } else {
            octets += text.utf8
        }
        octets.append(UInt8(ascii: "\""))
    }

    private static func needsEscape(_ text: String) -> Bool {
        let octets = text.utf8.span
        for index in octets.indices where isEscaped(octets[index]) { return true }
        return false
    }

    private static func isEscaped(_ octet: UInt8) -> Bool {
        octet < 0x20 || octet == UInt8(ascii: "\"") || octet == UInt8(ascii: "\\")
    }

    private mutating func char(_ octet: UInt8) {
        guard Self.isEscaped(octet) else { return octets.append(octet) }
        switch octet {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): octets += [UInt8(ascii: "\\"), octet]
        case 0x08: octets += "\\b".utf8
        case 0x09: octets += "\\t".utf8
        case 0x0A: octets += "\\n".utf8
        case 0x0C: octets += "\\f".utf8
        case 0x0D: octets += "\\r".utf8
        case 0..<0x20:
            let digits = Array("0123456789abcdef".utf8)
            octets += "\\u00".utf8
            octets += [digits[Int(octet >> 4)], digits[Int(octet & 15)]]
        default: octets.append(octet)
        }
    }
}
