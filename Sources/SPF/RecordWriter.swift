/// Writes the record that libspf2 is given in place of the one in the DNS.
///
/// It says the same, in words that the library reads right, and nothing in it comes from outside: where the DNS has
/// names, this has numbers. `ip4`, `ip6` and `all` are settled before; a term of theirs that matches is written as an
/// `exists` that our layer answers, so that the last number asked for is always the term that decided. `redirect` comes
/// last, where RFC 7208 section 6.1 has it and the library does not. There is no modifier.
struct RecordWriter {
    /// The name of entry number `key`. A digit, a dot and a letter keep the library from warning about odd host names.
    static func name(of key: Int) -> String { "\(key).k" }

    private(set) var text = "v=spf1"

    mutating func add(_ directive: Directive, key: Int, lengths: String = "") {
        let word =
            switch directive.mechanism {
            case .a: "a"
            case .mx: "mx"
            case .include: "include"
            /// The names of a client are validated by our layer, which then says yes or no.
            case .all, .ip4, .ip6, .ptr, .exists: "exists"
            }
        text += " \(Unicode.Scalar(directive.qualifier.rawValue))\(word):\(Self.name(of: key))\(lengths)"
    }

    mutating func addRedirect(key: Int) {
        text += " redirect=\(Self.name(of: key))"
    }
}
