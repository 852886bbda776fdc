internal import Mail
internal import Octets

/// The software whose style a Received field has. It decides whether the first name is from the client (HELO) or from
/// the DNS, and where the address is.
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
    case communigate = "CommuniGate Pro"
    case yahoo = "Yahoo"
    case fetchmail = "fetchmail"
    case webmail = "webmail"
    /// None of these; read as in RFC 5321.
    case standard = "RFC 5321"

    /// Recognises the MTA by what it writes about itself after `by`, which no client can write; only then by the look
    /// of the rest.
    init(_ clauses: ReceivedClauses) {
        if let signed = clauses.hostComments.lazy.compactMap(Self.signature).first {
            self = signed
            return
        }
        let with = clauses.with
        if with.count >= 2, with[0].isWord("microsoft") {
            self = with[1].asciiHasPrefix("smtpsvc") ? .smtpsvc : .exchange
        } else if with.first?.isWord("mapi") == true {
            self = .exchange
        } else if with.first?.hasPrefix("[XMail") == true {
            self = .xmail
        } else if Self.isYahoo(clauses) {
            self = .yahoo
        } else if clauses.isHTTP {
            // Exchange Online hands messages from server to server in this way.
            self = clauses.by?.asciiHasSuffix(".outlook.com") == true ? .exchange : .webmail
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
            ("getmail", .fetchmail), ("qpsmtpd", .qmail), ("qmail", .qmail), ("CommuniGate", .communigate),
        ]
        if let known = signatures.first(where: { comment.asciiHasPrefix($0.0) }) { return known.1 }
        // The versions of Sendmail and of its configuration: 8.17.1/8.17.1.
        let isVersion = comment.first?.isDigit == true && comment.contains(UInt8(ascii: "/"))
        return isVersion && comment.allSatisfy { !$0.isWhiteSpace } ? .sendmail : nil
    }

    /// Yahoo's mailbox servers (`atlas` in their names) get messages by HTTP, from an address of the site, and write
    /// nothing else after `from`. The servers that meet the clients write `IP (EHLO h)`, and an address after `by`.
    private static func isYahoo(_ clauses: ReceivedClauses) -> Bool {
        guard let host = clauses.by, let word = clauses.fromWords.first, clauses.fromWords.count == 1,
            let client = ReceivedAddress(word)
        else { return false }
        let isMailboxServer = host.asciiHasPrefix("atlas") && host.asciiHasSuffix(".yahoo.com")
        let comments = clauses.fromComments
        if clauses.isHTTP { return isMailboxServer && comments.isEmpty && client.address.isInternal }
        guard let first = comments.first, ReceivedComment.greeting(first) != nil else { return false }
        return isMailboxServer || ReceivedAddress(host)?.address.isInternal == true
    }

    /// By the look of the text after `from`, if there is no other sign.
    private static func look(_ clauses: ReceivedClauses) -> ReceivedLayout {
        let comments = clauses.fromComments
        guard let first = comments.first else { return .standard }
        if first.hasPrefix("SquirrelMail") { return .webmail }
        let words = ReceivedComment(first).words
        if ReceivedComment.greeting(first) != nil { return .qmail }
        if let word = words.first, ReceivedAddress(word) != nil {
            if words.dropFirst().contains(where: { $0.hasPrefix("helo=") }) {
                let name = clauses.fromWords.first ?? []
                return name.isEmpty || name.first == UInt8(ascii: "[") ? .ecelerity : .exim
            }
            // qmail does not name itself, gives no id and writes SMTP; others (IronPort) have the HELO argument
            // before such an address.
            let isBare = words.count == 1 && word.first != UInt8(ascii: "[")
            if isBare, clauses.byComments.isEmpty, !clauses.hasID, clauses.with.last?.isWord("smtp") == true {
                return .qmail
            }
        }
        let isItems = words.first.map { $0.hasPrefix("helo=") || $0.hasPrefix("port=") || $0.hasPrefix("ident=") }
        if isItems == true, clauses.fromWords.first?.first == UInt8(ascii: "[") { return .exim }
        let isCourier = comments.dropFirst().contains { $0.hasPrefix("TLS:") || $0.hasPrefix("AUTH:") }
        let isMapped = words.contains { $0.asciiHasPrefix("[::ffff:") || $0.isWord("softdnserr") }
        return isCourier || isMapped ? .courier : .standard
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
