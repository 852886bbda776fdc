/// The data of one record of the type asked for. Records of a CNAME chain are not kept: the answer is the data at its
/// end.
package enum RecordData: Hashable, Sendable {
    case a(IPv4Address)
    case aaaa(IPv6Address)
    /// Nil for a name that is not a ``Domain``: the root, as in a null MX (RFC 7505), or one with escaped octets.
    case mx(preference: UInt16, exchange: Domain?)
    case ptr(Domain?)
    /// The character-strings of one TXT record, octet for octet, including NUL.
    case txt([[UInt8]])

    package var type: RecordType {
        switch self {
        case .a: .a
        case .aaaa: .aaaa
        case .mx: .mx
        case .ptr: .ptr
        case .txt: .txt
        }
    }
}

/// The DNS's answer to a ``Question``.
package struct Answer: Hashable, Sendable {
    package enum Outcome: Hashable, Sendable {
        /// At least one record, all of the type asked for, in the order in which they came.
        case records([RecordData])
        /// The name exists and has no record of this type (RFC 2308, NODATA).
        case noData
        /// The name does not exist (RFC 2308, NXDOMAIN).
        case nameError
        /// There is no answer; only a temporary error may be concluded from that.
        case failure(Failure)
    }

    /// Why there is no answer. The raw value is the wording shown to people.
    package enum Failure: String, Hashable, Sendable {
        case serverFailure = "server failure"
        case refused = "refused"
        case timeout = "time-out"
        /// A packet that does not parse, or records that break their own format.
        case malformed = "malformed answer"
        case aliasLoop = "CNAME loop"
        /// The message's own deadline passed before the answer came.
        case deadline = "deadline passed"
        /// The message leads to more questions than allowed.
        case questionLimit = "too many questions"
        /// The resolver could not ask: no server, no socket, shutting down.
        case unavailable = "resolver unavailable"
    }

    package let outcome: Outcome
    /// Seconds for which the answer may be kept: the lowest of a CNAME chain; for ``Outcome/noData`` and
    /// ``Outcome/nameError`` the negative TTL of the SOA record (RFC 2308), 0 if unknown.
    package let ttl: UInt32
    /// The AD bit (RFC 4035, 3.2.3): the resolver vouches that the answer is signed.
    package let isAuthenticated: Bool
    /// Nil where there is nothing to read.
    let readings: AnswerReadings?

    package init(_ outcome: Outcome, ttl: UInt32 = 0, isAuthenticated: Bool = false) {
        self.outcome = outcome
        readings = if case .records = outcome { AnswerReadings() } else { nil }
        self.ttl = ttl
        self.isAuthenticated = isAuthenticated
    }

    package static func failure(_ failure: Failure) -> Answer {
        Answer(.failure(failure))
    }

    /// The records, or none.
    package var records: [RecordData] {
        guard case .records(let records) = outcome else { return [] }
        return records
    }

    /// The TXT records, the character-strings of each joined without a separator (RFC 7208 3.3, RFC 6376 3.6.2.2,
    /// RFC 9989 4.5).
    package var texts: [[UInt8]] {
        records.compactMap { record in
            guard case .txt(let strings) = record else { return nil }
            return strings.count == 1 ? strings[0] : Array(strings.joined())
        }
    }

    /// The addresses of the A or AAAA records.
    package var addresses: [IPAddress] {
        records.compactMap { record in
            switch record {
            case .a(let address): .v4(address)
            case .aaaa(let address): .v6(address)
            case .mx, .ptr, .txt: nil
            }
        }
    }
}
