public import DNS
public import Mail
internal import Octets

/// Recovers the envelope of a stored message from its header.
///
/// The sender may have written any number of Received fields. Those of our own hosts are above them, so the header is
/// walked from the top, as long as a field was written by an own host that got the message from another one. The
/// first field of an own host that names an external client is the border hop, and everything known comes from it;
/// the fields below were written by the client, and are never read. If the walk meets anything else before, nothing
/// is known. A field is never chosen by its place, nor because an address in it looks right.
public struct EnvelopeRecovery: Hashable, Sendable {
    /// Names that our own hosts write after `by`.
    public var ownHosts: HostPatterns
    /// Networks of clients that are our own hosts, in addition to private and loopback addresses.
    public var trustedRelays: [IPNetwork]
    /// True if the sender and the date may be taken from the From_ line of an mbox where the header does not have
    /// them. The program that made the mbox wrote it.
    public var usesFromLine: Bool

    /// Received fields that are followed: hosts give up at about as many (RFC 5321, 6.3).
    static let hopLimit = 100

    public init(ownHosts: HostPatterns, trustedRelays: [IPNetwork] = [], usesFromLine: Bool = false) {
        self.ownHosts = ownHosts
        self.trustedRelays = trustedRelays
        self.usesFromLine = usesFromLine
    }

    /// - Parameters:
    ///   - header: All fields, from the top.
    ///   - fromLine: The From_ line above the message in an mbox.
    public func envelope(of header: [HeaderField], fromLine: MboxFromLine? = nil) -> RecoveredEnvelope {
        var envelope = RecoveredEnvelope()
        walk(header, &envelope)
        if let border = envelope.border {
            envelope.mailFrom = Self.returnPath(above: border.index, in: header) ?? envelope.mailFrom
        }
        if usesFromLine, let fromLine {
            if envelope.mailFrom == nil, let path = fromLine.reversePath {
                envelope.mailFrom = .init(path, .fromLine)
            }
            if envelope.receivedAt == nil, let date = fromLine.date { envelope.receivedAt = .init(date, .fromLine) }
        }
        return envelope
    }

    /// What one field means for the walk.
    private enum Step {
        case border(Received.Client)
        case within
        case end(RecoveredEnvelope.Reason)
    }

    private func walk(_ header: [HeaderField], _ envelope: inout RecoveredEnvelope) {
        var number = 0
        var above: Received?
        for (index, field) in header.enumerated() where field.isNamed("Received") {
            number += 1
            guard number <= Self.hopLimit else {
                envelope.reason = .tooManyHops
                return
            }
            let received: Received
            do {
                received = try Received(field.value)
            } catch {
                envelope.reason = .unreadable(number, error)
                return
            }
            switch step(received, number, below: above) {
            case .end(let reason):
                envelope.reason = reason
                return
            case .within:
                envelope.hops.append(.init(received, number: number, index: index))
                // Of the internal hops, the lowest is nearest to the time of receipt.
                if let date = received.date { envelope.receivedAt = .init(date, .received(number)) }
                above = received
            case .border(let client):
                envelope.take(received, client, number: number, index: index)
                return
            }
        }
        envelope.reason = number == 0 ? .noReceived : .fromWithin
    }

    /// - Parameter above: the field above it, which was written by a host of ours; nil for the first.
    private func step(_ received: Received, _ number: Int, below above: Received?) -> Step {
        if received.isNote { return .within }
        let isLocal: Bool
        switch received.origin {
        case .local: isLocal = true
        case .network(let client): isLocal = client.address.isLoopback
        }
        guard isOwn(received, isLocal: isLocal, below: above) else { return .end(.foreignHost(number, received.host)) }
        guard case .network(let client) = received.origin else { return .within }
        if trustedRelays.contains(where: { $0.contains(client.address) }) { return .within }
        let isLMTP = received.with?.isLocalDelivery == true
        if client.address.isInternal {
            // An authenticated user is not a host of ours, although on our network: the fields below are the user's.
            return received.isAuthenticated && !isLMTP ? .border(client) : .within
        }
        return isLMTP ? .end(.localDelivery(number)) : .border(client)
    }

    /// True if the field was written by a host of ours. Programs on a host call it `localhost` (amavis, fetchmail),
    /// and Gmail's own systems have private addresses in the form of 6to4 (RFC 3056). Such a field describes an
    /// internal hop, so that nothing is trusted because of it except the fields below, which must pass this test too.
    /// Yahoo's servers name themselves by private addresses when they meet a client from outside. Such a field is
    /// believed only directly below that of the mailbox server which got the message from that server.
    private func isOwn(_ received: Received, isLocal: Bool, below above: Received?) -> Bool {
        if let host = received.host { return ownHosts.contains(host) || (isLocal && host.text == "localhost") }
        guard let address = received.hostAddress else { return false }
        guard case .local = received.origin else {
            return received.layout == .yahoo && above?.isHandOver(from: address) == true
        }
        return address.isInternal || address.embeddedIn6to4?.isInternal == true
    }

    /// The topmost Return-Path, if it is above the border: it was written by final delivery (RFC 5321, 4.4). One
    /// below is the sender's.
    private static func returnPath(
        above index: Int,
        in header: [HeaderField]
    ) -> RecoveredEnvelope.Sourced<[UInt8]>? {
        guard let field = header[..<index].first(where: { $0.isNamed("Return-Path") }) else { return nil }
        /// RFC 5322, 2.2.3: the line breaks of folding are not part of the value.
        let path = field.value.filter { $0 != .lineFeed && $0 != .carriageReturn }.trimmingWhiteSpace
        return path.isEmpty ? nil : .init(Self.reversePath(Array(path)), .returnPath)
    }

    /// For the null sender, final delivery writes `<>`, or, with Postfix's pipe(8), the bare word MAILER-DAEMON
    /// (`null_sender`), which is not a user's address: one with a domain is.
    static func reversePath(_ written: [UInt8]) -> [UInt8] {
        let isNull = ["<MAILER-DAEMON>", "MAILER-DAEMON"].contains { written.elementsEqual($0.utf8) }
        return isNull ? Array("<>".utf8) : written
    }
}

extension RecoveredEnvelope {
    fileprivate mutating func take(_ received: Received, _ client: Received.Client, number: Int, index: Int) {
        let source = Source.received(number)
        let hop = Hop(received, number: number, index: index)
        hops.append(hop)
        border = hop
        self.client = .init(client.address, source)
        helo = client.helo.map { .init($0, source) }
        reverseName = client.reverseName.map { .init($0, source) }
        mailFrom = received.envelopeFrom.map {
            .init(EnvelopeRecovery.reversePath($0), .envelopeFrom(received.layout))
        }
        receivedAt = received.date.map { .init($0, source) } ?? receivedAt
    }
}

extension RecoveredEnvelope.Hop {
    fileprivate init(_ received: Received, number: Int, index: Int) {
        self.number = number
        self.index = index
        host = received.host
        layout = received.layout
        with = received.with
        isEncrypted = received.isEncrypted
        isAuthenticated = received.isAuthenticated
        date = received.date
    }
}

extension MboxFromLine {
    /// The sender as a reverse-path; nil if the line names none: `-`, `???@???`, a user without a domain.
    var reversePath: [UInt8]? {
        let path = EnvelopeRecovery.reversePath(sender)
        if path.elementsEqual("<>".utf8) { return path }
        guard let at = sender.lastIndex(of: UInt8(ascii: "@")), !sender[at...].contains(UInt8(ascii: "?")) else {
            return nil
        }
        return sender.first == UInt8(ascii: "<") ? sender : [UInt8(ascii: "<")] + sender + [UInt8(ascii: ">")]
    }
}

extension [UInt8] {
    /// The octets without white space and line breaks at either end.
    fileprivate var trimmingWhiteSpace: ArraySlice<UInt8> {
        var rest = self[...]
        while let last = rest.last, last.isWhiteSpace || last == .lineFeed || last == .carriageReturn {
            rest.removeLast()
        }
        return rest.drop { $0.isWhiteSpace || $0 == .lineFeed || $0 == .carriageReturn }
    }
}
