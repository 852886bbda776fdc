/// The registrations of IANA for Authentication-Results: "Email Authentication Parameters", as of 2026-05-22.
public enum Registry {
    public enum Status: String, Hashable, Sendable {
        case active, deprecated
    }

    /// An authentication method. All are in version 1.
    public struct Method: Hashable, Sendable {
        public let name: String
        public let status: Status
        /// Where it is defined: `RFC 8601, 2.7.1`.
        public let reference: String
        public let results: [Result]
        public let properties: [Property]
        /// The type of property whose names are not registered one by one: sender-id reports the field that it used.
        public let openType: String?

        public func result(_ name: String) -> Result? {
            results.first { $0.name == name }
        }

        /// - Parameters:
        ///   - type: in lower case, as the parser gives it.
        ///   - name: in lower case, as the parser gives it.
        public func property(_ type: String, _ name: String) -> Property? {
            properties.first { $0.type == type && $0.name == name }
        }
    }

    /// A result name of a method.
    public struct Result: Hashable, Sendable {
        public let name: String
        public let status: Status
    }

    /// A property that a method may report, `smtp.mailfrom`.
    public struct Property: Hashable, Sendable {
        public let type: String
        public let name: String
        public let status: Status
        public let value: ValueKind
    }

    /// What the registry says about a property's value, as far as it can be checked.
    public enum ValueKind: Hashable, Sendable {
        case any
        /// A domain; RFC 9989 and RFC 8601, 2.7, allow nothing before it.
        case domain
        /// One of these words.
        case oneOf([String])
        case number
        /// At least the first eight characters of a signature (RFC 6008, 4).
        case signature
    }

    /// The types of property (RFC 8601, 2.3; RFC 8904 for `dns`). Names of type `policy` are defined by each site
    /// (2.4).
    public static let propertyTypes = ["body", "dns", "header", "policy", "smtp"]

    /// The registered method of this name, in lower case.
    public static func method(_ name: String) -> Method? {
        byName[name]
    }

    /// True if the text contains a registered method or property and an equals sign, as in `a-dmarc=pass`.
    package static func isNamed(in text: String) -> Bool {
        text.lowercased().split(separator: "=", omittingEmptySubsequences: false).dropLast().contains { word in
            names.contains { word.hasSuffix($0) || word.hasSuffix($0 + "/1") }
        }
    }

    private static let names = Set(methods.flatMap { [$0.name] + $0.properties.map { "\($0.type).\($0.name)" } })

    private static let byName = Dictionary(methods.map { ($0.name, $0) }) { first, _ in first }
}
