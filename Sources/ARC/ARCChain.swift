internal import Mail
internal import MailSignature

/// One ARC Set (RFC 8617, 4.2): the three fields of the same instance. Of its ARC-Authentication-Results, only the
/// existence matters here.
struct ARCSet: Sendable {
    /// The places of the fields in the header.
    let places: [ARCField: Int]
    /// The ARC-Message-Signature, or its defect: only the newest one decides anything, so the grammar of the others
    /// is not part of the structure (RFC 8617, 5.2).
    let messageSignature: Result<MessageSignature, SignatureField.Defect>
    let seal: ARCSeal
}

/// The fields of an ARC Set, in the order in which a seal covers them (RFC 8617, 5.1.1).
enum ARCField: String, Hashable, Sendable, CaseIterable {
    case results = "ARC-Authentication-Results"
    case messageSignature = "ARC-Message-Signature"
    case seal = "ARC-Seal"

    /// Which of them a field of the header is; nil if it is another field.
    init?(_ field: HeaderField) {
        /// Most fields of most messages are excluded by one octet.
        guard let first = field.name.first, first | 0x20 == UInt8(ascii: "a"),
            let match = Self.allCases.first(where: { field.isNamed($0.rawValue) })
        else { return nil }
        self = match
    }

    /// The instance that a field of this kind says it belongs to, or why it cannot be read.
    func instance(of field: HeaderField) throws(SignatureField.Defect) -> Int {
        let instance =
            switch self {
            case .results: ARCInstance.leading(field.value)
            case .messageSignature, .seal:
                try SignatureField.tags(field.value)["i"].flatMap { ARCInstance.position($0) }
            }
        guard let instance else { throw SignatureField.Defect("no instance from 1 to \(ARCInstance.limit)") }
        return instance
    }
}

/// The ARC Sets of a message, from the first (instance 1) to the newest.
struct ARCChain: Sendable {
    /// What is wrong with the structure.
    struct Defect: Error {
        let reason: String
        /// Instances found up to then.
        let sets: Int
    }

    /// Empty if the header has no ARC field.
    let sets: [ARCSet]

    /// Gathers the sets and checks their structure: steps 1 to 3 of RFC 8617, section 5.2.
    init(_ header: [HeaderField]) throws(Defect) {
        let gathered = try Self.gather(header)
        let count = gathered.count
        /// If there is a gap, an instance below the number of instances has no set.
        sets = try (0..<count).map { index throws(Defect) in
            do throws(SignatureField.Defect) {
                return try Self.set(instance: index + 1, of: count, gathered[index + 1] ?? [:], header)
            } catch {
                throw Defect(reason: "i=\(index + 1): \(error.reason)", sets: count)
            }
        }
    }

    private static func gather(_ header: [HeaderField]) throws(Defect) -> [Int: [ARCField: Int]] {
        var gathered: [Int: [ARCField: Int]] = [:]
        for (place, field) in header.enumerated() {
            guard let kind = ARCField(field) else { continue }
            let instance: Int
            do throws(SignatureField.Defect) {
                instance = try kind.instance(of: field)
            } catch {
                throw Defect(reason: "\(kind.rawValue): \(error.reason)", sets: gathered.count)
            }
            guard gathered[instance, default: [:]].updateValue(place, forKey: kind) == nil else {
                throw Defect(reason: "i=\(instance): two \(kind.rawValue) fields", sets: gathered.count)
            }
        }
        return gathered
    }

    private static func set(
        instance: Int,
        of count: Int,
        _ places: [ARCField: Int],
        _ header: [HeaderField]
    ) throws(SignatureField.Defect) -> ARCSet {
        for kind in ARCField.allCases where places[kind] == nil {
            throw SignatureField.Defect("no \(kind.rawValue)")
        }
        guard let message = places[.messageSignature], let sealed = places[.seal] else {
            throw SignatureField.Defect("incomplete")
        }
        let seal = try ARCSeal(SignatureField(arc: header[sealed].value))
        switch seal.chainValidation {
        case .fail:
            throw SignatureField.Defect("cv=fail: a sealer found the chain broken")
        case .none:
            guard instance == 1 else { throw SignatureField.Defect("cv=none after the first set") }
        case .pass:
            guard instance > 1 else { throw SignatureField.Defect("cv=pass in the first set") }
        }
        return ARCSet(
            places: places,
            messageSignature: Result { () throws(SignatureField.Defect) in
                try MessageSignature(arc: header[message].value)
            },
            seal: seal
        )
    }
}

extension MessageSignature {
    /// Reads an ARC-Message-Signature (RFC 8617, 4.1.2): a DKIM-Signature without `v=`, and with a different `i=`.
    fileprivate init(arc value: [UInt8]) throws(SignatureField.Defect) {
        try self.init(SignatureField(arc: value), mayNameNoField: true)
        guard !signs("ARC-Seal") else { throw SignatureField.Defect("signs ARC-Seal") }
        guard field.hasUsableQueryMethod else { throw SignatureField.Defect("no usable query method") }
    }
}

extension SignatureField {
    /// The algorithms are today's algorithms of DKIM: rsa-sha256 and ed25519-sha256 (RFC 8301, RFC 8463).
    fileprivate init(arc value: [UInt8]) throws(Defect) {
        try self.init(value)
        guard algorithm != .rsaSHA1 else { throw Defect("rsa-sha1 must not be used (RFC 8301)") }
    }
}
