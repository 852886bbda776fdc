/// The steps of an SMTP session that an MTA reports to a filter, as a set.
package struct Stages: OptionSet, Hashable, Sendable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    package static let connect = Stages(rawValue: 0x1)
    package static let helo = Stages(rawValue: 0x2)
    package static let mail = Stages(rawValue: 0x4)
    package static let rcpt = Stages(rawValue: 0x8)
    package static let data = Stages(rawValue: 0x10)
    /// A command that the SMTP server does not know.
    package static let unknown = Stages(rawValue: 0x20)
    package static let header = Stages(rawValue: 0x40)
    package static let endOfHeader = Stages(rawValue: 0x80)
    package static let body = Stages(rawValue: 0x100)

    package static let all = Stages(rawValue: 0x1FF)

    /// The bits of the negotiation for each stage: the one that keeps the MTA from sending its command, and the one
    /// that keeps it from waiting for a reply.
    private static let bits: [(stage: Stages, unsent: ProtocolOptions, unanswered: ProtocolOptions)] = [
        (.connect, ProtocolOptions(rawValue: 0x1), ProtocolOptions(rawValue: 0x1000)),
        (.helo, ProtocolOptions(rawValue: 0x2), ProtocolOptions(rawValue: 0x2000)),
        (.mail, ProtocolOptions(rawValue: 0x4), ProtocolOptions(rawValue: 0x4000)),
        (.rcpt, ProtocolOptions(rawValue: 0x8), ProtocolOptions(rawValue: 0x8000)),
        (.data, ProtocolOptions(rawValue: 0x200), ProtocolOptions(rawValue: 0x1_0000)),
        (.unknown, ProtocolOptions(rawValue: 0x100), ProtocolOptions(rawValue: 0x2_0000)),
        (.header, ProtocolOptions(rawValue: 0x20), ProtocolOptions(rawValue: 0x80)),
        (.endOfHeader, ProtocolOptions(rawValue: 0x40), ProtocolOptions(rawValue: 0x4_0000)),
        (.body, ProtocolOptions(rawValue: 0x10), ProtocolOptions(rawValue: 0x8_0000)),
    ]

    /// The bits by which the MTA is asked not to send the commands of these stages (`SMFIP_NO...`).
    package var unsent: ProtocolOptions {
        Self.bits.filter { contains($0.stage) }.reduce(into: ProtocolOptions()) { $0.formUnion($1.unsent) }
    }

    /// The bits that keep the MTA from waiting for replies at these stages (`SMFIP_NR_...`).
    package var unanswered: ProtocolOptions {
        Self.bits.filter { contains($0.stage) }.reduce(into: ProtocolOptions()) { $0.formUnion($1.unanswered) }
    }

    /// The stages at which the MTA does not wait for a reply, as negotiated.
    package init(unansweredIn steps: ProtocolOptions) {
        self = Self.bits.filter { steps.contains($0.unanswered) }.reduce(into: []) { $0.formUnion($1.stage) }
    }

    /// The stages that the MTA does not report, as negotiated.
    package init(unsentIn steps: ProtocolOptions) {
        self = Self.bits.filter { steps.contains($0.unsent) }.reduce(into: []) { $0.formUnion($1.stage) }
    }
}
