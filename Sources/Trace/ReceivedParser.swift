internal import Octets

/// Puts the tokens of a Received field in order.
///
///     Stamp = From-domain By-domain Opt-info [CFWS] ";" FWS date-time
///     Opt-info = [Via] [With] [ID] [For] [Additional-Registered-Clauses]      (RFC 5321, 4.4)
///
/// Comments may occur anywhere, and any number of words may follow `with`.
struct ReceivedParser {
    private let tokens: [ReceivedTokenizer.Token]
    private var position = 0

    init(_ tokens: [ReceivedTokenizer.Token]) {
        self.tokens = tokens
    }

    mutating func clauses() throws(ReceivedError) -> ReceivedClauses {
        var clauses = ReceivedClauses()
        fromDomain(&clauses)
        try byDomain(&clauses)
        return clauses
    }

    /// From-domain = "FROM" FWS Extended-Domain; missing for a message that did not come over the network.
    private mutating func fromDomain(_ clauses: inout ReceivedClauses) {
        if case .word(let word) = tokens.first, word.isWord("from") {
            clauses.from = []
            position = 1
        }
        while position < tokens.count {
            if case .word(let word) = tokens[position], word.isWord("by") { return }
            clauses.from?.append(tokens[position])
            position += 1
        }
    }

    /// By-domain = CFWS "BY" FWS Extended-Domain, and the clauses after it.
    private mutating func byDomain(_ clauses: inout ReceivedClauses) throws(ReceivedError) {
        var clause = "by"
        var seen: Set<String> = []
        while position + 1 < tokens.count {
            position += 1
            switch tokens[position] {
            case .comment(let comment): clauses.byComments.append(comment)
            case .word(let word):
                if let next = Self.keywords.first(where: { word.isWord($0) }), clauses.by != nil, next != clause {
                    clause = next
                    // A repeated clause was not written by the MTA; the first one counts.
                    if !seen.insert(clause).inserted { clause = "" }
                } else {
                    clauses.take(word, of: clause)
                }
            }
        }
        guard clauses.by != nil else { throw .noHost }
    }

    /// The clauses of RFC 5321 and of the registry, `from` as in XMail and `envelope-from` as in Haraka.
    private static let keywords = [
        "via", "with", "id", "for", "tls", "group", "priority", "state", "from", "envelope-from",
    ]
}
