/// What is shown of each signature's `b=` so that the results can be told apart (RFC 6008, 4): its first eight characters,
/// or as many as it takes to be unique in the field, within the limit of a line.
struct SignaturePrefixes {
    /// One for each signature; nil where there is no text.
    let prefixes: [String?]

    private static let lengthMinimum = 8
    /// Characters of the longest signature that can be verified, by a key of ``MailSignature/KeyRecord/rsaBitsLimit``
    /// bits. What is longer verifies nothing, and would not fit into a line of 998 octets (RFC 5322, 2.1.1).
    private static let lengthMaximum = 936

    init(_ texts: [String?]) {
        /// In order, the text that shares most with another one stands beside it.
        let sorted = Set(texts.compactMap(\.self)).sorted()
        var lengths: [String: Int] = [:]
        for (text, next) in zip(sorted, sorted.dropFirst()) {
            let shared = zip(text.utf8, next.utf8).prefix { $0 == $1 }.count
            lengths[text] = max(lengths[text] ?? Self.lengthMinimum, shared + 1)
            lengths[next] = max(lengths[next] ?? Self.lengthMinimum, shared + 1)
        }
        prefixes = texts.map { text in
            text.map { String($0.prefix(min(lengths[$0] ?? Self.lengthMinimum, Self.lengthMaximum))) }
        }
    }
}
