internal import DKIM

/// What is shown of each signature's `b=` so that the results can be told apart (RFC 6008, 4): its first eight
/// characters, or as many as it takes to be unique in the field, within the limit of a line.
struct SignaturePrefixes {
    /// One for each signature; nil where there is no text, or where it would be shown with another result.
    let prefixes: [String?]

    private static let lengthMinimum = 8
    /// Characters that fit into a line of 998 octets (RFC 5322, 2.1.1). Signatures by keys of 5,600 bits are as long;
    /// two longer ones that are alike so far count as one.
    private static let lengthMaximum = 936

    init(_ signatures: [(text: String?, result: DKIMResult)]) {
        let texts = Self.distinctTexts(of: signatures)
        /// In order, the text that shares most with another one stands beside it.
        let sorted = Set(texts.compactMap(\.self)).sorted()
        var lengths: [String: Int] = [:]
        for (text, next) in zip(sorted, sorted.dropFirst()) {
            let shared = zip(text.utf8, next.utf8).prefix { $0 == $1 }.count
            lengths[text] = max(lengths[text] ?? Self.lengthMinimum, shared + 1)
            lengths[next] = max(lengths[next] ?? Self.lengthMinimum, shared + 1)
        }
        prefixes = texts.map { text in
            text.map { Self.start(of: $0, lengths[$0] ?? Self.lengthMinimum) }
        }
    }

    /// The first characters of what is ASCII, being base64.
    private static func start(of text: String, _ length: Int) -> String {
        String(Substring(text.utf8.prefix(length)))
    }

    /// The texts, but of copies with the same text only those that came out as one of them did: as the one that passes,
    /// or as the first. A text with two results is believed in neither (RFC 6008, 4), and copying a signature and
    /// damaging the copy is easily done.
    private static func distinctTexts(of signatures: [(text: String?, result: DKIMResult)]) -> [String?] {
        let cut = signatures.map { (text: $0.text.map { start(of: $0, lengthMaximum) }, result: $0.result) }
        var results: [String: DKIMResult] = [:]
        for (text, result) in cut {
            if let text, results[text] == nil || result == .pass { results[text] = result }
        }
        return cut.map { text, result in text.flatMap { results[$0] == result ? $0 : nil } }
    }
}
