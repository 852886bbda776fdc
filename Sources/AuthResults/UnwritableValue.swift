/// Why a value cannot be a part of a field: nothing could be written that reads as it.
public enum UnwritableValue: Error, Hashable, Sendable {
    case emptyAuthservID
    /// RFC 8601, 2.2: a version is digits.
    case negativeVersion(Int)
    /// RFC 8601, 2.2, and RFC 5321, 4.1.2: methods, results, types and names are letters, digits and hyphens, and do
    /// not end in a hyphen.
    case notKeyword(String)
    /// The text that holds it.
    case controlCharacter(in: String)
    /// RFC 6376, 3.5: two labels at least, no literal, no underscore.
    case notDomainName(String)
    /// What a careless reader could take for more than a value; see ``PropertyValue/inert(_:)``.
    case notInert(String)
}

extension UnwritableValue: CustomStringConvertible {
    public var description: String {
        switch self {
        case .emptyAuthservID: "the authserv-id is empty"
        case .negativeVersion(let version): "the version \(version) is negative"
        case .notKeyword(let text): "\(text.debugDescription) is not a keyword: letters, digits and hyphens"
        case .controlCharacter(let text): "\(text.debugDescription) has a control character"
        case .notDomainName(let text): "\(text.debugDescription) is not a domain name of two labels or more"
        case .notInert(let text): "\(text.debugDescription) could be taken for more than one value"
        }
    }
}

extension String {
    func checkWritable() throws(UnwritableValue) {
        guard isWritable else { throw .controlCharacter(in: self) }
    }

    func checkKeyword() throws(UnwritableValue) {
        guard isKeyword else { throw .notKeyword(self) }
    }
}

extension Int? {
    func checkVersion() throws(UnwritableValue) {
        guard let self, self < 0 else { return }
        throw .negativeVersion(self)
    }
}
