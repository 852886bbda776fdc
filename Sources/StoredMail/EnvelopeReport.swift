internal import DNS
internal import Mail
internal import Trace

/// The envelope as a JSON object: each value with its source (`received:1`, `return-path`, `from_`, `flag`, ...), null
/// where it is not known.
package struct EnvelopeReport: Encodable {
    package struct Value: Encodable {
        package let value: String
        package let source: String
    }

    /// Facts about the hop at which the message came to our hosts.
    struct Hop: Encodable {
        /// The Received field, 1 being the topmost.
        let received: Int
        let host: String?
        /// Whose way of writing it the field follows.
        let layout: String
        /// The keyword behind `with`, in upper case (RFC 3848).
        let with: String?
        let tls: Bool
        /// The client had authenticated itself, as the host says.
        let auth: Bool

        private enum Key: String, CodingKey { case received, host, layout, with, tls, auth }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(received, forKey: .received)
            try container.encode(host, forKey: .host)
            try container.encode(layout, forKey: .layout)
            try container.encode(with, forKey: .with)
            try container.encode(tls, forKey: .tls)
            try container.encode(auth, forKey: .auth)
        }
    }

    package let client: Value?
    let reverseName: Value?
    package let helo: Value?
    package let mailFrom: Value?
    let receivedAt: Value?
    let hop: Hop?
    /// Why the client is not known from the header.
    let reason: String?

    private enum Key: String, CodingKey {
        case client
        case reverseName = "reverse_name"
        case helo
        case mailFrom = "mail_from"
        case receivedAt = "received_at"
        case hop, reason
    }

    init(_ envelope: RecoveredEnvelope) {
        client = Self.value(envelope.client, \.description)
        reverseName = Self.value(envelope.reverseName, \.text)
        helo = Self.value(envelope.helo) { String(decoding: $0, as: UTF8.self) }
        mailFrom = Self.value(envelope.mailFrom) { String(decoding: $0, as: UTF8.self) }
        receivedAt = Self.value(envelope.receivedAt) { MessageReport.text(ofTime: $0.secondsSince1970) }
        hop = envelope.border.map { hop in
            Hop(
                received: hop.number,
                host: hop.host?.text,
                layout: hop.layout.rawValue,
                with: hop.with?.rawValue.uppercased(),
                tls: hop.isEncrypted,
                auth: hop.isAuthenticated
            )
        }
        reason = envelope.reason?.description
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(client, forKey: .client)
        try container.encode(reverseName, forKey: .reverseName)
        try container.encode(helo, forKey: .helo)
        try container.encode(mailFrom, forKey: .mailFrom)
        try container.encode(receivedAt, forKey: .receivedAt)
        try container.encode(hop, forKey: .hop)
        try container.encode(reason, forKey: .reason)
    }

    private static func value<Content>(
        _ sourced: RecoveredEnvelope.Sourced<Content>?,
        _ text: (Content) -> String
    ) -> Value? {
        sourced.map { Value(value: text($0.value), source: $0.source.description) }
    }
}

extension RecoveredEnvelope.Reason {
    /// The reason without its details, to be counted.
    var kind: String {
        switch self {
        case .noReceived: "no Received field"
        case .fromWithin: "from within"
        case .unreadable: "unreadable Received field"
        case .foreignHost: "Received field of a host that is not own"
        case .localDelivery: "local delivery"
        case .tooManyHops: "too many hops"
        }
    }
}
