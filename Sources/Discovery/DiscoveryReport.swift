internal import AuthServ
internal import DNS
internal import Foundation
package import ServerQuery

/// One server's answer, for people and for programs.
package struct DiscoveryReport {
    /// The server as the user named it.
    package let name: String
    package let report: ServerReport
    package let includesTranscript: Bool

    package init(name: String, report: ServerReport, includesTranscript: Bool) {
        self.name = name
        self.report = report
        self.includesTranscript = includesTranscript
    }

    /// One line per server; below it are findings about the answer, and the transcript.
    package var text: String {
        var lines: [String] = []
        switch report.answer {
        case .success(let announcement):
            let tls = report.tlsVersion.map { " \($0)" } ?? ""
            lines.append(
                announcement.conforms
                    ? "\(name): conforms ids=[\(announcement.ids.map(\.text).joined(separator: ", "))] "
                        + announcement.phase.rawValue + tls
                    : "\(name): nothing announced \(announcement.phase.rawValue)\(tls)"
            )
            lines += announcement.findings.map { "  finding: \($0.rawValue)" }
            lines += announcement.refused.map { "  not used: \($0)" }
        case .failure(let failure):
            lines.append("\(name): failure: \(failure)")
        }
        if includesTranscript { lines += report.transcript.map { "  \($0)" } }
        return lines.joined(separator: "\n") + "\n"
    }

    /// An object on one line.
    package func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
    }

    /// RFC 3339, in UTC.
    static func date(_ seconds: Int64) -> String {
        Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
    }
}

extension DiscoveryReport: Encodable {
    private enum Key: String, CodingKey {
        case server, `protocol`, phase, tls, conforms, ids, refused, findings, error, transcript
        case askedAt = "asked_at"
    }

    private struct TLS: Encodable {
        let version: String
        let verified: Bool
    }

    /// Every key is present for every server; what is unknown is null.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        let announcement = try? report.answer.get()
        try container.encode(name, forKey: .server)
        try container.encode(report.url.scheme, forKey: .protocol)
        try container.encode(announcement?.phase.rawValue, forKey: .phase)
        // A certificate that is not valid ends the conversation.
        let tls = announcement == nil ? nil : report.tlsVersion.map { TLS(version: $0, verified: true) }
        try container.encode(tls, forKey: .tls)
        try container.encode(announcement?.conforms, forKey: .conforms)
        try container.encode(announcement?.ids.map(\.text) ?? [], forKey: .ids)
        try container.encode(announcement?.refused ?? [], forKey: .refused)
        try container.encode(announcement?.findings.map(\.rawValue) ?? [], forKey: .findings)
        let failure: QueryFailure? = if case .failure(let failure) = report.answer { failure } else { nil }
        try container.encode(failure?.description, forKey: .error)
        try container.encode(Self.date(report.askedAt), forKey: .askedAt)
        if includesTranscript { try container.encode(report.transcript, forKey: .transcript) }
    }
}
