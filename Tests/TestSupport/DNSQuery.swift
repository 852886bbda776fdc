package import DNS

/// A query as a name server sees it, and the packets that may answer it, right and wrong ones.
package struct DNSQuery: Sendable {
    package let question: Question
    package let isTCP: Bool
    /// The AD bit.
    package let asksForAuthentication: Bool
    /// Octets that the asker takes over UDP; nil without EDNS.
    package let packetSize: Int?
    /// The identifier, and the question section as it came.
    package let identifier: [UInt8]
    package let questionSection: [UInt8]

    /// Nil if the octets are no query of a type that we know.
    package init?(_ octets: [UInt8], isTCP: Bool) {
        guard octets.count > 16, octets[2] & 0x80 == 0 else { return nil }
        var name: [UInt8] = []
        var index = 12
        while index < octets.count, octets[index] > 0 {
            let end = index + 1 + Int(octets[index])
            guard end < octets.count else { return nil }
            name += octets[(index + 1)..<end] + [UInt8(ascii: ".")]
            index = end
        }
        let end = index + 5
        guard octets.count >= end, let domain = Domain(allowingSpaces: name),
            let type = RecordType(rawValue: UInt16(octets[index + 1]) << 8 | UInt16(octets[index + 2]))
        else { return nil }
        question = Question(domain, type)
        self.isTCP = isTCP
        asksForAuthentication = octets[3] & 0x20 != 0
        identifier = Array(octets[..<2])
        questionSection = Array(octets[12..<end])
        /// OPT (RFC 6891): the root as owner, type 41, the size in place of the class.
        let hasOPT = octets.count >= end + 11 && octets[11] == 1 && Array(octets[end..<(end + 3)]) == [0, 0, 41]
        packetSize = hasOPT ? Int(octets[end + 3]) << 8 | Int(octets[end + 4]) : nil
    }

    /// A packet with these sections, each record as octets. Bits: AA 0x0400, TC 0x0200, RA 0x0080, AD 0x0020.
    package func response(
        code: UInt8 = 0,
        isTruncated: Bool = false,
        isAuthenticated: Bool = false,
        isRecursive: Bool = true,
        answers: [[UInt8]] = [],
        authorities: [[UInt8]] = []
    ) -> [UInt8] {
        let third: UInt8 = 0x81 | (isTruncated ? 0x02 : 0)
        let fourth: UInt8 = (isRecursive ? 0x80 : 0) | (isAuthenticated ? 0x20 : 0) | code
        return identifier + [third, fourth, 0, 1] + Self.number(answers.count) + Self.number(authorities.count) + [
            0, 0,
        ]
            + questionSection + answers.joined() + authorities.joined()
    }

    /// The packet of a recursive server; nil for an answer that is none.
    package func response(with answer: Answer) -> [UInt8]? {
        let negative = [Self.soa(ttl: answer.ttl)]
        switch answer.outcome {
        case .records(let records):
            let packet = response(
                isAuthenticated: answer.isAuthenticated && asksForAuthentication,
                answers: records.map { Self.record(ttl: answer.ttl, $0) }
            )
            return isTCP || packet.count <= packetSize ?? 512 ? packet : response(isTruncated: true)
        case .noData: return response(isAuthenticated: answer.isAuthenticated, authorities: negative)
        case .nameError: return response(code: 3, isAuthenticated: answer.isAuthenticated, authorities: negative)
        case .failure(.serverFailure): return response(code: 2)
        case .failure(.refused): return response(code: 5)
        case .failure(.malformed):
            return response(answers: [Self.record(type: 1, ttl: 60, [1, 2, 3])])
        case .failure(.aliasLoop):
            return response(answers: [Self.record(type: 5, ttl: 60, [0xC0, 0x0C])])
        case .failure(.timeout), .failure(.deadline), .failure(.unavailable), .failure(.questionLimit): return nil
        }
    }

    // MARK: Records

    /// The name of the question, where it stands in every packet.
    package static let questionName: [UInt8] = [0xC0, 0x0C]

    package static func name(_ text: String) -> [UInt8] {
        text.split(separator: ".").flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) } + [0]
    }

    package static func record(owner: [UInt8] = questionName, type: UInt16, ttl: UInt32, _ data: [UInt8]) -> [UInt8] {
        owner + number(Int(type)) + [0, 1] + number(Int(ttl >> 16)) + number(Int(ttl & 0xFFFF)) + number(data.count)
            + data
    }

    package static func record(owner: [UInt8] = questionName, ttl: UInt32, _ data: RecordData) -> [UInt8] {
        switch data {
        case .a(let address): record(owner: owner, type: 1, ttl: ttl, address.octets)
        case .aaaa(let address): record(owner: owner, type: 28, ttl: ttl, address.octets)
        case .mx(let preference, let exchange):
            record(owner: owner, type: 15, ttl: ttl, number(Int(preference)) + name(exchange?.text ?? ""))
        case .ptr(let target): record(owner: owner, type: 12, ttl: ttl, name(target?.text ?? ""))
        case .txt(let strings):
            record(owner: owner, type: 16, ttl: ttl, strings.flatMap { [UInt8($0.count)] + $0 })
        }
    }

    package static func alias(owner: [UInt8] = questionName, ttl: UInt32, to target: String) -> [UInt8] {
        record(owner: owner, type: 5, ttl: ttl, name(target))
    }

    /// Both the TTL and MINIMUM are `ttl`.
    package static func soa(ttl: UInt32) -> [UInt8] {
        record(
            owner: [0],
            type: 6,
            ttl: ttl,
            [0, 0] + [UInt8](repeating: 0, count: 16) + number(Int(ttl >> 16)) + number(Int(ttl & 0xFFFF))
        )
    }

    private static func number(_ value: Int) -> [UInt8] {
        [UInt8(truncatingIfNeeded: value >> 8), UInt8(truncatingIfNeeded: value)]
    }
}
