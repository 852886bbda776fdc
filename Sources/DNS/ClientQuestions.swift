internal import Synchronization

/// Counts the questions that the mail of each client causes, by the minute. What the cache answers is not counted.
package final class ClientQuestions: Sendable {
    /// Clients that are counted in a minute. More of them have what ``Policy/Limits/questions`` lets a message ask.
    private static let clientLimit = 100_000

    /// An IPv4 address, or the network of 64 bits that an IPv6 host has for itself.
    private struct Source: Hashable {
        let family: Int
        let bits: UInt64

        init(_ address: IPAddress) {
            switch address.unmapped {
            case .v4(let address): (family, bits) = (4, UInt64(address.value))
            case .v6(let address): (family, bits) = (6, address.high)
            }
        }
    }

    private struct Minute {
        var number: Int64 = 0
        var counts: [Source: Int] = [:]
    }

    private let minute = Mutex(Minute())
    /// The highest count of the minute: as long as it is low, the lock is not needed.
    private let highest = Atomic<Int>(0)

    package init() {}

    /// - Parameter time: seconds since 1970.
    package func add(_ count: Int, from client: IPAddress, at time: Int64) {
        guard count > 0 else { return }
        minute.withLock { minute in
            if minute.number != time / 60 {
                minute = Minute(number: time / 60)
                highest.store(0, ordering: .relaxed)
            }
            let source = Source(client)
            guard minute.counts[source] != nil || minute.counts.count < Self.clientLimit else { return }
            minute.counts[source, default: 0] += count
            let sum = minute.counts[source] ?? 0
            if sum > highest.load(ordering: .relaxed) { highest.store(sum, ordering: .relaxed) }
        }
    }

    /// True if the client has caused more questions in this minute than `limit`.
    package func areOver(_ limit: Int, from client: IPAddress, at time: Int64) -> Bool {
        guard highest.load(ordering: .relaxed) > limit else { return false }
        return minute.withLock { $0.number == time / 60 && $0.counts[Source(client), default: 0] > limit }
    }
}
