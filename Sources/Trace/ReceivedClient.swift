internal import DNS
internal import Mail
internal import Octets

/// Finds the client in the text after `from`.
///
/// It depends on the MTA where the client's own text is, and whether it can contain parentheses. So each layout has
/// one shape, read from the front, and a text that does not fit it, or has a second address, is refused: a HELO
/// argument `x (y [192.0.2.1])` then makes the field unreadable instead of changing the address.
struct ReceivedClient {
    private let layout: ReceivedLayout
    /// The words before the first comment.
    private let words: [ArraySlice<UInt8>]
    private let comments: [ArraySlice<UInt8>]
    /// The words after the first comment.
    private let wordsBehind: [ArraySlice<UInt8>]

    init(_ tokens: [ReceivedTokenizer.Token], layout: ReceivedLayout) throws(ReceivedError) {
        var words: [ArraySlice<UInt8>] = []
        var comments: [ArraySlice<UInt8>] = []
        var wordsBehind: [ArraySlice<UInt8>] = []
        for token in tokens {
            switch token {
            case .comment(let comment): comments.append(comment)
            case .word(let word):
                // No MTA writes quotes here, and they could hide a parenthesis.
                guard !word.contains(UInt8(ascii: "\"")) else { throw .ambiguous }
                if comments.isEmpty { words.append(word) } else { wordsBehind.append(word) }
            }
        }
        self.layout = layout
        self.words = words
        self.comments = comments
        self.wordsBehind = wordsBehind
    }

    func client() throws(ReceivedError) -> Received.Client {
        switch layout {
        case .exim: try exim()
        case .ecelerity: try ecelerity()
        case .communigate: try communigate()
        case .qmail: try qmail()
        case .mdaemon: try mdaemon()
        case .yahoo: try yahoo()
        case .webmail where comments.allSatisfy({ ReceivedComment($0).addresses.isEmpty }): try webmail()
        case .postfix, .sendmail, .courier, .exchange, .smtpsvc, .gmail, .domino, .xmail, .webmail, .fetchmail,
            .standard:
            try standard()
        }
    }

    /// `HELO (rdns [IP])`, RFC 5321's Extended-Domain, and its kin: the HELO argument, then TCP-info. Microsoft and
    /// XMail write the address without brackets. `(may be forged)` of Sendmail means that the name does not lead
    /// back.
    private func standard() throws(ReceivedError) -> Received.Client {
        guard let first = comments.first else { throw .noAddress }
        guard words.count <= 1, wordsBehind.isEmpty else { throw .ambiguous }
        // Postfix writes `?` for parentheses in a HELO argument, so its remarks are its own; they may contain the
        // subject of a certificate, or a user's name.
        try check(comments.dropFirst().filter { layout != .postfix || !Self.isPostfixRemark($0) }[...])
        let comment = ReceivedComment(first)
        guard let (index, address) = try comment.onlyAddress() else { throw .noAddress }
        let name = index > 0 ? comment.words[0] : comment.words[0].dropIdent
        return Received.Client(
            address: address,
            helo: layout == .webmail ? nil : words.first.map(Array.init),
            reverseName: comment.mayBeForged ? nil : Self.reverseName(name)
        )
    }

    /// `rdns ([IP]:port helo=HELO ident=I)`, or `[IP] (port=N helo=HELO ident=I)` if no name was found. If the HELO
    /// argument was the name, it is not written again.
    private func exim() throws(ReceivedError) -> Received.Client {
        guard words.count == 1, wordsBehind.isEmpty else { throw .ambiguous }
        try check(comments.dropFirst())
        let comment = ReceivedComment(comments.first ?? [])
        if let literal = ReceivedAddress(words[0]), literal.isBracketed {
            return Received.Client(address: literal.address, helo: try heloItem(comment.words[...]), reverseName: nil)
        }
        guard let first = comment.words.first, let address = ReceivedAddress(first), address.isBracketed else {
            throw .noAddress
        }
        return Received.Client(
            address: address.address,
            helo: try heloItem(comment.words.dropFirst()) ?? Array(words[0]),
            reverseName: Self.reverseName(words[0])
        )
    }

    /// `([IP:port] helo=HELO)`; the meaning of a word before it is unknown.
    private func ecelerity() throws(ReceivedError) -> Received.Client {
        guard words.count <= 1, wordsBehind.isEmpty else { throw .ambiguous }
        try check(comments.dropFirst())
        let comment = ReceivedComment(comments.first ?? [])
        guard let first = comment.words.first, let address = ReceivedAddress(first), address.isBracketed else {
            throw .noAddress
        }
        let helo = try heloItem(comment.words.dropFirst())
        return Received.Client(address: address.address, helo: helo, reverseName: nil)
    }

    /// `[IP] (HELO h)` and `[IP] (account user HELO h)`; also the common form.
    private func communigate() throws(ReceivedError) -> Received.Client {
        let first = ReceivedComment(comments.first ?? []).words
        guard let place = first.firstIndex(where: { $0.isWord("helo") }) else { return try standard() }
        try check(comments.dropFirst())
        guard words.count == 1, wordsBehind.isEmpty, place == first.count - 2, place == 0 || place == 2 else {
            throw .ambiguous
        }
        guard let address = ReceivedAddress(words[0]), address.isBracketed else { throw .noAddress }
        return Received.Client(address: address.address, helo: Array(first[place + 1]), reverseName: nil)
    }

    /// The HELO argument among items `key=value`; any other word means that it contains white space.
    private func heloItem(_ items: ArraySlice<ArraySlice<UInt8>>) throws(ReceivedError) -> [UInt8]? {
        var helo: [UInt8]?
        for item in items {
            if item.hasPrefix("helo=") {
                guard helo == nil else { throw .ambiguous }
                helo = Array(item.dropFirst(5))
            } else if !item.hasPrefix("ident="), !item.hasPrefix("port=") {
                throw .ambiguous
            }
        }
        return helo
    }

    /// `rdns (HELO h) (ident@IP)`; a HELO argument that was the name is not written again. Zimbra's `LHLO`, Yahoo's
    /// `EHLO`.
    private func qmail() throws(ReceivedError) -> Received.Client {
        guard words.count == 1, wordsBehind.isEmpty else { throw .ambiguous }
        var rest = comments[...]
        var helo = Array(words[0])
        if let first = rest.first, let greeting = ReceivedComment.greeting(first) {
            guard !greeting.contains(where: \.isWhiteSpace) else { throw .ambiguous }
            helo = Array(greeting)
            rest.removeFirst()
        }
        guard let last = rest.popFirst() else { throw .noAddress }
        try check(rest)
        let comment = ReceivedComment(last)
        guard comment.words.count == 1, let address = ReceivedAddress(comment.words[0]) else { throw .noAddress }
        return Received.Client(address: address.address, helo: helo, reverseName: Self.reverseName(words[0]))
    }

    /// `IP (EHLO h)`, or `IP` for a step within; a second comment would be from the client's own text.
    private func yahoo() throws(ReceivedError) -> Received.Client {
        guard words.count == 1, comments.count <= 1, wordsBehind.isEmpty else { throw .ambiguous }
        guard let address = ReceivedAddress(words[0]) else { throw .noAddress }
        let helo = comments.first.flatMap { ReceivedComment.greeting($0) }
        guard helo?.contains(where: \.delimitsReceivedWord) != true else { throw .ambiguous }
        return Received.Client(address: address.address, helo: helo.map(Array.init), reverseName: nil)
    }

    /// `HELO [IP]`, `HELO ([IP])`, `HELO [(IP)]`.
    private func mdaemon() throws(ReceivedError) -> Received.Client {
        let isBracket = { (word: ArraySlice<UInt8>) in word.elementsEqual("[".utf8) || word.elementsEqual("]".utf8) }
        let names = words.filter { !isBracket($0) }
        guard let helo = names.first, wordsBehind.allSatisfy(isBracket) else { throw .noAddress }
        if names.count == 1 {
            try check(comments.dropFirst())
            guard let (_, address) = try ReceivedComment(comments.first ?? []).onlyAddress() else { throw .noAddress }
            return Received.Client(address: address, helo: Array(helo), reverseName: nil)
        }
        try check(comments[...])
        guard names.count == 2, let address = ReceivedAddress(names[1]), address.isBracketed else { throw .ambiguous }
        return Received.Client(address: address.address, helo: Array(helo), reverseName: nil)
    }

    /// `IP`: the user of the web page.
    private func webmail() throws(ReceivedError) -> Received.Client {
        guard words.count == 1, wordsBehind.isEmpty else { throw .ambiguous }
        guard let address = ReceivedAddress(words[0]) else { throw .noAddress }
        return Received.Client(address: address.address, helo: nil, reverseName: nil)
    }

    private static func isPostfixRemark(_ comment: ArraySlice<UInt8>) -> Bool {
        ["using ", "Client CN ", "Authenticated sender: "].contains { comment.hasPrefix($0) }
    }

    /// Refuses a second address.
    private func check(_ others: ArraySlice<ArraySlice<UInt8>>) throws(ReceivedError) {
        for comment in others where ReceivedComment(comment).mayHoldAddress { throw .ambiguous }
    }

    /// A name that the MTA got from the DNS: text before it, up to an `@`, is from the ident protocol.
    private static func reverseName(_ word: ArraySlice<UInt8>) -> Domain? {
        let name = word.dropIdent
        guard let domain = Domain(name), domain.isHostName, ReceivedAddress(name) == nil else { return nil }
        return domain
    }
}

extension ArraySlice<UInt8> {
    /// RFC 1413: the ident protocol's answer about the user is put before the name or the address.
    var dropIdent: Self {
        lastIndex(of: UInt8(ascii: "@")).map { self[($0 + 1)...] } ?? self
    }
}
