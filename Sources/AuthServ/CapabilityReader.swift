/// Finds the lists of capabilities in a conversation, and in which phase each was given.
///
/// Of several in the same phase the last counts. Everything before TLS is forgotten when TLS begins: anyone on the
/// way could have sent it (RFC 3207, 4.2; RFC 9051, 6.2.1; RFC 2595, 4).
struct CapabilityReader {
    /// The words of a list, each as it was written: one line of EHLO or CAPA, or one atom of IMAP.
    typealias List = [[UInt8]]

    private(set) var beforeLogin: List?
    private(set) var afterLogin: List?
    private(set) var hasLoggedIn = false
    /// The server took us for a user who has already logged in (RFC 9051, 7.1.4).
    private(set) var isPreauthenticated = false
    /// The server does not know the command that asks for the list.
    private(set) var isRefused = false

    private let mailProtocol: MailProtocol
    private var verb: Conversation.Verb?
    private var tag: [UInt8]?
    /// The tag of a login that has not ended.
    private var loginTag: [UInt8]?
    private var isInLogin = false
    /// An IMAP server's capabilities sent while a login is in progress: they apply after it, if it succeeds.
    private var duringLogin: List?
    /// The lines of an EHLO or CAPA reply that is not complete.
    private var open: List?

    init(_ conversation: Conversation) {
        mailProtocol = conversation.mailProtocol
        for line in conversation.lines {
            switch line {
            case .client(let verb, let tag): take(verb, tag)
            case .server(let octets):
                switch mailProtocol {
                case .smtp: takeSMTP(octets)
                case .imap: takeIMAP(octets)
                case .pop3: takePOP3(octets)
                }
            }
        }
    }

    private mutating func take(_ verb: Conversation.Verb, _ tag: [UInt8]?) {
        open = nil
        switch verb {
        case .startTLS, .stls:
            (beforeLogin, afterLogin, duringLogin, hasLoggedIn, isPreauthenticated) = (nil, nil, nil, false, false)
        case .login, .authenticate, .pass, .apop, .auth:
            isInLogin = true
            loginTag = tag
        case .capability, .capa, .ehlo: isRefused = false
        case .helo, .user, .logout, .quit, .response: break
        }
        guard verb != .response else { return }
        self.verb = verb
        self.tag = tag
    }

    private mutating func keep(_ list: List) {
        if hasLoggedIn { afterLogin = list } else if isInLogin { duringLogin = list } else { beforeLogin = list }
    }

    private mutating func endLogin(isSuccess: Bool) {
        isInLogin = false
        if isSuccess {
            hasLoggedIn = true
            if let duringLogin { afterLogin = duringLogin }
        }
        duringLogin = nil
    }

    // MARK: SMTP

    /// Reply-line = *( Reply-code "-" [ textstring ] CRLF ) Reply-code [ SP textstring ] CRLF  (RFC 5321, 4.2)
    private mutating func takeSMTP(_ line: [UInt8]) {
        guard verb == .ehlo else { return }
        guard line.starts(with: "250".utf8) else {
            open = nil
            if line.first == UInt8(ascii: "5") { (beforeLogin, isRefused) = (nil, true) }
            return
        }
        let separator = line.dropFirst(3).first
        let text = Array(line.dropFirst(4))
        guard separator == nil || separator == UInt8(ascii: "-") || separator == UInt8(ascii: " ") else {
            open = nil
            return
        }
        // ehlo-ok-rsp: the first line has the domain and a greeting, no keyword (RFC 5321, 4.1.1.1).
        let list = open.map { $0 + [text] } ?? []
        guard separator == UInt8(ascii: "-") else {
            beforeLogin = list
            open = nil
            verb = nil
            return
        }
        open = list
    }

    // MARK: IMAP

    private mutating func takeIMAP(_ line: [UInt8]) {
        let words = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: true)
        guard let first = words.first, words.count >= 2 else { return }
        let isUntagged = first.elementsEqual("*".utf8)
        if isUntagged, words[1].isWord("CAPABILITY") {
            keep(words.dropFirst(2).map(Array.init))
            return
        }
        let isStatus = ["OK", "PREAUTH", "NO", "BAD", "BYE"].contains { words[1].isWord($0) }
        guard isStatus else { return }
        if isUntagged, words[1].isWord("PREAUTH") { isPreauthenticated = true }
        if !isUntagged, isInLogin, let loginTag, first.elementsEqual(loginTag) {
            let isSuccess = words[1].isWord("OK")
            endLogin(isSuccess: isSuccess)
        } else if !isUntagged, verb == .capability, let tag, first.elementsEqual(tag), !words[1].isWord("OK") {
            isRefused = true
        }
        if words[1].isWord("OK") || words[1].isWord("PREAUTH"), let list = Self.code(words.dropFirst(2)) {
            keep(list)
        }
    }

    /// capability-data in a resp-text-code: `[CAPABILITY a b c]` (RFC 9051, 9)
    private static func code(_ words: ArraySlice<ArraySlice<UInt8>>) -> List? {
        guard let first = words.first, first.isWord("[CAPABILITY") else { return nil }
        var list: List = []
        for word in words.dropFirst() {
            if word.last == UInt8(ascii: "]") {
                list.append(Array(word.dropLast()))
                return list
            }
            list.append(Array(word))
        }
        return nil
    }

    // MARK: POP3

    private mutating func takePOP3(_ line: [UInt8]) {
        if let list = open {
            guard !line.elementsEqual(".".utf8) else {
                keep(list)
                open = nil
                verb = nil
                return
            }
            open = list + [line]
            return
        }
        let isSuccess = line.starts(with: "+OK".utf8)
        let isFailure = line.starts(with: "-ERR".utf8)
        guard isSuccess || isFailure else { return }
        switch verb {
        case .capa:
            if isSuccess { open = [] } else { isRefused = true }
        case .pass, .apop, .auth: endLogin(isSuccess: isSuccess)
        case .ehlo, .helo, .startTLS, .stls, .authenticate, .login, .user, .capability, .logout, .quit, .response, nil:
            break
        }
    }
}

extension ArraySlice<UInt8> {
    /// True if it is this word, in any case. The word has only letters and brackets.
    fileprivate func isWord(_ word: String) -> Bool {
        count == word.utf8.count && zip(self, word.utf8).allSatisfy { $0.uppercased == $1.uppercased }
    }
}

extension UInt8 {
    /// a-z as A-Z; anything else unchanged.
    var uppercased: UInt8 {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) ? self & 0xDF : self
    }
}
