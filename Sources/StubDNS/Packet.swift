internal import DNS

/// The parts of a DNS packet that count for the answer.
struct Packet {
    enum Data: Hashable {
        case alias(PacketName)
        case record(RecordData)
    }

    struct Record {
        let owner: PacketName
        let ttl: UInt32
        let data: Data
    }

    let isResponse: Bool
    let isAuthoritative: Bool
    let isTruncated: Bool
    let isRecursionAvailable: Bool
    let isAuthenticated: Bool
    /// Including the upper bits from EDNS.
    var responseCode: UInt16
    var answers: [Record] = []
    /// That of the SOA record among the authorities (RFC 2308, 5).
    var negativeTTL: UInt32?
    /// NS records among the authorities.
    var hasDelegation = false
}

/// The reply of one server.
enum Reply: Hashable {
    case answer(Answer)
    /// The name is an alias, and the server does not give what follows it.
    case alias(Domain, ttl: UInt32, isAuthenticated: Bool)
    /// It did not fit into UDP (RFC 1035, 4.2.1).
    case truncated
    /// Another server may know.
    case failure(Answer.Failure)
    /// The server does not understand EDNS (RFC 6891, 7).
    case extensionRefused
}

extension Packet {
    /// Longer chains count as a loop, as in resolvers.
    static let aliasLimit = 16

    func reply(to name: Domain, _ type: RecordType) -> Reply {
        guard isResponse else { return .failure(.malformed) }
        if isTruncated { return .truncated }
        switch responseCode {
        case 0, 3: return chain(from: PacketName(name), type)
        /// FORMERR, NOTIMP, BADVERS
        case 1, 4, 16: return .extensionRefused
        case 5: return .failure(.refused)
        default: return .failure(.serverFailure)
        }
    }

    /// Follows the aliases; only records of the name at the end count.
    private func chain(from start: PacketName, _ type: RecordType) -> Reply {
        var name = start
        var ttl = UInt32.max
        var seen: Set<PacketName> = [start]
        while true {
            let records = answers.filter { $0.owner == name }
            var found = RecordSet()
            for record in records {
                guard case .record(let data) = record.data, data.type == type else { continue }
                found.insert(data, ttl: min(ttl, record.ttl))
            }
            if !found.records.isEmpty {
                return .answer(Answer(.records(found.records), ttl: found.ttl, isAuthenticated: isAuthenticated))
            }
            guard let (target, aliasTTL) = records.lazy.compactMap(alias).first else { break }
            ttl = min(ttl, aliasTTL)
            name = target
            guard seen.insert(name).inserted, seen.count <= Self.aliasLimit + 1 else {
                return .answer(.failure(.aliasLoop))
            }
        }
        return end(of: name, isAlias: name != start, ttl: ttl)
    }

    private func alias(_ record: Record) -> (PacketName, UInt32)? {
        guard case .alias(let target) = record.data else { return nil }
        return (target, record.ttl)
    }

    /// There are no records: the name does not exist, has no data (RFC 2308, 2), or the server cannot know.
    private func end(of name: PacketName, isAlias: Bool, ttl: UInt32) -> Reply {
        if responseCode == 3 {
            return .answer(Answer(.nameError, ttl: min(ttl, negativeTTL ?? 0), isAuthenticated: isAuthenticated))
        }
        if let negativeTTL {
            return .answer(Answer(.noData, ttl: min(ttl, negativeTTL), isAuthenticated: isAuthenticated))
        }
        if isAlias {
            guard let domain = name.domain else { return .answer(.failure(.malformed)) }
            return .alias(domain, ttl: ttl, isAuthenticated: isAuthenticated)
        }
        /// A referral, or an empty answer of a server that is not responsible for this name and does not resolve:
        /// lame.
        if hasDelegation && !isAuthoritative || !isAuthoritative && !isRecursionAvailable {
            return .failure(.serverFailure)
        }
        return .answer(Answer(.noData, isAuthenticated: isAuthenticated))
    }
}
