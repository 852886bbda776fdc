internal import DNS
internal import Mail
internal import Trace

/// The envelope as a JSON object: each value with its source (`received:1`, `return-path`, `from_`, `flag`, ...),
/// null where it is unknown.
struct EnvelopeReport {
    struct Value {
        package let value: String
        package let source: String
    }

    /// Facts about the hop with which the message came to our hosts.
    struct Hop {
        /// The Received field, 1 being the topmost.
        let received: Int
        let host: String?
        /// The software whose style the field has.
        let layout: String
        /// The keyword after `with`, in upper case (RFC 3848).
        let with: String?
        let tls: Bool
        /// The client had authenticated, according to the host.
        let auth: Bool
    }

    package let client: Value?
    let reverseName: Value?
    package let helo: Value?
    package let mailFrom: Value?
    let receivedAt: Value?
    let hop: Hop?
    /// Why the header does not show the client.
    let reason: String?

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

    func write(to json: inout JSONWriter) {
        json.member("client", client) { Self.write($1, to: &$0) }
        json.member("helo", helo) { Self.write($1, to: &$0) }
        json.member("hop", hop) { json, hop in
            json.member("auth", hop.auth)
            json.member("host", hop.host)
            json.member("layout", hop.layout)
            json.member("received", hop.received)
            json.member("tls", hop.tls)
            json.member("with", hop.with)
        }
        json.member("mail_from", mailFrom) { Self.write($1, to: &$0) }
        json.member("reason", reason)
        json.member("received_at", receivedAt) { Self.write($1, to: &$0) }
        json.member("reverse_name", reverseName) { Self.write($1, to: &$0) }
    }

    private static func write(_ value: Value, to json: inout JSONWriter) {
        json.member("source", value.source)
        json.member("value", value.value)
    }

    private static func value<Content>(
        _ sourced: RecoveredEnvelope.Sourced<Content>?,
        _ text: (Content) -> String
    ) -> Value? {
        sourced.map { Value(value: text($0.value), source: $0.source.description) }
    }
}

extension RecoveredEnvelope.Reason {
    /// The reason without its details, for counting.
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
