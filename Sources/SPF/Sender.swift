internal import DNS
internal import MailAddresses
internal import Octets

/// Which MAIL FROM is checked, if any.
///
/// Two readers of one odd address may see two domains in it: that of the MTA, which other filters trust, and the one
/// that is checked here. The check of one would then vouch for the other, so none is made. The word for that is
/// `none` (RFC 7208, 2.6.1: no domain could be extracted); `permerror` is about what a domain publishes (2.6.7).
enum Sender: Hashable {
    case null
    case mailbox(localPart: [UInt8], Domain)
    case notChecked(String)

    /// - Parameters:
    ///   - argument: the text after `MAIL FROM:`.
    ///   - macroAddress: the MTA's reading of it, if known.
    init(_ argument: [UInt8], macroAddress: [UInt8]?) {
        switch SenderReading(argument) {
        case .null:
            let agrees = macroAddress.map { Self.withoutBrackets($0).isEmpty } ?? true
            self = agrees ? .null : Self.disagreement
        case .mailbox(let mailbox):
            self = Self.agrees(macroAddress, mailbox.host) ? Self(mailbox) : Self.disagreement
        case .withoutDomain: self = .notChecked("MAIL FROM has no domain")
        case .malformedDomain: self = .notChecked("malformed domain in MAIL FROM")
        case .ambiguous: self = .notChecked("readers may see different domains in MAIL FROM")
        }
    }

    /// RFC 7208, 4.3: a domain has at least two labels, and an address without a local-part has `postmaster`.
    private init(_ mailbox: ReversePath.Mailbox) {
        switch mailbox.host {
        case .domain(let domain) where domain.parent != nil:
            self = .mailbox(localPart: mailbox.localPart.isEmpty ? SPFCheck.postmaster : mailbox.localPart, domain)
        case .domain:
            self = .notChecked("the domain of MAIL FROM has one label")
        case .addressLiteral:
            self = .notChecked("MAIL FROM has an address literal in place of a domain")
        }
    }

    private static let disagreement = Sender.notChecked("the MTA reads another domain in MAIL FROM")

    /// True if the MTA sees the same domain after the last `@`, ignoring case and a trailing dot.
    private static func agrees(_ macroAddress: [UInt8]?, _ host: ReversePath.Host) -> Bool {
        guard let macroAddress else { return true }
        let address = withoutBrackets(macroAddress)
        guard let at = address.lastIndex(of: UInt8(ascii: "@")) else { return false }
        let seen = address[(at + 1)...]
        switch host {
        case .domain(let domain):
            return Domain(internationalized: seen) == domain
        case .addressLiteral(let literal):
            return seen.elementsEqual("[\(literal)]".utf8, by: { $0.asciiLowercased == $1.asciiLowercased })
        }
    }

    private static func withoutBrackets(_ address: [UInt8]) -> ArraySlice<UInt8> {
        guard address.count >= 2, address.first == UInt8(ascii: "<"), address.last == UInt8(ascii: ">") else {
            return address[...]
        }
        return address.dropFirst().dropLast()
    }
}
