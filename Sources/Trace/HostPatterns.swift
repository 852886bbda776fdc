public import DNS

/// Names of hosts: `mx.example.org`, or `*.example.org` for every name below one (not the name itself).
public struct HostPatterns: Hashable, Sendable {
    private var names: Set<Domain> = []
    private var parents: Set<Domain> = []

    /// Text that is neither a name nor `*.` and a name matches nothing.
    public init(_ patterns: some Sequence<String>) {
        for pattern in patterns {
            if pattern.hasPrefix("*.") {
                if let parent = Domain(internationalized: Array(pattern.utf8.dropFirst(2))) { parents.insert(parent) }
            } else if let name = Domain(internationalized: Array(pattern.utf8)) {
                names.insert(name)
            }
        }
    }

    public func contains(_ host: Domain) -> Bool {
        names.contains(host) || parents.contains { host != $0 && host.isEqualOrBelow($0) }
    }
}
