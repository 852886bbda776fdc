/// The record types that checks ask for (RFC 1035, RFC 3596), with their numbers on the wire.
package enum RecordType: UInt16, Hashable, Sendable, CaseIterable {
    case a = 1
    case ptr = 12
    case mx = 15
    case txt = 16
    case aaaa = 28

    /// The name in a zone file, `A`, `TXT`, ...
    package var mnemonic: String {
        switch self {
        case .a: "A"
        case .ptr: "PTR"
        case .mx: "MX"
        case .txt: "TXT"
        case .aaaa: "AAAA"
        }
    }
}

/// One question to the DNS, class IN.
package struct Question: Hashable, Sendable {
    package let name: Domain
    package let type: RecordType

    package init(_ name: Domain, _ type: RecordType) {
        self.name = name
        self.type = type
    }
}

extension Question: CustomStringConvertible {
    package var description: String { "\(name) \(type.mnemonic)" }
}
