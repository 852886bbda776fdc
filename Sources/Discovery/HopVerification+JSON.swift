internal import AuthServ
internal import DNS
internal import FieldProvenance
internal import Foundation
internal import StoredMail

/// The findings about the fields of a message, for programs.
extension HopVerification {
    /// An object on one line: the keys of a field's verification without hosts, `asked_at`, `hops` and `fields`.
    package func json(file: String) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let decisive = decisive.map(Self.object)
        let object = Object(
            file: file,
            id: decisive?.id ?? claimed.claimedID,
            position: decisive?.position ?? claimed.position,
            proof: decisive?.proof ?? "none",
            by: decisive?.by,
            reason: decisive == nil ? claimed.reason : decisive?.reason,
            askedAt: decisive?.askedAt,
            hops: hops.map(Self.object),
            fields: fields.map(Self.object)
        )
        return Array(try encoder.encode(object))
    }

    private static func object(_ hop: HopProof.Hop) -> HopObject {
        let ids: [String]? = if case .announces(let ids, _) = hop.answer { ids.map(\.text) } else { nil }
        let answer =
            switch hop.answer {
            case .announces, .conforms: "conforms"
            case .nothing: "nothing"
            case .unknown: "unknown"
            }
        let reason: String? = if case .unknown(let reason) = hop.answer { reason } else { nil }
        return HopObject(
            position: hop.place + 1,
            host: hop.host?.text,
            isBorder: hop.isBorder,
            answer: answer,
            ids: ids ?? [],
            reason: reason,
            askedAt: hop.answer.askedAt.map(DiscoveryReport.date)
        )
    }

    private static func object(_ field: Field) -> FieldObject {
        var proofs: [Proof] = []
        switch field.field {
        case .signature(let domain)?: proofs.append(Proof(proof: "signature", by: domain.text, askedAt: nil))
        case .position(let host)? where field.verdict == .proven:
            proofs.append(Proof(proof: "position", by: host.text, askedAt: nil))
        case .position?, .none?, nil: break
        }
        if case .proven(let hop) = field.hops {
            let askedAt = hop.answer.askedAt.map(DiscoveryReport.date)
            proofs.append(Proof(proof: "hop", by: hop.host?.text, askedAt: askedAt))
        }
        return FieldObject(
            position: field.position,
            id: field.id,
            verdict: field.verdict.rawValue,
            proof: proofs.first?.proof ?? "none",
            by: proofs.first?.by,
            reason: field.verdict == .proven ? nil : reason(field.hops),
            askedAt: proofs.first?.askedAt,
            proofs: proofs
        )
    }

    /// Every key is present; what is unknown is null.
    private struct Object: Encodable {
        let file: String
        @Nullable var id: String?
        @Nullable var position: Int?
        /// `signature`, `position`, `hop` or `none`.
        let proof: String
        @Nullable var by: String?
        @Nullable var reason: String?
        @Nullable var askedAt: String?
        let hops: [HopObject]
        let fields: [FieldObject]

        private enum CodingKeys: String, CodingKey {
            case file, id, position, proof, by, reason
            case askedAt = "asked_at"
            case hops, fields
        }
    }

    private struct HopObject: Encodable {
        let position: Int
        @Nullable var host: String?
        let isBorder: Bool
        /// `conforms`, `nothing` or `unknown`.
        let answer: String
        let ids: [String]
        @Nullable var reason: String?
        @Nullable var askedAt: String?

        private enum CodingKeys: String, CodingKey {
            case position, host
            case isBorder = "border"
            case answer, ids, reason
            case askedAt = "asked_at"
        }
    }

    private struct FieldObject: Encodable {
        let position: Int
        @Nullable var id: String?
        /// `proven`, `not-ours`, `not-proven` or `unknown`.
        let verdict: String
        let proof: String
        @Nullable var by: String?
        @Nullable var reason: String?
        @Nullable var askedAt: String?
        /// All that hold; the first is the one that is named.
        let proofs: [Proof]

        private enum CodingKeys: String, CodingKey {
            case position, id, verdict, proof, by, reason
            case askedAt = "asked_at"
            case proofs
        }
    }

    private struct Proof: Encodable {
        let proof: String
        @Nullable var by: String?
        @Nullable var askedAt: String?

        private enum CodingKeys: String, CodingKey {
            case proof, by
            case askedAt = "asked_at"
        }
    }

    /// A value whose key is present even without it, as null.
    @propertyWrapper
    private struct Nullable<Value: Encodable>: Encodable {
        let wrappedValue: Value?

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            if let wrappedValue { try container.encode(wrappedValue) } else { try container.encodeNil() }
        }
    }
}
