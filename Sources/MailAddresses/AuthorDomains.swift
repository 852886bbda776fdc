/// The domains that the readers in use may take for that of a message's author: those of all its From fields.
///
/// RFC 5322 section 3.6 requires exactly one From field. If there are more, some readers take the first and some the
/// last.
public struct AuthorDomains: Hashable, Sendable {
    /// Domains that are examined in one message; RFC 9989 section 11.5 asks for a limit.
    public static let limit = 8

    /// In the order in which they were found, each domain once; at most ``limit``.
    public let readings: [AuthorField.Reading]
    /// False if there are more readings than ``limit``.
    public let isComplete: Bool
    /// True if some readers may see an author in none of the domains.
    public let hasOtherAuthors: Bool

    /// - Parameter values: those of the From fields, from the top, and of those that only some readers see.
    public init(fromFields values: [[UInt8]]) {
        let fields = values.map { AuthorField($0) }
        var found: [AuthorField.Reading] = []
        for reading in fields.flatMap(\.readings) {
            if let index = found.firstIndex(where: { $0.domain == reading.domain }) {
                found[index].isPatched = found[index].isPatched && reading.isPatched
            } else {
                found.append(reading)
            }
            if found.count > Self.limit { break }
        }
        readings = Array(found.prefix(Self.limit))
        isComplete = found.count <= Self.limit
        hasOtherAuthors = fields.contains { $0.hasOtherAuthors || $0.readings.isEmpty }
    }
}
