internal import Authentication
package import DKIM
internal import DNS
package import FieldClaims
package import FieldProvenance
internal import FieldSealing
package import Files
internal import Foundation
package import Mail
package import Mailboxes
package import Trace

/// Whether the Authentication-Results field of a message that claims to be ours is ours (RFC 8601, 7.1): the topmost,
/// because one below it is history.
package struct FieldVerification {
    /// The id that the field claims; nil if no field claims to be ours.
    package let claimedID: String?
    /// Its place in the header: 1 is the first field.
    package let position: Int?
    package let proof: FieldProof
    /// What its place alone proves.
    let proofByPosition: FieldProof

    /// - Parameters:
    ///   - header: the fields of the message, from the top.
    ///   - verdicts: those on its DKIM signatures.
    ///   - recovery: knows which Received fields hosts of ours have written.
    package init(_ header: [HeaderField], verdicts: [DKIMVerdict], ownIDs: OwnIdentifiers, recovery: EnvelopeRecovery) {
        let results = TrustedResults(in: header, within: TrustBoundary(ownIDs: ownIDs, recovery: recovery))
        guard let field = results.claimed.first else {
            (claimedID, position) = (nil, nil)
            proof = .none("no Authentication-Results field claims to be ours")
            proofByPosition = proof
            return
        }
        claimedID = field.ownID
        position = field.place + 1
        proof = results.proof(of: field, signedBy: CoveringSignatures(header, verdicts: verdicts).signer)
        proofByPosition = results.proof(of: field)
    }

    package var isProven: Bool {
        switch proof {
        case .signature, .position: true
        case .none: false
        }
    }

    /// Why there is no proof; nil if there is one.
    package var reason: String? { if case .none(let reason) = proof { reason } else { nil } }

    /// The finding for each kind of proof, one per line.
    package var explanation: [String] {
        guard position != nil else { return [] }
        let signature: String =
            if case .signature(let domain) = proof {
                "a valid signature of \(domain) covers it"
            } else {
                "no valid signature of its domain covers it"
            }
        let place: String =
            switch proofByPosition {
            case .signature(let domain): "a valid signature of \(domain) covers it"
            case .position(let host): "it is directly above the Received field of \(host)"
            case .none(let reason): reason
            }
        return ["  by signature: " + signature, "  by position: " + place]
    }

    /// `field 1 (mx.example.org): ours: signed by example.org`
    package var text: String {
        let field = position.map { "field \($0) (\(Explanation.plain(claimedID ?? ""))): " } ?? ""
        return switch proof {
        case .signature(let domain): field + "ours: a valid signature of \(domain) covers it"
        case .position(let host): field + "ours: it is directly above the Received field of \(host)"
        case .none(let reason): field + "not proven: \(reason)"
        }
    }

    /// An object on one line.
    package func json(file: String) throws -> [UInt8] {
        let (kind, by, reason): (String, String?, String?) =
            switch proof {
            case .signature(let domain): ("signature", domain.text, nil)
            case .position(let host): ("position", host.text, nil)
            case .none(let reason): ("none", nil, reason)
            }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let object = Object(file: file, id: claimedID, position: position, proof: kind, by: by, reason: reason)
        return Array(try encoder.encode(object))
    }

    private struct Object: Encodable {
        let file: String
        let id: String?
        let position: Int?
        /// `signature`, `position` or `none`.
        let proof: String
        let by: String?
        let reason: String?

        private enum Key: CodingKey { case file, id, position, proof, by, reason }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(file, forKey: .file)
            try container.encode(id, forKey: .id)
            try container.encode(position, forKey: .position)
            try container.encode(proof, forKey: .proof)
            try container.encode(by, forKey: .by)
            try container.encode(reason, forKey: .reason)
        }
    }
}

extension SpooledMessage {
    /// The fields of the header, from the top, up to a total of `limit` octets.
    package func header(limit: Int, _ variant: MboxVariant? = nil) throws(FileFailure) -> [HeaderField] {
        var fields: [HeaderField] = []
        var octets = 0
        try scan(variant, fieldLimit: max(MessageScanner.defaultFieldLimit, limit)) { event in
            guard case .field(let scanned) = event else { return false }
            octets += scanned.field.name.count + scanned.field.value.count
            guard octets <= limit else { return false }
            fields.append(scanned.field)
            return true
        }
        return fields
    }
}
