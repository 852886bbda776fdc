package import DNS

/// The result names of RFC 8617, section 10.1. There is none for a temporary error: every failure of a chain is
/// permanent, even one caused by a silent DNS (RFC 8617, 5.2).
package enum ARCResult: String, Hashable, Sendable {
    case none, pass, fail
}

/// The verdict on a message's ARC fields.
package struct ARCVerdict: Hashable, Sendable {
    package let result: ARCResult
    /// A short text of our own for a failure.
    package let reason: String?
    /// The instance of the oldest ARC-Message-Signature that still verifies, with all above it; 0 if all do (RFC 8617,
    /// 5.2). Nil if the chain does not pass.
    package let oldestPass: Int?
    /// ARC Sets in the header, as far as they could be distinguished.
    package let sets: Int
    /// The sealers, from the first to the last: the `d=` of each ARC-Seal. Empty if the chain does not pass, since
    /// then none of them is proven.
    package let sealers: [Domain]

    init(_ result: ARCResult, reason: String? = nil, oldestPass: Int? = nil, sets: Int, sealers: [Domain] = []) {
        self.result = result
        self.reason = reason
        self.oldestPass = oldestPass
        self.sets = sets
        self.sealers = sealers
    }
}
