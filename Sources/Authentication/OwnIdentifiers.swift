internal import DNS

/// The authserv-ids that only this site may claim.
public struct OwnIdentifiers: Sendable {
    private var names: Set<String> = []
    /// Names below which every name is ours: `*.example.org` without the asterisk.
    private var parents: [Domain] = []

    /// - Parameter patterns: ids, or `*.NAME` for every id below a name (not the name itself).
    public init(_ patterns: [String]) {
        for pattern in patterns {
            if pattern.hasPrefix("*."), let parent = Domain(internationalized: Array(pattern.dropFirst(2).utf8)) {
                parents.append(parent)
            } else {
                names.insert(Self.normalized(pattern))
            }
        }
    }

    /// True if a claimed id is one of ours: case aside, A-labels and U-labels being the same (RFC 8601, 5), one trailing
    /// dot and a `/suffix` ignored, as deployed software writes `id/queue-id`.
    public func contains(_ id: String) -> Bool {
        let name = Self.normalized(id)
        if names.contains(name) { return true }
        guard !parents.isEmpty, let domain = Domain(name) else { return false }
        return parents.contains { domain != $0 && domain.isEqualOrBelow($0) }
    }

    /// The A-label form of a name, or the text in lower case if it is none.
    private static func normalized(_ id: String) -> String {
        var text = id.prefix { $0 != "/" }
        if text.hasSuffix(".") { text = text.dropLast() }
        return Domain(internationalized: Array(text.utf8))?.text ?? text.lowercased()
    }
}
