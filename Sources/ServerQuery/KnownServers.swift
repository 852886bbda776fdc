package import AuthServ
internal import DNS
internal import Foundation

/// Earlier answers of servers, so that not every message asks them again.
///
/// An answer is used for a time and then forgotten; that a server does not answer never prolongs an old answer.
package struct KnownServers: Hashable, Sendable {
    private struct Entry: Hashable, Sendable, Codable {
        /// Seconds since 1970.
        let askedAt: Int64
        let conforms: Bool
        let ids: [String]

        private enum CodingKeys: String, CodingKey {
            case askedAt = "asked_at"
            case conforms, ids
        }
    }

    private var entries: [String: Entry] = [:]

    package init() {}

    /// Reads octets written by ``octets``; nil if they are something else.
    package init?(_ octets: [UInt8]) {
        guard let entries = try? JSONDecoder().decode([String: Entry].self, from: Data(octets)) else { return nil }
        self.entries = entries
    }

    package var octets: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        // Strings, numbers and truth values can always be encoded.
        return (try? encoder.encode(entries)).map(Array.init) ?? []
    }

    /// A server's answer, if it is not too old; nor from the future, as when a clock was wrong.
    package func answer(of server: String, now: Int64, lifetime: Int64) -> HopAnswer? {
        guard let entry = entries[server], entry.askedAt <= now, now - entry.askedAt < lifetime else { return nil }
        let ids = entry.ids.compactMap { Domain(announced: $0) }
        guard entry.conforms else { return .nothing }
        return ids.isEmpty ? .conforms(askedAt: entry.askedAt) : .announces(ids, askedAt: entry.askedAt)
    }

    /// Keeps an answer; one that is unknown is not kept.
    package mutating func learn(_ answer: HopAnswer, of server: String, askedAt: Int64) {
        switch answer {
        case .announces(let ids, _): entries[server] = Entry(askedAt: askedAt, conforms: true, ids: ids.map(\.text))
        case .conforms: entries[server] = Entry(askedAt: askedAt, conforms: true, ids: [])
        case .nothing: entries[server] = Entry(askedAt: askedAt, conforms: false, ids: [])
        case .unknown: break
        }
    }

    /// Drops answers that may no longer be used.
    package mutating func forget(before time: Int64) {
        entries = entries.filter { $0.value.askedAt >= time }
    }
}
