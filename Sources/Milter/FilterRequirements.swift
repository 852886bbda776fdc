/// What a filter needs from an MTA, and what it can do without.
package struct FilterRequirements: Hashable, Sendable {
    /// What the filter does to messages; a negotiation in which the MTA does not offer all of it is refused.
    package var actions: FilterActions
    /// Stages that the MTA need not report. An MTA that reports them nevertheless is answered, without calling the
    /// filter.
    package var unwanted: Stages
    /// Stages at which the filter's response is wanted at once, so that the MTA waits for it. At all others the MTA
    /// need not wait (one round trip less each), and the filter's decision is reported at the next stage that has a
    /// reply, at the latest at the end of the message. ``ProtocolOptions/skip`` is possible only if the body is among
    /// them.
    package var answered: Stages
    package var macroRequests: [MacroRequest]

    package init(
        actions: FilterActions = [.addHeaders, .changeHeaders],
        unwanted: Stages = [.rcpt, .data, .unknown],
        answered: Stages = [],
        macroRequests: [MacroRequest] = MacroRequest.defaults
    ) {
        self.actions = actions
        self.unwanted = unwanted
        self.answered = answered
        self.macroRequests = macroRequests
    }

    /// The oldest version that the filter speaks; 1 had no negotiated steps.
    package static let versions: ClosedRange<UInt32> = 2...6

    /// The part of the offer that is accepted.
    ///
    /// - Throws: ``ProtocolError/refused(missing:)`` if the filter could not do its work: without header changes,
    ///   forged fields would stay, and without the leading space, the octets verified would not be those that were
    ///   signed.
    package func answer(to offer: Negotiation) throws(ProtocolError) -> Negotiation {
        var missing: [String] = []
        if offer.version < Self.versions.lowerBound { missing.append("protocol version 2 or later") }
        if actions.contains(.changeHeaders), !offer.actions.contains(.changeHeaders) {
            missing.append("header change (SMFIF_CHGHDRS)")
        }
        if actions.contains(.addHeaders), !offer.actions.contains(.addHeaders) {
            missing.append("header insertion (SMFIF_ADDHDRS)")
        }
        if actions.contains(.quarantine), !offer.actions.contains(.quarantine) {
            missing.append("quarantine (SMFIF_QUARANTINE)")
        }
        let others = actions.subtracting([.addHeaders, .changeHeaders, .quarantine])
        if !others.isSubset(of: offer.actions) {
            missing.append("actions 0x\(String(others.subtracting(offer.actions).rawValue, radix: 16))")
        }
        if !offer.steps.contains(.leadingSpace) {
            missing.append("header leading space (SMFIP_HDR_LEADSPC; Postfix: milter_protocol = 6)")
        }
        guard missing.isEmpty else { throw .refused(missing: missing) }

        let asksForMacros = offer.actions.contains(.requestMacros) && !macroRequests.isEmpty
        let steps = unwanted.unsent.union(Stages.all.subtracting(answered).unanswered)
            .union(answered.contains(.body) ? [.leadingSpace, .skip] : .leadingSpace)
        return Negotiation(
            version: min(offer.version, Self.versions.upperBound),
            actions: asksForMacros ? actions.union(.requestMacros) : actions,
            steps: steps.intersection(offer.steps),
            macroRequests: asksForMacros ? macroRequests : []
        )
    }
}
