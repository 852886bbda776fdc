internal import DNS

/// An SPF record (RFC 7208, 4.5 and 12) in typed terms.
struct SPFRecord: Hashable, Sendable {
    /// In the order of the record. Those behind an `all` are there too: they must be well-formed, and are never tested.
    var directives: [Directive] = []
    var redirect: MacroString?
    var explanation: MacroString?
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
    /// The term as it stands in the record: visible ASCII characters.
    let text: ArraySlice<UInt8>
}
