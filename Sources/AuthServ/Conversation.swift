/// The dialogue with a server, line by line, within limits.
///
/// Of our commands, only the verb is kept: the rest contains passwords. Of the server's lines, all are kept up to the
/// limits; beyond them ``take(server:)`` returns false, and the conversation must be broken off.
package struct Conversation: Hashable, Sendable {
    package enum Line: Hashable, Sendable {
        /// The verb of a command, in upper case, and in IMAP the tag that its reply will have.
        case client(verb: Verb, tag: [UInt8]?)
        /// A line without its end.
        case server([UInt8])
    }

    /// The commands that a client may send that only asks. Any other line is part of a login.
    package enum Verb: String, Hashable, Sendable, CaseIterable {
        case ehlo = "EHLO"
        case helo = "HELO"
        case startTLS = "STARTTLS"
        case stls = "STLS"
        case auth = "AUTH"
        case authenticate = "AUTHENTICATE"
        case login = "LOGIN"
        case user = "USER"
        case pass = "PASS"
        case apop = "APOP"
        case capability = "CAPABILITY"
        case capa = "CAPA"
        case logout = "LOGOUT"
        case quit = "QUIT"
        /// A line that is not one of them: a SASL response.
        case response = "(response)"

        /// True for commands that carry a secret, or ask for one.
        package var isLogin: Bool {
            switch self {
            case .auth, .authenticate, .login, .user, .pass, .apop, .response: true
            case .ehlo, .helo, .startTLS, .stls, .capability, .capa, .logout, .quit: false
            }
        }
    }

    /// Octets that a server may send in total.
    package static let octetLimit = 64 * 1024
    /// Lines that it may send in total; a capability list has about twenty.
    package static let lineLimit = 256

    package let mailProtocol: MailProtocol
    package private(set) var lines: [Line] = []
    /// The beginning of a line of a list that comes as a body.
    private var body: [UInt8] = []
    private var isInBody = false
    private var octets = 0
    private var serverLines = 0

    package init(_ mailProtocol: MailProtocol) {
        self.mailProtocol = mailProtocol
    }

    /// Records the command in a line that we send, and nothing else of it.
    package mutating func take(client line: [UInt8]) {
        endBody()
        let words = line.split(maxSplits: 2, whereSeparator: { $0 == 0x20 || $0 == 0x0D || $0 == 0x0A })
        let isTagged = mailProtocol == .imap
        let word = isTagged ? words.dropFirst().first : words.first
        let text = word.map { String(decoding: $0.prefix(12), as: UTF8.self).uppercased() } ?? ""
        let verb = Verb(rawValue: text) ?? .response
        let tag = isTagged && verb != .response ? words.first.map(Array.init) : nil
        lines.append(.client(verb: verb, tag: tag))
    }

    /// Records a line of the server's reply.
    /// - Returns: false if it is over the limits; then it is not kept.
    package mutating func take(server line: [UInt8]) -> Bool {
        octets += line.count
        serverLines += 1
        guard octets <= Self.octetLimit, serverLines <= Self.lineLimit else { return false }
        lines.append(.server(Array(line.prefix { $0 != 0x0D && $0 != 0x0A })))
        return true
    }

    /// Records a piece of a list that comes as a body, cut anywhere. Line feeds divide it into lines.
    /// - Returns: false if it is over the limits.
    package mutating func take(body piece: some Sequence<UInt8>) -> Bool {
        isInBody = true
        body += piece
        while let end = body.firstIndex(of: 0x0A) {
            guard take(server: Array(body[..<end])) else { return false }
            body.removeFirst(end + 1)
        }
        return octets + body.count <= Self.octetLimit
    }

    /// True if the server does not know the command that asks for the list of capabilities.
    package var isListRefused: Bool { CapabilityReader(self).isRefused }

    /// Marks the end of a list that came as a body, if there was one: libcurl removes the `.`. The next command does
    /// this too.
    package mutating func endBody() {
        guard isInBody else { return }
        isInBody = false
        if !body.isEmpty { _ = take(server: body) }
        body = []
        if mailProtocol == .pop3 { lines.append(.server([UInt8(ascii: ".")])) }
    }
}
