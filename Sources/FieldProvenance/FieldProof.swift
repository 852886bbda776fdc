public import DNS
internal import Mail
internal import Trace

/// Proof that an Authentication-Results field was written by the host that it names, and not by the sender of the
/// message (RFC 8601, 7.1).
public enum FieldProof: Hashable, Sendable {
    /// A signature of this domain covers the field, and passes.
    case signature(of: Domain)
    /// The field is directly above the Received field of this host, and above it there are only fields that hosts of
    /// the site have added: what came with the message is below.
    case position(above: Domain)
    /// There is no proof, and the reason.
    case none(String)

    /// Fields that a host adds together with its own, so they may be between it and the host's Received field.
    private static let traceNames = [
        "Authentication-Results", "Received-SPF", "DKIM-Signature", "ARC-Seal", "ARC-Message-Signature",
        "ARC-Authentication-Results",
    ]

    /// If a Received field above was not written by a host of the site, the sender may have written this field and the
    /// Received field below it; and everything below the border, where the site met an external client, came with the
    /// message.
    init(byPlace place: Int, in header: [HeaderField], border: ReceivedBorder, ownHosts: HostPatterns) {
        if let hop = border.envelope.border, place > hop.index {
            let host = hop.host.map(\.text) ?? "an own host"
            self = .missing("it is below the Received field of \(host), which met an external client")
            return
        }
        if let reason = border.envelope.reason, reason != .fromWithin {
            self = .missing(reason.description)
            return
        }
        let below = header[(place + 1)...].first { field in !Self.traceNames.contains { field.isNamed($0) } }
        guard let below, below.isNamed("Received") else {
            self = .missing("no Received field is directly below it")
            return
        }
        guard let received = try? Received(below.value), let host = received.host else {
            self = .missing("the Received field below it cannot be read")
            return
        }
        self = ownHosts.contains(host) ? .position(above: host) : .missing("the Received field below it is of \(host)")
    }

    private static func missing(_ reason: String) -> FieldProof {
        .none("no valid signature of its domain covers it, and \(reason)")
    }
}
