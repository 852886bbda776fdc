/// How the lines of the log are written.
package enum LogFormat: String, CaseIterable, Hashable, Sendable {
    /// For people.
    case text
    /// `key=value` pairs, as Loki and others read them.
    case logfmt
    /// One object per line.
    case json
}
