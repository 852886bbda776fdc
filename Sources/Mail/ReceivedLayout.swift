/// Whose way of writing a Received field it is. It decides whether the first name is what the client said (HELO) or what
/// the DNS said, and where the address stands.
public enum ReceivedLayout: String, CaseIterable, Hashable, Sendable {
    case postfix = "Postfix"
    case sendmail = "Sendmail"
    case exim = "Exim"
    case qmail = "qmail"
    case courier = "Courier"
    case exchange = "Microsoft Exchange"
    case smtpsvc = "Microsoft SMTPSVC"
    case gmail = "Gmail"
    case domino = "Domino"
    case mdaemon = "MDaemon"
    case xmail = "XMail"
    case ecelerity = "Ecelerity"
    case fetchmail = "fetchmail"
    case webmail = "webmail"
    /// None of these; read as RFC 5321 has it.
    case standard = "RFC 5321"

    /// Tells the MTA by what it says of itself behind `by`, which no client can write; only then by the look of the
    /// rest.
    init(_ clauses: ReceivedClauses) {
        for comment in clauses.byComments {
            if let layout = Self.signature(comment) {
                self = layout
                return
            }
        }
        let with = clauses.with
        if with.count >= 2, with[0].isWord("microsoft") {
            self = with[1].asciiHasPrefix("smtpsvc") ? .smtpsvc : .exchange
        } else if with.first?.isWord("mapi") == true {
            self = .exchange
        } else if with.first?.hasPrefix("[XMail") == true {
            self = .xmail
        } else if let with = with.first.flatMap({ WithProtocol($0) }), with == .http || with == .https {
            self = .webmail
        } else if let host = clauses.by, host.asciiHasSuffix(".google.com") || host.asciiHasSuffix(".gmail.com") {
            self = .gmail
        } else {
            self = Self.look(clauses)
        }
    }

    private static func signature(_ comment: ArraySlice<UInt8>) -> ReceivedLayout? {
        let signatures: [(String, ReceivedLayout)] = [
            ("Postfix", .postfix), ("Exim ", .exim), ("Lotus Domino", .domino), ("IBM Domino", .domino),
            ("HCL Domino", .domino), ("MDaemon", .mdaemon), ("ecelerity", .ecelerity), ("fetchmail", .fetchmail),
            ("getmail", .fetchmail), ("qpsmtpd", .qmail),
        ]
        if let known = signatures.first(where: { comment.asciiHasPrefix($0.0) }) { return known.1 }
        // Sendmail's version and that of its configuration: 8.17.1/8.17.1.
        let isVersion = comment.first?.isDigit == true && comment.contains(UInt8(ascii: "/"))
        return isVersion && comment.allSatisfy { !$0.isWhiteSpace } ? .sendmail : nil
    }

    private static func look(_ clauses: ReceivedClauses) -> ReceivedLayout {
        if clauses.fromComments.contains(where: { $0.hasPrefix("SquirrelMail") }) { return .webmail }
        guard let client = clauses.clientComment else {
            let isExim = clauses.from?.first?.first == UInt8(ascii: "[")
            return isExim && clauses.fromComments.contains { $0.hasPrefix("helo=") } ? .exim : .standard
        }
        if client.words.contains(where: { $0.hasPrefix("helo=") }) { return .exim }
        if !client.isBracketed, client.words.count == 1 { return .qmail }
        let isMapped = client.words.contains { $0.asciiHasPrefix("[::ffff:") }
        let isCourier = clauses.fromComments.contains { $0.hasPrefix("TLS:") || $0.hasPrefix("AUTH:") }
        return isMapped || isCourier || client.words.contains { $0.isWord("softdnserr") } ? .courier : .standard
    }
}

extension ArraySlice<UInt8> {
    func asciiHasPrefix(_ prefix: String) -> Bool {
        starts(with: prefix.utf8) { $0.asciiLowercased == $1.asciiLowercased }
    }

    func asciiHasSuffix(_ suffix: String) -> Bool {
        suffix.utf8.count <= count && self.suffix(suffix.utf8.count).asciiHasPrefix(suffix)
    }
}
