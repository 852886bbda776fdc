internal import DNS

/// A name of a packet, any octets in its labels: in the presentation form of glibc's `ns_name_ntop`, in lower case, so
/// that equal names are equal text.
struct PacketName: Hashable {
    let text: String

    /// ASCII, with `\X` before the characters of a master file and `\DDD` for what is not printable.
    init(presentation: String) {
        text = presentation.lowercased()
    }

    init(_ domain: Domain) {
        text = domain.text.reduce(into: "") { text, character in
            if Self.escaped.contains(character) { text.append("\\") }
            /// As `ns_name_ntop` writes it.
            text += character == " " ? #"\032"# : String(character)
        }
    }

    /// Nil for the root, and for a name with an octet that no ``Domain`` has.
    var domain: Domain? {
        var name: [UInt8] = []
        var rest = text.utf8[...]
        while let octet = rest.popFirst() {
            guard octet == UInt8(ascii: "\\") else {
                name.append(octet)
                continue
            }
            guard let next = rest.popFirst(), Self.escaped.utf8.contains(next) else { return nil }
            name.append(next)
        }
        return Domain(name)
    }

    /// What `ns_name_ntop` escapes and a ``Domain`` may hold.
    private static let escaped = "\";()@$"
}
