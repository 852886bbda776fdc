/// The answers that are kept, within a limit on memory. Its owner locks it, and gives it the time.
///
/// When room is needed, second chance decides what goes first: an answer that was used since the hand last passed it
/// stays for another round. So a flood of names that are asked for once does not displace those in use.
struct AnswerCache {
    private struct Slot {
        let question: Question
        let answer: Answer
        let expiry: ContinuousClock.Instant
        let cost: Int
        var wasUsed: Bool
    }

    private let limits: CachingResolver.Limits
    private var places: [Question: Int] = [:]
    private var slots: [Slot?] = []
    private var free: [Int] = []
    private var hand = 0
    /// Octets in use, approximately: never more than ``CachingResolver/Limits/memory``.
    private(set) var cost = 0

    var count: Int { places.count }

    init(limits: CachingResolver.Limits) {
        self.limits = limits
    }

    mutating func answer(to question: Question, at now: ContinuousClock.Instant) -> Answer? {
        guard let place = places[question], let slot = slots[place] else { return nil }
        guard now < slot.expiry else {
            remove(place)
            return nil
        }
        if !slot.wasUsed { slots[place]?.wasUsed = true }
        return slot.answer
    }

    mutating func keep(_ answer: Answer, to question: Question, at now: ContinuousClock.Instant) {
        guard let lifetime = lifetime(of: answer) else { return }
        let cost = Self.cost(of: answer, to: question)
        guard cost <= limits.memory else { return }
        if let place = places[question] { remove(place) }
        makeRoom(for: cost, at: now)
        let slot = Slot(question: question, answer: answer, expiry: now + lifetime, cost: cost, wasUsed: false)
        if let place = free.popLast() {
            slots[place] = slot
            places[question] = place
        } else {
            places[question] = slots.count
            slots.append(slot)
        }
        self.cost += cost
    }

    /// How long an answer is kept; nil if not at all.
    private func lifetime(of answer: Answer) -> Duration? {
        let ttl = Duration.seconds(answer.ttl)
        switch answer.outcome {
        case .records: return min(max(ttl, limits.leastTTL), limits.greatestTTL)
        case .noData, .nameError: return min(max(ttl, limits.leastTTL), limits.greatestNegativeTTL)
        case .failure(.deadline), .failure(.unavailable), .failure(.questionLimit): return nil
        /// RFC 2308, 7, and RFC 9520: a failure is kept, so that a broken zone is not asked again for every message.
        case .failure: return limits.failureTTL
        }
    }

    /// Removes what the hand passes, the expired and the unused, until there is room. Within two rounds every slot is
    /// unused, so this ends.
    private mutating func makeRoom(for cost: Int, at now: ContinuousClock.Instant) {
        while self.cost + cost > limits.memory, !slots.isEmpty {
            hand = (hand + 1) % slots.count
            guard let slot = slots[hand] else { continue }
            if slot.wasUsed && now < slot.expiry {
                slots[hand]?.wasUsed = false
            } else {
                remove(hand)
            }
        }
    }

    private mutating func remove(_ place: Int) {
        guard let slot = slots[place] else { return }
        places[slot.question] = nil
        slots[place] = nil
        free.append(place)
        cost -= slot.cost
    }

    /// Octets of memory, approximately: the data, the overhead of storing it (slot, table, headers of the arrays), and
    /// for a text what is read from it (``AnswerReading``).
    static func cost(of answer: Answer, to question: Question) -> Int {
        answer.records.reduce(256 + question.name.text.utf8.count) { sum, record in
            switch record {
            case .a, .aaaa: sum + 32
            case .mx(_, let name), .ptr(let name): sum + 64 + (name?.text.utf8.count ?? 0)
            case .txt(let strings): strings.reduce(sum + 512) { $0 + 48 + 4 * $1.count }
            }
        }
    }
}
