package import DNS

/// Where hosts of one name, or of a pattern, are asked: `mx.example.org=smtp://mx.example.org:587`,
/// `*.example.org=smtp://*.example.org:587`, or the URL alone if its host is the name.
package struct AskRule: Hashable, Sendable {
    private let isPattern: Bool
    /// The name, or the one below which every name matches.
    private let name: Domain
    /// With the host asked replacing this one if ``takesHost`` is true.
    private let url: ServerURL
    private let takesHost: Bool
    /// The rule as written.
    package let text: String

    package init(_ text: String) throws(ServerURL.Mistake) {
        let key: String?
        let urlText: String
        if let equals = text.firstIndex(of: "="), !text[..<equals].contains("://") {
            key = String(text[..<equals])
            urlText = String(text[text.index(after: equals)...])
        } else {
            (key, urlText) = (nil, text)
        }
        let parts = Self.withoutAsterisk(urlText)
        url = try ServerURL(parts.text)
        takesHost = parts.parent != nil
        self.text = text
        guard let pattern = key ?? parts.parent.map({ "*." + $0 }) ?? Self.hostName(url) else {
            throw ServerURL.Mistake(description: "name the host that the pattern is for: NAME=URL")
        }
        isPattern = pattern.hasPrefix("*.")
        guard let name = Domain(internationalized: Array((isPattern ? String(pattern.dropFirst(2)) : pattern).utf8)),
            name.labels.allSatisfy(\.isHostLabel)
        else { throw ServerURL.Mistake(description: "\(pattern) is not a host name or a pattern *.NAME") }
        self.name = name
        if let parent = parts.parent, !isPattern || Domain(parent) != name {
            throw ServerURL.Mistake(description: "the pattern of the URL must be that of the host: *.\(parent)")
        }
    }

    /// Where a host is asked; nil if the rule is for others.
    package func url(for host: Domain) -> ServerURL? {
        guard isPattern ? host != name && host.isEqualOrBelow(name) : host == name else { return nil }
        guard takesHost else { return url }
        guard host.labels.allSatisfy(\.isHostLabel) else { return nil }
        return ServerURL(
            url.mailProtocol,
            isImplicitTLS: url.isImplicitTLS,
            user: url.user,
            host: .name(host),
            port: url.port
        )
    }

    /// The URL with a name in place of the asterisk, and the text after it.
    private static func withoutAsterisk(_ text: String) -> (text: String, parent: String?) {
        guard let scheme = text.firstRange(of: "://") else { return (text, nil) }
        let afterScheme = text[scheme.upperBound...]
        let hostStart = afterScheme.lastIndex(of: "@").map { text.index(after: $0) } ?? scheme.upperBound
        guard text[hostStart...].hasPrefix("*.") else { return (text, nil) }
        let parent = text[hostStart...].dropFirst(2).prefix { $0 != ":" && $0 != "/" }
        return (text[..<hostStart] + "any." + text[hostStart...].dropFirst(2), String(parent))
    }

    private static func hostName(_ url: ServerURL) -> String? {
        guard case .name(let name) = url.host else { return nil }
        return name.text
    }
}

extension [AskRule] {
    /// Where a host is asked: the rule of its own name overrides a pattern.
    package func url(for host: Domain) -> ServerURL? {
        lazy.filter { !$0.text.hasPrefix("*.") && !$0.text.contains("://*.") }.compactMap { $0.url(for: host) }.first
            ?? lazy.compactMap { $0.url(for: host) }.first
    }
}
