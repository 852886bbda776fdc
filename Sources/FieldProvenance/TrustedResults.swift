internal import AuthResults
public import DNS
public import FieldClaims
public import Mail
internal import Octets
internal import Trace

/// Which of a message's Authentication-Results fields were written by hosts of a site, and what proves it (RFC 8601,
/// 4.1 and 7.1).
///
///     let site = TrustBoundary(ids: ["mx.example.org"], hosts: ["mx.example.org"])
///     for field in TrustedResults(in: header, within: site).believable() { ... }
///
/// A field is believed if it has an authserv-id of the site, and is above the Received field with which the site
/// accepted the message, or covered by a signature of the site. The id alone proves nothing: any sender can write it.
public struct TrustedResults: Sendable {
    /// One Authentication-Results field.
    public struct Field: Hashable, Sendable {
        /// Where it is in the header: 0 is the first field.
        public let place: Int
        /// The value, for a reader of Authentication-Results; of an ARC-Authentication-Results field, without the
        /// instance.
        public let value: [UInt8]
        /// The instance of an ARC-Authentication-Results field.
        public let instance: Int?
        /// The ids that the field can be read to claim.
        public let claim: ClaimedAuthservID
        /// The id of the site that the field claims, as it can be read; nil if it claims none.
        public let ownID: String?
        /// The side of the border on which it is.
        public let side: ReceivedBorder.Side

        /// The id as a name, without a queue ID after it; nil if it is not a domain name.
        public var ownName: Domain? {
            ownID.flatMap { Domain(internationalized: Array($0.utf8.prefix { $0 != UInt8(ascii: "/") })) }
        }
    }

    /// The domain whose passing DKIM signature covers the field at a place, if it may sign for the name, which is the
    /// field's authserv-id. It comes from a verifier of signatures; no DKIM is verified here.
    public typealias Signer = (_ place: Int, _ name: Domain) -> Domain?

    /// All Authentication-Results fields of the header, from the top.
    public let fields: [Field]
    public let border: ReceivedBorder
    private let header: [HeaderField]
    private let boundary: TrustBoundary

    /// - Parameters:
    ///   - header: the fields of the message, from the top.
    ///   - boundary: the site to believe.
    public init(in header: [HeaderField], within boundary: TrustBoundary) {
        let border = ReceivedBorder(of: header, boundary.recovery)
        self.header = header
        self.boundary = boundary
        self.border = border
        fields = header.enumerated().compactMap { place, field in
            let arc: ARCAuthenticationResults?
            if field.isNamed(AuthenticationResults.fieldName) {
                arc = nil
            } else if boundary.readsARC, field.isNamed(ARCAuthenticationResults.fieldName),
                let results = ARCAuthenticationResults(field.value)
            {
                arc = results
            } else {
                return nil
            }
            let value = arc?.payload ?? field.value
            let claim = ClaimedAuthservID(value)
            return Field(
                place: place,
                value: value,
                instance: arc?.instance,
                claim: claim,
                ownID: Self.ownID(claim, boundary.ownIDs),
                side: border.side(of: place)
            )
        }
    }

    private static func ownID(_ claim: ClaimedAuthservID, _ ownIDs: OwnIdentifiers) -> String? {
        guard case .claims(let ids) = claim else { return nil }
        return ids.first(where: ownIDs.contains)
    }

    /// The fields that claim to be the site's, from the top. One below another is history.
    public var claimed: [Field] { fields.filter { $0.ownID != nil } }

    /// The fields that the site has written, from the top.
    ///
    /// - Parameter signer: the signer of a field; nil if no signatures are verified.
    public func believable(signedBy signer: Signer? = nil) -> [Field] {
        fields.filter { field in
            if field.ownID == nil {
                guard boundary.omitsID, case .unreadable = field.claim else { return false }
                return field.side == .above
            }
            return field.side == .above || self.signer(of: field, signer) != nil
        }
    }

    /// The proof that the field is the site's.
    ///
    /// - Parameters:
    ///   - field: one of ``fields``. It should be the topmost that claims the authserv-id.
    ///   - signer: the signer of a field; nil if no signatures are verified.
    public func proof(of field: Field, signedBy signer: Signer? = nil) -> FieldProof {
        if let domain = self.signer(of: field, signer) { return .signature(of: domain) }
        return FieldProof(byPlace: field.place, in: header, border: border, ownHosts: boundary.recovery.ownHosts)
    }

    /// RFC 8601, 7.1: `d=` is the authserv-id, or, as a host signs for its domain, a domain above it.
    private func signer(of field: Field, _ signer: Signer?) -> Domain? {
        guard let name = field.ownName, let domain = signer?(field.place, name), name.isEqualOrBelow(domain) else {
            return nil
        }
        return domain
    }
}
