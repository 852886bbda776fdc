/// Where a field breaks the grammar of RFC 8601, section 2.2.
public struct SyntaxError: Error, Hashable, Sendable {
    /// The production that was being read, as the standard names it: `resinfo`, `propspec`, ...
    public let rule: String
    /// In octets from the start of the value.
    public let offset: Int
    /// What should have been there.
    public let expected: String
}

extension SyntaxError: CustomStringConvertible {
    public var description: String { "\(rule) at octet \(offset): expected \(expected)" }
}
