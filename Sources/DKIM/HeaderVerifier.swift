internal import Mail
internal import MailSignature

/// What verifies a signature over a header. This is decided here and nowhere else.
package enum HeaderVerifier: Hashable, Sendable {
    /// libopendkim, whose outcome counts if it hashed the same octets as this program: nearly every signature.
    case library
    /// The code that verifies ARC's message signature: the same hash of the header, and swift-crypto.
    case own(Cause)

    /// Why libopendkim (2.11, as in Debian 12) is not asked, or is ignored, for a signature that RFC 6376 allows.
    package enum Cause: String, Hashable, Sendable, CaseIterable {
        /// An octet above 127 in the tag list (RFC 8616). The library refuses the field, and cannot be given another
        /// spelling of it, since its octets are signed.
        case internationalized
        /// `i=` is longer than the library's buffer of 256 octets, which it then reads past.
        case longIdentity
        /// An `@` in the local-part of `i=`: the library takes the first one for that before the domain.
        case atSignInLocalPart
        /// A lower-case letter in an encoded octet of `i=`, as in `=3d`: the library knows only upper-case letters,
        /// RFC 5234 (B.1, HEXDIG) both.
        case lowercaseHexadecimal
        /// The library copies `h=` to a buffer of 4,096 octets and leaves the rest out of the hash. This also avoids
        /// lists so long that selecting the names, one by one and each from the whole header, would take it too long.
        case longListOfNames
        /// The library gives up on all signatures of a message if one has 64 KiB.
        case longField
        /// White space before the `=` of `b=`: the library does not find the value that is to be left out of the hash.
        case spaceBeforeEquals
        /// A tag whose name ends in `b`, whose value the library also leaves out of the hash, or `bH`, which it takes
        /// for `bh`.
        case misreadTagName
        /// `h=` names DKIM-Signature more often than there are others. The library then takes the signature itself,
        /// which RFC 6376 section 3.5 excludes.
        case itself
        /// A signature is covered that the library would also parse and that is not valid by RFC 6376, or is on this
        /// list, or there are too many of them for the library.
        case coveredSignature
        /// NUL in a signed field: the library hashes only what is before it.
        case nul
        /// CR, VT or FF in a signed field: white space to the library when it relaxes a header, but not by RFC 6376
        /// section 2.8 (erratum 7862, which wanted that, was rejected).
        case foreignWhiteSpace
        /// A tab before the colon of a signed field, in simple canonicalisation: the library refuses the field, and
        /// here the tab cannot be left out.
        case tabBeforeColon
        /// The key does not fit the library's 1,024 octets of key record.
        case largeKey
        /// None of the above: the library refused the signature, or hashed other octets than this program.
        case readOtherwise
    }
}

extension HeaderVerifier.Cause {
    /// RSA keys that fit 1,024 octets of record, in bits; RFC 8301 asks for 4,096.
    private static let keyBitsLimit = 5600
    /// Other signatures that one may cover: the library canonicalises the header for each of them too.
    private static let coveredSignaturesLimit = 5
    /// The maximum length of a field, of `i=` and of `h=` in octets. The library's buffers are half as large again,
    /// as a fold is: two octets here (LF, WSP) and three on the wire.
    private static let fieldLimit = 40_000
    private static let identityLimit = 170
    private static let listLimit = 2700
    private static let namesLimit = 400

    /// Nil if the library is to be asked.
    /// - Parameter places: those of the fields that the signature selects, in any order.
    init?(for candidate: DKIMCheck.Candidate, selecting places: [Int], in header: [HeaderField], under key: KeyRecord) {
        if case .rsa(let rsa) = key.key, rsa.bits > Self.keyBitsLimit {
            self = .largeKey
        } else if let cause = Self(for: candidate, header[candidate.index]) {
            self = cause
        } else if let cause = Self(for: places, in: header, candidate.signature) {
            self = cause
        } else {
            return nil
        }
    }

    /// Causes in the signature's own field. Because the library needs it to be well-formed, these also count for
    /// signatures that another covers.
    private init?(for candidate: DKIMCheck.Candidate, _ field: HeaderField) {
        let signature = candidate.signature
        let tags = signature.field.tags
        let identity = tags["i"] ?? []
        if !tags.isASCII {
            self = .internationalized
        } else if field.value.count > Self.fieldLimit {
            self = .longField
        } else if identity.count > Self.identityLimit {
            self = .longIdentity
        } else if candidate.identity.localPart.contains(UInt8(ascii: "@")) {
            self = .atSignInLocalPart
        } else if Self.hasLowercaseHexadecimal(identity) {
            self = .lowercaseHexadecimal
        } else if signature.signedNames.count > Self.namesLimit || (tags["h"] ?? []).count > Self.listLimit {
            self = .longListOfNames
        } else if let b = tags.tag("b"), field.value[..<b.range.lowerBound].dropLast().last != UInt8(ascii: "b") {
            self = .spaceBeforeEquals
        } else if tags.tags.contains(where: { Self.isMisread($0.name) }) {
            self = .misreadTagName
        } else {
            return nil
        }
    }

    /// Causes in the fields that a signature covers.
    private init?(for places: [Int], in header: [HeaderField], _ signature: MessageSignature) {
        let isRelaxed = signature.headerCanonicalization == .relaxed
        for place in places {
            for octet in header[place].value where octet <= 0x0D {
                switch octet {
                case 0:
                    self = .nul
                    return
                case 0x0B...0x0D where isRelaxed:
                    self = .foreignWhiteSpace
                    return
                default: break
                }
            }
            if !isRelaxed, header[place].name.contains(UInt8(ascii: "\t")) {
                self = .tabBeforeColon
                return
            }
        }
        let named = signature.count(of: "DKIM-Signature")
        guard named > 0 else { return nil }
        let covered = places.lazy.map { header[$0] }.filter { $0.isNamed("DKIM-Signature") }
        if named > covered.count {
            self = .itself
        } else if covered.count > Self.coveredSignaturesLimit || !covered.allSatisfy(Self.isWellFormed) {
            self = .coveredSignature
        } else {
            return nil
        }
    }

    /// True for a signature that can be given to the library as part of a header.
    private static func isWellFormed(_ field: HeaderField) -> Bool {
        guard let candidate = try? DKIMCheck.Candidate(field, at: 0) else { return false }
        return Self(for: candidate, field) == nil
    }

    private static func isMisread(_ name: String) -> Bool {
        (name.utf8.count > 1 && name.utf8.last.map { $0 | 0x20 } == UInt8(ascii: "b"))
            || (name.utf8.count == 2 && name != "bh" && name.lowercased() == "bh")
    }

    /// In dkim-quoted-printable text, each `=` is followed by two digits.
    private static func hasLowercaseHexadecimal(_ text: [UInt8]) -> Bool {
        text.indices.contains { index in
            text[index] == UInt8(ascii: "=")
                && text[index...].dropFirst().prefix(2).contains { $0 >= UInt8(ascii: "a") }
        }
    }
}
