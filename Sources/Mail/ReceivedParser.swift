/// Puts the tokens of a Received field in order.
///
///     Stamp = From-domain By-domain Opt-info [CFWS] ";" FWS date-time
///     Opt-info = [Via] [With] [ID] [For] [Additional-Registered-Clauses]      (RFC 5321, 4.4)
///
/// Comments may stand anywhere, and the words behind `with` are as many as the MTA likes.
struct ReceivedParser {
    private let tokens: [ReceivedTokenizer.Token]
    private var position = 0

    init(_ tokens: [ReceivedTokenizer.Token]) {
        self.tokens = tokens
    }

    mutating func clauses() throws(ReceivedError) -> ReceivedClauses {
        var clauses = ReceivedClauses()
        fromDomain(&clauses)
        guard position < tokens.count else { throw .noHost }
        try byDomain(&clauses)
        try clauses.checkComments()
        return clauses
    }

    /// From-domain = "FROM" FWS Extended-Domain; missing for what did not come over the network.
    private mutating func fromDomain(_ clauses: inout ReceivedClauses) {
        while position < tokens.count {
            switch tokens[position] {
            case .comment(let comment): clauses.fromComments.append(comment)
            case .word(let word):
                if word.isWord("by") { return }
                if clauses.from == nil, clauses.fromComments.isEmpty, word.isWord("from") {
                    clauses.from = []
                } else {
                    clauses.from = (clauses.from ?? []) + [word]
                    if clauses.fromComments.isEmpty { clauses.wordsBeforeComments += 1 }
                }
            }
            position += 1
        }
    }

    /// By-domain = CFWS "BY" FWS Extended-Domain, and the clauses after it.
    private mutating func byDomain(_ clauses: inout ReceivedClauses) throws(ReceivedError) {
        var keyword = "by"
        while position + 1 < tokens.count {
            position += 1
            switch tokens[position] {
            case .comment(let comment): clauses.byComments.append(comment)
            case .word(let word):
                // Nothing but a second hop in the same field has these words again; XMail names the sender by `from`.
                if word.isWord("by") || (word.isWord("from") && keyword != "for") { throw .ambiguous }
                if let next = Self.keywords.first(where: { word.isWord($0) }), next != keyword {
                    keyword = next
                } else if keyword == "by" {
                    if clauses.by == nil { clauses.by = word }
                } else if keyword == "with" {
                    clauses.with.append(word)
                }
            }
        }
        guard clauses.by != nil else { throw .noHost }
    }

    /// The clauses of RFC 5321 and of the registry.
    private static let keywords = ["via", "with", "id", "for", "from", "tls", "group", "priority", "state"]
}
