internal import Mail
internal import Octets

/// The parts of a Received field.
struct ReceivedClauses {
    /// The text after `from`, in order; nil if there is no such clause.
    var from: [ReceivedTokenizer.Token]?
    private(set) var by: ArraySlice<UInt8>?
    /// All comments after `by`.
    var byComments: [ArraySlice<UInt8>] = []
    private(set) var with: [ArraySlice<UInt8>] = []
    /// The first registered keyword after `with`; Microsoft and XMail also write their names there, IronPort
    /// `ESMTP/TLS` and a cipher, CommuniGate `ESMTP-TLS`.
    private(set) var protocolName: WithProtocol?
    private var via: ArraySlice<UInt8>?
    private var envelopeFromClause: ArraySlice<UInt8>?
    private(set) var hasID = false
    private var hasTLSClause = false

    /// Keeps a word that is in a clause.
    mutating func take(_ word: ArraySlice<UInt8>, of clause: String) {
        switch clause {
        case "by": by = by ?? word
        case "via": via = via ?? word
        case "with":
            with.append(word)
            protocolName =
                protocolName ?? WithProtocol(word.prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "-") })
        case "id": hasID = true
        case "tls": hasTLSClause = true
        case "from", "envelope-from": envelopeFromClause = envelopeFromClause ?? word
        default: break
        }
    }

    /// The words after `from`.
    var fromWords: [ArraySlice<UInt8>] {
        (from ?? []).compactMap { if case .word(let word) = $0 { word } else { nil } }
    }

    /// The comments after `from`.
    var fromComments: [ArraySlice<UInt8>] {
        (from ?? []).compactMap { if case .comment(let comment) = $0 { comment } else { nil } }
    }

    /// The comments after `by` that the MTA wrote about itself and the connection: what the client said, a sender or
    /// a recipient, comes after them in quotes or angle brackets, and could end its own comment and begin another.
    var hostComments: ArraySlice<ArraySlice<UInt8>> {
        byComments.prefix { !$0.contains(UInt8(ascii: "<")) && !$0.contains(UInt8(ascii: "\"")) }
    }

    /// True for a user of a web page: `with HTTP`, `via HTTP`.
    var isHTTP: Bool {
        let name = protocolName ?? via.flatMap { WithProtocol($0) }
        return name == .http || name == .https
    }

    /// True if the host says that the hop was encrypted.
    var isEncrypted: Bool {
        hasTLSClause || protocolName?.isEncrypted == true || with.contains { Self.namesTLS($0) }
            || (fromComments + hostComments).contains { comment in
                ["using TLS", "using SSL", "TLS", "version=TLS", "version=SSL"].contains { comment.hasPrefix($0) }
                    || comment.suffix(10).isWord(" encrypted")
            }
    }

    /// True if the host says that the client had authenticated.
    var isAuthenticated: Bool {
        protocolName?.isAuthenticated == true || isHTTP
            || (fromComments + hostComments).contains { comment in
                [
                    "Authenticated sender", "authenticated", "AUTH:", "SquirrelMail authenticated", "account ",
                    "smtp-auth ",
                ]
                .contains { comment.asciiHasPrefix($0) }
            }
    }

    /// The argument of MAIL FROM, in a comment `envelope-from <...>` of Exim and Dovecot, `envelope-sender <...>` of
    /// qmail, or a clause; nil unless there is exactly one.
    var envelopeFrom: [UInt8]? {
        var found = (fromComments + byComments).compactMap { comment -> ArraySlice<UInt8>? in
            ["envelope-from ", "envelope-sender "].first { comment.asciiHasPrefix($0) }
                .map { comment.dropFirst($0.utf8.count) }
        }
        if let envelopeFromClause { found.append(envelopeFromClause) }
        guard found.count == 1, let path = found.first, path.first == UInt8(ascii: "<"),
            path.last == UInt8(ascii: ">")
        else { return nil }
        return Array(path)
    }

    private static func namesTLS(_ word: ArraySlice<UInt8>) -> Bool {
        word.split { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "-") }.dropFirst().first?.isWord("tls") == true
    }
}
