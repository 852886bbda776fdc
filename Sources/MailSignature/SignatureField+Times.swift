extension SignatureField {
    /// Clocks may differ by this much (RFC 6376 leaves the amount open; 300 seconds is the custom).
    private static let clockDrift: UInt64 = 300

    /// The value of `t=` or `x=` in seconds since 1970; nil if the tag is absent.
    /// ```
    /// sig-t-tag = %x74 [FWS] "=" [FWS] 1*12DIGIT
    /// ```
    package static func time(_ name: String, of tags: TagList) throws(Defect) -> UInt64? {
        guard let value = tags[name] else { return nil }
        guard let seconds = TagValue.number(value, digits: 12) else { throw Defect("\(name)= is not a time") }
        return seconds
    }

    /// Why a signature with these times is not valid at `time` (seconds since 1970); nil if it is.
    package static func timeProblem(at time: Int64, timestamp: UInt64?, expiration: UInt64?) -> String? {
        let now = UInt64(max(time, 0))
        if let expiration, now > expiration &+ clockDrift { return "signature expired" }
        if let timestamp, timestamp > now &+ clockDrift { return "signature from the future" }
        return nil
    }
}
