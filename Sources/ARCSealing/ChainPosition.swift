public import ARC

/// Where in its chain a new ARC Set belongs, and what its seal says of the chain below (RFC 8617, 5.1).
public struct ChainPosition: Hashable, Sendable {
    /// `cv=` (RFC 8617, 4.1.3): what the sealer found when the message came to it.
    public enum ChainValidation: String, Hashable, Sendable {
        case none, pass, fail
    }

    /// Why a message gets no set.
    public enum Refusal: Error, Hashable, Sendable {
        /// The newest seal says `cv=fail` (RFC 8617, 5.1.2).
        case markedAsFailed
        /// The instances are used up (RFC 8617, 4.2.1).
        case full

        /// In words for a log.
        public var reason: String {
            switch self {
            case .markedAsFailed: "its newest seal says cv=fail"
            case .full: "it has \(ARCFields.instanceLimit) sets"
            }
        }
    }

    public let instance: Int
    public let chainValidation: ChainValidation

    /// - Parameters:
    ///   - verdict: of the chain, on arrival.
    ///   - fields: of the message as it is to be sealed.
    public init(after fields: ARCFields, _ verdict: ARCResult) throws(Refusal) {
        guard !fields.isMarkedAsFailed else { throw .markedAsFailed }
        guard fields.highestInstance < ARCFields.instanceLimit else { throw .full }
        instance = fields.highestInstance + 1
        switch verdict {
        // What has no set has no chain that could pass, and what has one does not begin a chain: where a verdict does
        // not fit the fields, they were changed after it.
        case .none: chainValidation = fields.highestInstance == 0 && fields.sealedPlaces == [] ? .none : .fail
        case .pass: chainValidation = fields.sealedPlaces?.isEmpty == false ? .pass : .fail
        case .fail: chainValidation = .fail
        }
    }
}
