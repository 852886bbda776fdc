package import AggregateReports
package import DNS

/// The state of a report at one address.
package enum DeliveryState: String, Sendable, CaseIterable {
    /// To be sent.
    case due
    /// Handed to the MTA, but the run ended before the MTA said whether it accepted the message. It is not sent
    /// again: one report missing is better than one sent twice.
    case sending
    case sent
    /// Not sent, and never will be.
    case failed
    /// Not sent, because the address does not want it.
    case ignored
    /// It could not be determined yet whether the address wants it.
    case unresolved
}

/// The reply of an MTA.
package enum SendOutcome: Hashable, Sendable {
    case accepted
    case temporary(String)
    /// The address accepts no mail, and none is sent to it again.
    case refused(String)
    /// It cannot be sent, for a reason that does not lie with the address.
    case failed(String)
}

/// One run over the reports that were made.
package struct SendRun: Sendable {
    package struct Limits: Hashable, Sendable {
        /// The maximum number of addresses that a report is sent to; the first in `rua=`.
        package var destinations = 5
        /// The maximum size of a message in octets.
        package var messageOctets = 10 << 20
        /// Reports to one address in one run: a domain with any number of subdomains could ask for as many.
        package var reportsForAddress = 100

        package init() {}
    }

    /// The outcome for one report at one address.
    package struct Delivery: Sendable {
        package let report: AggregateReport
        package let address: String
        package let state: DeliveryState
        package let detail: String?
    }

    private let database: ReportDatabase
    private let resolver: any Resolver
    private let from: String
    private let limits: Limits
    private let send: @Sendable (_ message: ReportMessage, _ address: String) async -> SendOutcome

    /// Seconds after which a report that could not be sent or resolved is given up.
    private static let patience: Int64 = 3 * 86_400
    /// Reports whose addresses are looked up together: silent name servers must not hold up the others.
    private static let resolvedAtOnce = 32
    /// Seconds until the second attempt; the pause doubles each time.
    private static let pause: Int64 = 1_800

    /// - Parameters:
    ///   - from: the address in From.
    ///   - send: hands a message to the MTA.
    package init(
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

    /// Sends the reports that are due.
    package func run(at now: Int64) async throws -> [Delivery] {
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

    /// Where the reports would be sent, without sending or recording anything.
    package func preview(_ made: MadeReport) async throws -> (addresses: [ReportDestination], ignored: [Delivery]) {
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

    /// Records the state of a report at each address.
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
        // Another run may have claimed it in the meantime.
        guard let attempts = try database.claim(made, address) else { return nil }
        switch await send(message, address) {
        case .accepted: return try end(.sent, nil)
        case .failed(let reason): return try end(.failed, reason)
        case .refused(let reason):
            try database.refuse(address, reason: reason, at: now)
            return try end(.failed, reason)
        case .temporary(let reason):
            guard now - made.made <= Self.patience else { return try end(.failed, reason) }
            return try end(.due, reason, due: now + Self.pause << Int64(min(attempts - 1, 7)))
        }
    }
}

extension SendRun.Delivery {
    init(_ report: AggregateReport, _ address: String, _ state: DeliveryState, _ detail: String?) {
        self.init(report: report, address: address, state: state, detail: detail)
    }
}
