internal import Octets

/// The number that identifies an ARC Set (RFC 8617, 4.2.1).
enum ARCInstance {
    /// Sets that a message may have (RFC 8617, 4.2.1).
    static let limit = 50

    /// ```
    /// position = 1*2DIGIT      ; 1 - 50
    /// ```
    static func position(_ digits: some Collection<UInt8>) -> Int? {
        guard (1...2).contains(digits.count), digits.allSatisfy(\.isDigit) else { return nil }
        let number = digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
        return (1...limit).contains(number) ? number : nil
    }

    /// The instance of an ARC-Authentication-Results field; nil if the value does not begin with one.
    /// ```
    /// arc-info = instance [CFWS] ";" authres-payload
    /// instance = [CFWS] %s"i" [CFWS] "=" [CFWS] position      (RFC 8617, 4.2.1)
    /// ```
    static func leading(_ value: [UInt8]) -> Int? {
        var reader = InstanceReader(octets: value)
        return reader.arcInfo()
    }
}

private struct InstanceReader {
    let octets: [UInt8]
    var index = 0

    mutating func arcInfo() -> Int? {
        guard commentsAndSpace(), take(UInt8(ascii: "i")), commentsAndSpace(), take(UInt8(ascii: "=")),
            commentsAndSpace()
        else { return nil }
        let digits = octets[index...].prefix(while: \.isDigit)
        index = digits.endIndex
        guard commentsAndSpace(), take(UInt8(ascii: ";")) else { return nil }
        return ARCInstance.position(digits)
    }

    private mutating func take(_ octet: UInt8) -> Bool {
        guard index < octets.count, octets[index] == octet else { return false }
        index += 1
        return true
    }

    /// [CFWS] (RFC 5322, 3.2.2); false if a comment does not end.
    private mutating func commentsAndSpace() -> Bool {
        var depth = 0
        while index < octets.count {
            switch octets[index] {
            case UInt8(ascii: "("): depth += 1
            case UInt8(ascii: ")") where depth > 0: depth -= 1
            case UInt8(ascii: "\\") where depth > 0: index += 1
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"): break
            default:
                if depth == 0 { return true }
            }
            index += 1
        }
        return depth == 0
    }
}
