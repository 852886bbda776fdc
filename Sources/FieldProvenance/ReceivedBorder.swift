internal import DNS
public import Mail
internal import Octets
public import Trace

/// The border of a site in a header: the Received field with which one of its hosts accepted the message from outside.
/// The fields above were added by hosts of the site, those below came with the message (RFC 8601, 4.1 and 7.1).
///
/// The walk over the Received fields may end before it meets an external client, for example at a field that cannot be
/// read. Then the origin of the fields between ``inner`` and ``index`` is unknown.
public struct ReceivedBorder: Hashable, Sendable {
    /// The place of a field relative to the border.
    public enum Side: Hashable, Sendable {
        /// Above a Received field of the site: one of its hosts has added it.
        case above
        /// Below the border: it came with the message, or was put in the wrong place.
        case below
        /// The origin of the field is unknown; with the reason.
        case unknown(RecoveredEnvelope.Reason)
    }

    /// The place of the Received field below which everything came with the message, 0 being the first field of the
    /// header: the border hop; the lowest one if all are steps within the site; the one at which the walk ended; the
    /// topmost if a host of the site wrote it, but it cannot be read. Nil if there is none of these.
    public let index: Int?
    /// The place of the lowest Received field that a host of the site is known to have written: everything above is the
    /// site's.
    public let inner: Int?
    /// The result of the walk over the Received fields.
    let envelope: RecoveredEnvelope

    /// - Parameters:
    ///   - header: the fields of the message, from the top.
    ///   - recovery: knows which Received fields hosts of the site have written.
    public init(of header: [HeaderField], _ recovery: EnvelopeRecovery) {
        envelope = recovery.envelope(of: header)
        inner = envelope.hops.last?.index
        guard envelope.border == nil, envelope.reason != .fromWithin else {
            index = inner
            return
        }
        let received = header.indices.filter { header[$0].isNamed("Received") }
        if inner != nil {
            index = received.dropFirst(envelope.hops.count).first
        } else {
            let isOwn = received.first.flatMap { Self.host(header[$0].value) }.map(recovery.ownHosts.contains)
            index = isOwn == true ? received.first : nil
        }
    }

    /// The side of a field, 0 being the first.
    public func side(of place: Int) -> Side {
        if let index, place > index { return .below }
        if let inner, place < inner { return .above }
        return .unknown(envelope.reason ?? .noReceived)
    }

    /// The host that wrote a Received field, even one with too little to recover an envelope from.
    private static func host(_ value: [UInt8]) -> Domain? {
        if let received = try? Received(value) { return received.host }
        let words = value.split { $0.isSpaceOrBreak || $0 == UInt8(ascii: ";") }
        // The text after `from` is the client's.
        guard let by = words.indices.first(where: { $0 != 1 && words[$0].elementsEqual("by".utf8) }),
            by + 1 < words.count
        else { return nil }
        return Domain(words[by + 1])
    }
}
