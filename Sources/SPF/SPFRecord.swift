internal import DNS

/// An SPF record (RFC 7208, 4.5 and 12) in typed terms.
struct SPFRecord: Hashable, Sendable {
    /// In the order of the record.
    var directives: [Directive] = []
    var redirect: MacroString?
    var explanation: MacroString?

    /// The record without what can never be tested for this client: networks that do not contain it, and everything
    /// after a term that is sure to match, or after the eleventh term that queries, where the limit ends every
    /// evaluation. The result is short, however long the record is.
    func relevant(to client: IPAddress) -> SPFRecord {
        var relevant = SPFRecord(explanation: explanation)
        var queryCount = 0
        for directive in directives {
            switch directive.mechanism {
            case .ip4(let network), .ip6(let network):
                guard network.contains(client) else { continue }
                relevant.directives.append(directive)
                return relevant
            case .all:
                relevant.directives.append(directive)
                return relevant
            case .include, .a, .mx, .ptr, .exists:
                relevant.directives.append(directive)
                queryCount += 1
                if queryCount > Evaluation.termLimit { return relevant }
            }
        }
        relevant.redirect = redirect
        return relevant
    }
}

/// ```
/// directive = [ qualifier ] mechanism
/// ```
struct Directive: Hashable, Sendable {
    /// The raw value is the character in the record.
    enum Qualifier: UInt8, Hashable, Sendable {
        case pass = 0x2B  // +
        case fail = 0x2D  // -
        case neutral = 0x3F  // ?
        case softfail = 0x7E  // ~
    }

    enum Mechanism: Hashable, Sendable {
        case all
        case include(MacroString)
        /// Without a domain-spec, the current domain is meant.
        case a(MacroString?, PrefixLengths)
        case mx(MacroString?, PrefixLengths)
        case ptr(MacroString?)
        case ip4(IPNetwork)
        case ip6(IPNetwork)
        case exists(MacroString)
    }

    /// dual-cidr-length: leading bits of an address that count, for either family.
    struct PrefixLengths: Hashable, Sendable {
        var ip4 = 32
        var ip6 = 128

        /// The length for addresses of the client's family.
        func length(for client: IPAddress) -> Int {
            switch client {
            case .v4: ip4
            case .v6: ip6
            }
        }
    }

    let qualifier: Qualifier
    let mechanism: Mechanism
    /// The term as it is in the record: visible ASCII characters.
    let text: ArraySlice<UInt8>
}
