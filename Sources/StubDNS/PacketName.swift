internal import DNS

/// A name in a packet, with any octets in its labels: in the presentation form of glibc's `ns_name_ntop`, in lower
/// case, so that equal names are equal text.
struct PacketName: Hashable {
    let text: String

    /// ASCII, with `\X` for the special characters of a master file and `\DDD` for unprintable octets.
    init(presentation: String) {
        text = presentation.lowercased()
    }

    init(_ domain: Domain) {
        text = domain.text.reduce(into: "") { text, character in
            if character == " " {
                text += "\\" + Self.space
            } else {
                if Self.escaped.contains(character) { text.append("\\") }
                text.append(character)
            }
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
            if let next = rest.first, Self.escaped.utf8.contains(next) {
                name.append(next)
                rest = rest.dropFirst()
            } else if rest.starts(with: Self.space.utf8) {
                name.append(UInt8(ascii: " "))
                rest = rest.dropFirst(Self.space.utf8.count)
            } else {
                return nil
            }
        }
        return Domain(allowingSpaces: name)
    }

    /// Characters that `ns_name_ntop` escapes with a backslash and a ``Domain`` may contain.
    private static let escaped = "\";()@$"
    /// What it writes after a backslash for a space.
    private static let space = "032"
}
