/// The results of SPF that RFC 8601 section 2.7.2 registers; all but `policy` are those of RFC 7208, 2.6.
package enum SPFResult: String, CaseIterable, Hashable, Sendable {
    /// There is nothing to check: no domain, none that all readers see, or no record.
    case none
    /// The domain says nothing about the client. To be treated exactly as `none`.
    case neutral
    /// The client is authorised.
    case pass
    /// The client is not authorised.
    case fail
    /// The client is probably not authorised.
    case softfail
    /// The local site does not accept the answer. Never given by ``SPFCheck``.
    case policy
    /// The DNS failed; it may work another time.
    case temperror
    /// The record cannot be interpreted.
    case permerror
}
