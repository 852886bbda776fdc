internal import DNS

/// The record that libspf2 is given in place of the one in the DNS.
///
/// It means the same, in words that the library reads correctly, and nothing in it comes from outside: where the DNS
/// has names, this has numbers. `ip4`, `ip6` and `all` are evaluated before; one of them that matches is written as
/// an `exists` that our layer answers, so that the last number asked for is always that of the term that decided.
/// `redirect` comes last, as RFC 7208 section 6.1 demands and the library does not. There is no other modifier.
struct WrittenRecord {
    private(set) var text = Self.withoutTerms
    /// What the numbers mean, beginning with the first.
    private(set) var entries: [Evaluation.Entry] = []

    /// A record that falls through.
    static let withoutTerms = "v=spf1"

    /// The name of entry number `key`. A digit, a dot and a letter keep the library from warning about odd host
    /// names.
    static func name(of key: Int) -> String { "\(key).k" }

    /// - Parameters:
    ///   - record: the part of it that is relevant to the client, so the written record stays far below the 511
    ///     octets to which the library compiles one.
    ///   - index: the number of the record in the evaluation.
    ///   - firstKey: the number of the first entry.
    init(_ record: SPFRecord, for client: IPAddress, index: Int, firstKey: Int) {
        for directive in record.directives {
            let word =
                switch directive.mechanism {
                case .a: "a"
                case .mx: "mx"
                case .include: "include"
                /// Our layer finds out which names of the client are valid, and then answers yes or no.
                case .all, .ip4, .ip6, .exists, .ptr: "exists"
                }
            let name = Self.name(of: firstKey + entries.count)
            text += " \(Unicode.Scalar(directive.qualifier.rawValue))\(word):\(name)"
            text += Self.prefixLength(of: directive, for: client)
            entries.append(Evaluation.Entry(matter: .directive(directive), record: index))
        }
        guard let redirect = record.redirect else { return }
        text += " redirect=\(Self.name(of: firstKey + entries.count))"
        entries.append(Evaluation.Entry(matter: .redirect(redirect), record: index))
    }

    /// The library takes a length of 0 for no length: then our layer answers with the client's own address instead.
    private static func prefixLength(of directive: Directive, for client: IPAddress) -> String {
        switch directive.mechanism {
        case .all, .include, .ptr, .ip4, .ip6, .exists: return ""
        case .a(_, let lengths), .mx(_, let lengths):
            switch client {
            case .v4: return (1..<32).contains(lengths.ip4) ? "/\(lengths.ip4)" : ""
            case .v6: return (1..<128).contains(lengths.ip6) ? "//\(lengths.ip6)" : ""
            }
        }
    }
}
