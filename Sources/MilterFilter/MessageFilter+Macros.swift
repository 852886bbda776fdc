internal import Authentication
internal import DNS
internal import MailAddresses
internal import Milter
internal import NIOCore

/// What the MTA says in its own words.
extension MessageFilter {
    /// The address from the MTA; a zone (`fe80::1%eth0`) is of no use outside its host.
    static func address(_ text: [UInt8]) -> IPAddress? {
        IPAddress(String(decoding: text.prefix { $0 != UInt8(ascii: "%") }, as: UTF8.self))
    }

    /// Set only if the client used SMTP AUTH. The MTA passes the AUTH parameter of MAIL on from every client, still
    /// encoded, in the command and in a macro.
    static func submission(_ macros: Macros, _ parameters: [[UInt8]]) -> Submission? {
        let identity = macros["{auth_authen}"] ?? []
        let mechanism = macros["{auth_type}"] ?? []
        guard !identity.isEmpty || !mechanism.isEmpty else { return nil }
        let author = AuthParameter(in: parameters) ?? macros["{auth_author}"].map { AuthParameter($0) }
        return Submission(identity: identity, mechanism: mechanism, author: author)
    }
}

extension TimeAmount {
    init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        self = .nanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }
}
