internal import DNS
public import Mail
internal import Octets
public import Trace

/// Where in a header the site begins: the Received field with which one of its hosts took the message in. What is above
/// was added by hosts of the site, what is below came with the message (RFC 8601, 4.1 and 7.1).
///
/// The walk over the Received fields may end before it meets a stranger, at a field that cannot be read for instance. Then
/// there are two places, and nobody can say of what is between them where it comes from.
public struct ReceivedBorder: Hashable, Sendable {
    /// Where a field is.
    public enum Side: Hashable, Sendable {
        /// Above a Received field of the site: one of its hosts has added it.
        case above
        /// Below the border: it came with the message, or was put in the wrong place.
        case below
        /// Nobody can say, and why.
        case unknown(RecoveredEnvelope.Reason)
    }

    /// The Received field that everything below came with, 0 being the first field of the header: the border hop; the
    /// lowest one if all tell of steps within the site; the one at which the walk ended; the topmost if that is of a host
    /// of the site, but cannot be read. Nil if there is none of these.
    public let index: Int?
    /// The lowest Received field that hosts of the site are known to have written: everything above is theirs.
    public let inner: Int?
    /// What the walk over the Received fields has found.
    let envelope: RecoveredEnvelope

    /// - Parameters:
    ///   - header: the fields of the message, from the top.
    ///   - recovery: tells which Received fields hosts of the site have written.
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

    /// Where a field is, 0 being the first.
    public func side(of place: Int) -> Side {
        if let index, place > index { return .below }
        if let inner, place < inner { return .above }
        return .unknown(envelope.reason ?? .noReceived)
    }

    /// The host that wrote a Received field, also one that tells too little to recover an envelope from.
    private static func host(_ value: [UInt8]) -> Domain? {
        if let received = try? Received(value) { return received.host }
        let words = value.split { $0.isSpaceOrBreak || $0 == UInt8(ascii: ";") }
        // What follows `from` is the client's.
        guard let by = words.indices.first(where: { $0 != 1 && words[$0].elementsEqual("by".utf8) }),
            by + 1 < words.count
        else { return nil }
        return Domain(words[by + 1])
    }
}
