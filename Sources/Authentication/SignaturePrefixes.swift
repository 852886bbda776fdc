internal import DKIM

/// The part of each signature's `b=` that is shown to distinguish the results (RFC 6008, 4): its first eight
/// characters, or as many as it takes to be unique in the field, within the limit of a line.
struct SignaturePrefixes {
    /// One for each signature; nil if it has no text, or if the text would be shown with another result.
    let prefixes: [String?]

    private static let lengthMinimum = 8
    /// Characters that fit into a line of 998 octets (RFC 5322, 2.1.1). Signatures by keys of 5,600 bits are this
    /// long; two longer ones that are equal up to here count as one.
    private static let lengthMaximum = 936

    init(_ signatures: [(text: String?, result: DKIMResult)]) {
        if signatures.count == 1 {
            prefixes = signatures.map { $0.text.map { Self.start(of: $0, Self.lengthMinimum) } }
            return
        }
        let texts = Self.distinctTexts(of: signatures)
        /// In sorted order, the text that shares most with another is next to it.
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

    /// The first characters of the text, which is ASCII because it is base64.
    private static func start(of text: String, _ length: Int) -> String {
        String(Substring(text.utf8.prefix(length)))
    }

    /// The texts; of copies with the same text, only those with the same result as one of them: the one that passes,
    /// or else the first. A text with two results is trusted in neither (RFC 6008, 4), and it is easy to copy a
    /// signature and damage the copy.
    private static func distinctTexts(of signatures: [(text: String?, result: DKIMResult)]) -> [String?] {
        let cut = signatures.map { (text: $0.text.map { start(of: $0, lengthMaximum) }, result: $0.result) }
        var results: [String: DKIMResult] = [:]
        for (text, result) in cut {
            if let text, results[text] == nil || result == .pass { results[text] = result }
        }
        return cut.map { text, result in text.flatMap { results[$0] == result ? $0 : nil } }
    }
}
