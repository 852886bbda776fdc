public import AggregateReports
public import DNS

/// What became of a report at one address.
public enum DeliveryState: String, Sendable, CaseIterable {
    /// To be sent.
    case due
    /// Handed to the MTA, and the run ended before it said whether it took the message. It is not sent again: a report
    /// too few is better than one twice.
    case sending
    case sent
    /// Not sent, and it will not be.
    case failed
    /// Not sent as nobody there wants it.
    case ignored
    /// Whether the address wants it could not be found out yet.
    case unresolved
}

/// How an MTA answers.
public enum SendOutcome: Hashable, Sendable {
    case accepted
    case temporary(String)
    /// The address takes no mail, and none is sent to it again.
    case refused(String)
    /// It cannot be sent, for a reason that is not the address's.
    case failed(String)
}

/// One run over the reports that were made.
public struct SendRun: Sendable {
    public struct Limits: Hashable, Sendable {
        /// Addresses that a report is sent to; the first in `rua=`.
        public var destinations = 5
        /// Octets of a message.
        public var messageOctets = 10 << 20
        /// Reports to one address in one run: a domain with any number of subdomains asks for as many.
        public var reportsForAddress = 100

        public init() {}
    }

    /// What was done with one report at one address.
    public struct Delivery: Sendable {
        public let report: AggregateReport
        public let address: String
        public let state: DeliveryState
        public let detail: String?
    }

    private let database: ReportDatabase
    private let resolver: any Resolver
    private let from: String
    private let limits: Limits
    private let send: @Sendable (_ message: ReportMessage, _ address: String) async -> SendOutcome

    /// Seconds after which what could not be sent or found out is given up.
    private static let patience: Int64 = 3 * 86_400
    /// Reports whose addresses are looked up together: name servers that are silent must not hold up the rest.
    private static let resolvedAtOnce = 32
    /// Seconds until the second attempt; each later one waits twice as long.
    private static let pause: Int64 = 900

    /// - Parameters:
    ///   - from: the address in From.
    ///   - send: hands a message to the MTA.
    public init(
        _ database: ReportDatabase,
        _ resolver: any Resolver,
        from: String,
        limits: Limits = Limits(),
        send: @escaping @Sendable (_ message: ReportMessage, _ address: String) async -> SendOutcome
    ) {
        self.database = database
        self.resolver = resolver
        self.from = from
        self.limits = limits
        self.send = send
    }

    /// Sends what is due.
    public func run(at now: Int64) async throws -> [Delivery] {
        var deliveries: [Delivery] = []
        let unresolved = try database.unresolvedReports()
        for start in stride(from: 0, to: unresolved.count, by: Self.resolvedAtOnce) {
            let batch = unresolved[start..<min(start + Self.resolvedAtOnce, unresolved.count)]
            for (made, outcomes) in zip(batch, await outcomes(ofAll: Array(batch))) {
                deliveries += try note(outcomes, of: made, at: now)
            }
        }
        var sent: [String: Int] = [:]
        for (made, address) in try database.dueDeliveries(at: now) {
            guard sent[address, default: 0] < limits.reportsForAddress else { continue }
            sent[address, default: 0] += 1
            if let delivery = try await deliver(made, to: address, at: now) { deliveries.append(delivery) }
        }
        return deliveries
    }

    /// What would be sent where, without sending or keeping anything.
    public func preview(_ made: MadeReport) async throws -> (addresses: [ReportDestination], ignored: [Delivery]) {
        var addresses: [ReportDestination] = []
        var ignored: [Delivery] = []
        for (uri, outcome) in await outcomes(made) {
            switch outcome {
            case .send(let found):
                for destination in found where !addresses.contains(destination) {
                    if let reason = try database.refusal(of: destination) {
                        ignored.append(.init(made.report, destination.address, .ignored, reason))
                    } else {
                        addresses.append(destination)
                    }
                }
            case .ignore(let reason): ignored.append(.init(made.report, uri, .ignored, reason))
            case .later(let reason): ignored.append(.init(made.report, uri, .unresolved, reason))
            }
        }
        return (addresses, ignored)
    }

    private typealias Outcomes = [(uri: String, outcome: DestinationCheck.Outcome)]

    private func outcomes(ofAll reports: [MadeReport]) async -> [Outcomes] {
        await withTaskGroup(of: (Int, Outcomes).self) { group in
            for (index, made) in reports.enumerated() { group.addTask { (index, await outcomes(made)) } }
            return await group.reduce(into: Array(repeating: [], count: reports.count)) { $0[$1.0] = $1.1 }
        }
    }

    private func outcomes(_ made: MadeReport) async -> Outcomes {
        var outcomes: Outcomes = []
        guard let domain = Domain(made.report.policy.domain) else { return [] }
        for uri in made.destinations {
            guard outcomes.count < limits.destinations else {
                outcomes.append((uri, .ignore("more than \(limits.destinations) addresses")))
                continue
            }
            guard let destination = ReportDestination(uri) else {
                outcomes.append((uri, .ignore("not an address that can be used")))
                continue
            }
            outcomes.append((uri, await outcome(DestinationCheck(destination, for: domain))))
        }
        return outcomes
    }

    private func outcome(_ check: DestinationCheck) async -> DestinationCheck.Outcome {
        var answers = Answers()
        while true {
            if let outcome = check.evaluate(&answers) { return outcome }
            let questions = answers.takeNew()
            guard !questions.isEmpty else { return .later("internal failure: no answer to wait for") }
            let found = await withTaskGroup(of: (Question, Answer).self) { group in
                for question in questions { group.addTask { (question, await resolver.answer(to: question)) } }
                return await group.reduce(into: []) { $0.append($1) }
            }
            for (question, answer) in found { answers.learn(answer, to: question) }
        }
    }

    /// Notes what is to become of a report at each address.
    private func note(_ outcomes: Outcomes, of made: MadeReport, at now: Int64) throws -> [Delivery] {
        var deliveries: [Delivery] = []
        var isResolved = true
        for (uri, outcome) in outcomes {
            switch outcome {
            case .send(let destinations):
                for destination in destinations {
                    let refusal = try database.refusal(of: destination)
                    try database.plan(made, destination.address, refusal == nil ? .due : .ignored, refusal)
                    if let refusal {
                        deliveries.append(.init(made.report, destination.address, .ignored, refusal))
                    }
                }
                try database.forgetUnresolved(made, uri)
            case .ignore(let reason):
                try database.plan(made, uri, .ignored, reason)
                deliveries.append(.init(made.report, uri, .ignored, reason))
            case .later(let reason):
                let isOver = now - made.made > Self.patience
                isResolved = isResolved && isOver
                try database.plan(made, uri, isOver ? .failed : .unresolved, reason)
                deliveries.append(.init(made.report, uri, isOver ? .failed : .unresolved, reason))
            }
        }
        if isResolved { try database.markResolved(made) }
        return deliveries
    }

    private func deliver(_ made: MadeReport, to address: String, at now: Int64) async throws -> Delivery? {
        func end(_ state: DeliveryState, _ detail: String?, due: Int64 = 0) throws -> Delivery {
            try database.settle(made, address, state, detail, due: due)
            return Delivery(made.report, address, state, detail)
        }
        guard let destination = ReportDestination(address: address) else {
            return try end(.failed, "not an address that can be used")
        }
        if let refusal = try database.refusal(of: destination) { return try end(.ignored, refusal) }
        guard let message = ReportMessage(made.report, from: from, to: destination, at: made.made) else {
            return try end(.failed, "the report could not be compressed")
        }
        guard message.octets.count <= limits.messageOctets else {
            return try end(.failed, "the message has \(message.octets.count) octets")
        }
        // Another run may have taken it meanwhile.
        guard let attempts = try database.claim(made, address) else { return nil }
        switch await send(message, address) {
        case .accepted: return try end(.sent, nil)
        case .failed(let reason): return try end(.failed, reason)
        case .refused(let reason):
            try database.refuse(address, reason: reason, at: now)
            return try end(.failed, reason)
        case .temporary(let reason):
            guard now - made.made <= Self.patience else { return try end(.failed, reason) }
            return try end(.due, reason, due: now + Self.pause << Int64(min(attempts, 8)))
        }
    }
}

extension SendRun.Delivery {
    init(_ report: AggregateReport, _ address: String, _ state: DeliveryState, _ detail: String?) {
        self.init(report: report, address: address, state: state, detail: detail)
    }
}
