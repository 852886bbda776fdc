internal import Octets

/// The value of an ARC-Authentication-Results field (RFC 8617, 4.1.1): an instance, and what an Authentication-Results
/// field has for a value.
public struct ARCAuthenticationResults: Hashable, Sendable {
    /// The name of the field, as it is written.
    public static let fieldName = "ARC-Authentication-Results"

    /// Which of the ARC Sets of the message the field belongs to, from 1.
    public let instance: Int
    /// What follows the instance, octet for octet: for ``AuthenticationResults/init(parsing:)``.
    public let payload: [UInt8]

    /// Sets that a message may have (RFC 8617, 4.2.1).
    private static let instanceLimit = 50

    /// Nil if the value does not begin with an instance.
    /// ```
    /// arc-info = instance [CFWS] ";" authres-payload
    /// instance = [CFWS] %s"i" [CFWS] "=" [CFWS] position      ; 1 - 50
    /// ```
    public init?(_ value: [UInt8]) {
        var parser = FieldParser(value)
        guard let instance = try? parser.instance(), (1...Self.instanceLimit).contains(instance) else { return nil }
        self.instance = instance
        payload = Array(value[parser.index...])
    }
}

extension FieldParser {
    fileprivate mutating func instance() throws(SyntaxError) -> Int {
        try skipCFWS()
        try expect("i", for: "instance")
        try skipCFWS()
        try expect("=", for: "instance")
        try skipCFWS()
        let position = try number(for: "position")
        try skipCFWS()
        try expect(";", for: "arc-info")
        return position
    }
}
