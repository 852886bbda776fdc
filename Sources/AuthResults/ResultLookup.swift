/// An authentication method, to look results up by.
public struct AuthenticationMethod: Hashable, Sendable, ExpressibleByStringLiteral {
    /// In lower case, as readers give it.
    public let name: String

    public init(_ name: String) {
        self.name = name.lowercased()
    }

    public init(stringLiteral name: String) {
        self.init(name)
    }

    /// RFC 8617
    public static let arc = AuthenticationMethod("arc")
    /// RFC 4954
    public static let auth = AuthenticationMethod("auth")
    /// RFC 6376
    public static let dkim = AuthenticationMethod("dkim")
    /// RFC 9989
    public static let dmarc = AuthenticationMethod("dmarc")
    /// RFC 8601, 3
    public static let iprev = AuthenticationMethod("iprev")
    /// RFC 7208
    public static let spf = AuthenticationMethod("spf")
}

extension Sequence<ResultInfo> {
    /// The first result of a method; nil if there is none. A message may have several of DKIM, one a signature: see
    /// `all(_:)`.
    public func first(_ method: AuthenticationMethod) -> ResultInfo? {
        first { $0.method.lowercased() == method.name }
    }

    /// The results of a method, in the order of the field.
    public func all(_ method: AuthenticationMethod) -> [ResultInfo] {
        filter { $0.method.lowercased() == method.name }
    }
}

extension ResultInfo {
    /// The value of a property, `header.d` or `smtp.mailfrom`, without quotes; nil if the result does not have it, or
    /// has it more than once with different values, so that nothing can be said of it.
    public subscript(property: String) -> String? {
        let name = property.lowercased()
        let values = properties.filter { "\($0.type).\($0.name)".lowercased() == name }.map(\.value.text)
        guard let first = values.first, values.allSatisfy({ $0 == first }) else { return nil }
        return first
    }

    /// True if method and result are registered, and the method is in its version 1. Readers must ignore all others
    /// (RFC 8601, 2.6 and 4.1).
    public var isRegistered: Bool {
        Registry.method(method.lowercased())?.result(result.lowercased()) != nil && methodVersion ?? 1 == 1
    }
}
