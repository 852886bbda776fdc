internal import DNS

/// The parts of a Received field, and what they say of the client.
struct ReceivedClauses {
    /// The words behind `from`; nil if there is no such clause.
    var from: [ArraySlice<UInt8>]?
    /// How many of them stand before the first comment.
    var wordsBeforeComments = 0
    var fromComments: [ArraySlice<UInt8>] = []
    var by: ArraySlice<UInt8>?
    var byComments: [ArraySlice<UInt8>] = []
    var with: [ArraySlice<UInt8>] = []

    /// The comment that holds the client's address (TCP-info, RFC 5321, 4.4), in words.
    struct ClientComment {
        let words: [ArraySlice<UInt8>]
        let address: IPAddress
        let isBracketed: Bool
        /// Sendmail: the reverse name does not lead back to the address.
        let mayBeForged: Bool
    }

    /// Beginnings of comments that hold what a client or a certificate says, and never the address.
    private static let remarks = [
        "using ", "No client certificate", "Client ", "Authenticated sender", "authenticated", "TLS:", "AUTH:",
        "SquirrelMail", "account ", "HELO ", "EHLO ", "LHLO ", "helo=", "envelope-sender", "envelope-from", "from ",
    ]

    private static func isRemark(_ comment: ArraySlice<UInt8>) -> Bool {
        remarks.contains { comment.asciiHasPrefix($0) }
    }

    /// The comments of the from clause that may hold the address.
    private var clientComments: [(index: Int, comment: ClientComment)] {
        fromComments.indices.compactMap { index in
            Self.isRemark(fromComments[index]) ? nil : Self.clientComment(fromComments[index]).map { (index, $0) }
        }
    }

    var clientComment: ClientComment? {
        clientComments.first?.comment
    }

    /// The comments behind the address: written by the MTA, whereas a HELO with parentheses stands before it.
    var commentsBehindClient: ArraySlice<ArraySlice<UInt8>> {
        fromComments[(clientComments.last.map { $0.index + 1 } ?? fromComments.startIndex)...]
    }

    /// Refuses a field with a comment that holds both an address and the word `by`: a hop that somebody has put in
    /// parentheses, by opening one in a HELO argument.
    func checkComments() throws(ReceivedError) {
        for comment in fromComments + byComments {
            let words = Self.words(of: comment)
            if words.contains(where: { $0.isWord("by") }), words.contains(where: { ReceivedAddress($0) != nil }) {
                throw .ambiguous
            }
        }
    }

    /// Where the message came from.
    func origin(_ layout: ReceivedLayout) throws(ReceivedError) -> Received.Origin {
        guard let from else { return .local }
        if let first = with.first, first.asciiHasPrefix("local") || first.isWord("mapi") { return .local }
        if layout == .fetchmail || with.first.flatMap({ WithProtocol($0) })?.isFetched == true { return .local }
        if from.count == 3, from[0].isWord("mail"), from[1].isWord("pickup"), from[2].isWord("service") {
            return .local
        }
        let found = clientComments
        guard found.count <= 1 else { throw .ambiguous }
        guard let client = found.first?.comment else { return .network(try clientInWords(from, layout)) }
        let words = layout == .mdaemon ? from.filter { $0 != [UInt8(ascii: "[")] && $0 != [UInt8(ascii: "]")] } : from
        guard words.count <= 1, wordsBeforeComments == from.count || layout == .mdaemon else { throw .ambiguous }
        return .network(self.client(words.first, client, layout))
    }

    /// The client by its comment and the word before it.
    private func client(
        _ name: ArraySlice<UInt8>?,
        _ client: ClientComment,
        _ layout: ReceivedLayout
    ) -> Received.Client {
        switch layout {
        case .exim, .ecelerity:
            let helo = client.words.first { $0.hasPrefix("helo=") }?.dropFirst("helo=".utf8.count)
            return Received.Client(
                address: client.address,
                helo: (helo ?? name).map(Array.init),
                reverseName: name.flatMap(Self.reverseName)
            )
        case .qmail:
            let helo = fromComments.first { $0.asciiHasPrefix("HELO ") || $0.asciiHasPrefix("EHLO ") }?.dropFirst(5)
            return Received.Client(
                address: client.address,
                helo: (helo ?? name).map(Array.init),
                reverseName: name.flatMap(Self.reverseName)
            )
        case .postfix, .sendmail, .courier, .exchange, .smtpsvc, .gmail, .domino, .mdaemon, .xmail, .webmail,
            .fetchmail, .standard:
            let reverseName = client.words.first.flatMap(Self.reverseName)
            return Received.Client(
                address: client.address,
                helo: name.map(Array.init),
                reverseName: client.mayBeForged ? nil : reverseName
            )
        }
    }

    /// The client where no comment holds its address: `from [IP] (helo=...)` of Exim, `from HELO [IP]` of MDaemon, and
    /// `from IP` of webmail. Elsewhere a first word that is an address is what the client said, and proves nothing.
    private func clientInWords(
        _ from: [ArraySlice<UInt8>],
        _ layout: ReceivedLayout
    ) throws(ReceivedError) -> Received.Client {
        let addresses = from.compactMap { ReceivedAddress($0) }
        guard let address = addresses.first?.address else { throw .noAddress }
        guard addresses.count == 1 else { throw .ambiguous }
        switch layout {
        case .exim:
            guard from.count == 1, from[0].first == UInt8(ascii: "[") else { throw .noAddress }
            let helo = fromComments.first { $0.hasPrefix("helo=") }.flatMap { Self.words(of: $0).first?.dropFirst(5) }
            return Received.Client(address: address, helo: helo.map(Array.init), reverseName: nil)
        case .mdaemon:
            guard from.count == 2, ReceivedAddress(from[0]) == nil else { throw .ambiguous }
            return Received.Client(address: address, helo: Array(from[0]), reverseName: nil)
        case .webmail:
            guard from.count == 1 else { throw .ambiguous }
            return Received.Client(address: address, helo: nil, reverseName: nil)
        case .postfix, .sendmail, .qmail, .courier, .exchange, .smtpsvc, .gmail, .domino, .xmail, .ecelerity,
            .fetchmail, .standard:
            throw .noAddress
        }
    }

    /// The argument of MAIL FROM in a comment `envelope-from <...>` of Exim and Dovecot, or `envelope-sender <...>` of
    /// qmail; nil unless there is exactly one.
    var envelopeFrom: [UInt8]? {
        let found = (byComments + commentsBehindClient).compactMap { comment in
            ["envelope-from ", "envelope-sender "].first { comment.hasPrefix($0) }
                .map { Array(comment.dropFirst($0.utf8.count)) }
        }
        guard found.count == 1, let path = found.first else { return nil }
        return path.first == UInt8(ascii: "<") && path.last == UInt8(ascii: ">") ? path : nil
    }

    /// The comment as the one with the client's address; nil if it holds none, or more than one.
    private static func clientComment(_ comment: ArraySlice<UInt8>) -> ClientComment? {
        let words = words(of: comment)
        let addresses = words.compactMap { ReceivedAddress($0) }
        // A reverse name may look like an address; the one in brackets is the MTA's.
        let bracketed = addresses.filter(\.isBracketed)
        let candidates = bracketed.isEmpty ? addresses : bracketed
        guard candidates.count == 1, let found = candidates.first else { return nil }
        return ClientComment(
            words: words,
            address: found.address,
            isBracketed: found.isBracketed,
            mayBeForged: words.contains { $0.isWord("forged)") }
        )
    }

    /// A name that the MTA had from the DNS: what stands before it up to an `@` is the ident protocol's.
    private static func reverseName(_ word: ArraySlice<UInt8>) -> Domain? {
        let name = word.lastIndex(of: UInt8(ascii: "@")).map { word[($0 + 1)...] } ?? word
        guard let domain = Domain(name), domain.isHostName, ReceivedAddress(name) == nil else { return nil }
        return domain
    }

    private static func words(of comment: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        var words: [ArraySlice<UInt8>] = []
        var start = comment.startIndex
        for index in comment.indices where comment[index].isWhiteSpace || comment[index] == .lineFeed {
            if index > start { words.append(comment[start..<index]) }
            start = index + 1
        }
        if start < comment.endIndex { words.append(comment[start...]) }
        return words
    }
}
