internal import DNS
internal import Mail

/// Which MAIL FROM is checked, if any.
///
/// Two readers of one odd address may see two domains in it: that of the MTA, which other filters believe, and the one
/// that is checked here. Then the check of one would vouch for the other, so that none is made.
enum Sender: Hashable {
    case null
    case mailbox(localPart: [UInt8], Domain)
    case notChecked(SPFResult, String)

    /// - Parameters:
    ///   - argument: what stood behind `MAIL FROM:`.
    ///   - macroAddress: the MTA's reading of it, if told.
    init(_ argument: [UInt8], macroAddress: [UInt8]?) {
        guard let path = ReversePath(argument) else {
            self = Self.withoutReversePath(argument, macroAddress)
            return
        }
        guard let mailbox = path.mailbox else {
            let agrees = macroAddress.map { Self.withoutBrackets($0).isEmpty } ?? true
            self = agrees ? .null : Self.disagreement
            return
        }
        guard Self.agrees(macroAddress, mailbox.host) else {
            self = Self.disagreement
            return
        }
        /// RFC 7208, 4.3.
        switch mailbox.host {
        case .domain(let domain) where domain.parent != nil:
            self = .mailbox(localPart: mailbox.localPart, domain)
        case .domain:
            self = .notChecked(.none, "the domain of MAIL FROM has one label")
        case .addressLiteral:
            self = .notChecked(.none, "MAIL FROM has an address literal in place of a domain")
        }
    }

    private static let disagreement = Sender.notChecked(.permerror, "the MTA reads another domain in MAIL FROM")

    /// What is no Reverse-path, and known to RFC 7208 section 4.3 all the same: a domain without a local-part, and one
    /// with empty or overlong labels.
    private static func withoutReversePath(_ argument: [UInt8], _ macroAddress: [UInt8]?) -> Sender {
        let address = withoutBrackets(argument)
        let at = address.lastIndex(of: UInt8(ascii: "@"))
        if let at, at == address.startIndex {
            let completed = Sender(postmaster + address, macroAddress: macroAddress)
            if case .mailbox = completed { return completed }
        }
        let isMalformedDomain = at.map { at in
            let domain = address[(at + 1)...]
            return domain.allSatisfy { $0.isAlphanumeric || "-.".utf8.contains($0) } && Domain(domain) == nil
        }
        return isMalformedDomain == true
            ? .notChecked(.none, "malformed domain in MAIL FROM")
            : .notChecked(.permerror, "MAIL FROM is not a valid address")
    }

    /// True if the MTA sees the same domain behind the last `@`, case and a trailing dot apart.
    private static func agrees(_ macroAddress: [UInt8]?, _ host: ReversePath.Host) -> Bool {
        guard let macroAddress else { return true }
        let address = withoutBrackets(macroAddress)
        guard let at = address.lastIndex(of: UInt8(ascii: "@")) else { return false }
        let seen = address[(at + 1)...]
        switch host {
        case .domain(let domain):
            return Domain(internationalized: seen) == domain
        case .addressLiteral(let literal):
            return seen.elementsEqual("[\(literal)]".utf8, by: { $0.lowercased == $1.lowercased })
        }
    }

    private static func withoutBrackets(_ address: [UInt8]) -> ArraySlice<UInt8> {
        guard address.count >= 2, address.first == UInt8(ascii: "<"), address.last == UInt8(ascii: ">") else {
            return address[...]
        }
        return address.dropFirst().dropLast()
    }

    private static let postmaster = SPFCheck.postmaster
}
