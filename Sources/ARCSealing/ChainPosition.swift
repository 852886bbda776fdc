package import ARC

/// The place of a new ARC Set in its chain, and what its seal says about the chain below (RFC 8617, 5.1).
package struct ChainPosition: Hashable, Sendable {
    /// `cv=` (RFC 8617, 4.1.3): the state of the chain that the sealer found when it received the message.
    package enum ChainValidation: String, Hashable, Sendable {
        case none, pass, fail
    }

    /// Why a message gets no set.
    package enum Refusal: Error, Hashable, Sendable {
        /// The newest seal says `cv=fail` (RFC 8617, 5.1.2).
        case markedAsFailed
        /// The instances are used up (RFC 8617, 4.2.1).
        case full

        /// In words for a log.
        package var reason: String {
            switch self {
            case .markedAsFailed: "its newest seal says cv=fail"
            case .full: "it has \(ARCFields.instanceLimit) sets"
            }
        }
    }

    package let instance: Int
    package let chainValidation: ChainValidation

    /// - Parameters:
    ///   - verdict: that on the chain, on arrival.
    ///   - fields: those of the message as it is to be sealed.
    package init(after fields: ARCFields, _ verdict: ARCResult) throws(Refusal) {
        guard !fields.isMarkedAsFailed else { throw .markedAsFailed }
        guard fields.highestInstance < ARCFields.instanceLimit else { throw .full }
        instance = fields.highestInstance + 1
        switch verdict {
        // Without a set there is no chain that could pass, and with one this set does not begin a chain: if a verdict
        // does not fit the fields, they were changed after it.
        case .none: chainValidation = fields.highestInstance == 0 && fields.sealedPlaces == [] ? .none : .fail
        case .pass: chainValidation = fields.sealedPlaces?.isEmpty == false ? .pass : .fail
        case .fail: chainValidation = .fail
        }
    }
}
