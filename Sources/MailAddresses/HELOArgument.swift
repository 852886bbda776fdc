public import DNS

/// What a client calls itself in HELO or EHLO (RFC 5321, 4.1.1.1).
///
///     ehlo = "EHLO" SP ( Domain / address-literal ) CRLF
///
/// Real hosts have underscores in their names, and hyphens at either end, and put a dot after them; the DNS has such
/// names, and RFC 7208 section 4.3 calls none of this malformed.
public enum HELOArgument: Hashable, Sendable {
    case domain(Domain)
    /// The text between the brackets.
    case addressLiteral(String)
    /// Neither: not to be asked for, and not to be shown.
    case invalid

    /// - Parameter argument: the octets as the client gave them, without white space around them.
    public init(_ argument: [UInt8]) {
        /// RFC 6531, 3.7.1: at this point only ASCII has been agreed on, so U-labels are not allowed.
        guard argument.allSatisfy({ $0 < 0x80 }) else {
            self = .invalid
            return
        }
        var parser = ReversePathParser(argument)
        if case .addressLiteral(let literal) = try? parser.heloArgument() {
            self = .addressLiteral(literal)
        } else if argument.allSatisfy(\.isNameOctet), let domain = Domain(argument) {
            self = .domain(domain)
        } else {
            self = .invalid
        }
    }
}
