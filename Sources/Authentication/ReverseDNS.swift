package import DNS

/// The `iprev` method (RFC 8601, 3): does the name that the client's address claims point back to the address?
struct ReverseDNS: Sendable {
    /// Names of a PTR answer that are followed. RFC 8601 section 3 asks for a bound and names SPF's ten (RFC 7208,
    /// 4.6.4).
    static let nameLimit = 10

    let client: IPAddress
    private let pointer: Question

    init(client: IPAddress) {
        self.client = client.unmapped
        pointer = Question(self.client.reverseName, .ptr)
    }

    /// The verdict, or nil as long as answers are missing. The addresses of all names are asked for at once.
    func evaluate(_ answers: inout Answers) -> ReverseDNSVerdict? {
        guard let pointed = answers.request(pointer) else { return nil }
        let names: [Domain]
        switch pointed.outcome {
        case .records(let records):
            names = records.prefix(Self.nameLimit).compactMap { record in
                guard case .ptr(let name) = record else { return nil }
                return name
            }
        case .noData, .nameError:
            return ReverseDNSVerdict(result: .permerror, reason: "no PTR record")
        case .failure(let failure):
            return ReverseDNSVerdict(result: .temperror, reason: "PTR: \(failure.rawValue)")
        }

        let type: RecordType =
            switch client {
            case .v4: .a
            case .v6: .aaaa
            }
        /// Every name is asked about before any answer is read, so that the questions run concurrently.
        let forward = names.map { answers.request(Question($0, type)) }
        for (name, answer) in zip(names, forward) where answer?.addresses.contains(client) == true {
            return ReverseDNSVerdict(result: .pass, name: name)
        }
        var failure: Answer.Failure?
        for answer in forward {
            guard let answer else { return nil }
            if case .failure(let reason) = answer.outcome { failure = failure ?? reason }
        }
        if let failure { return ReverseDNSVerdict(result: .temperror, reason: "address: \(failure.rawValue)") }
        return ReverseDNSVerdict(result: .fail, reason: "no name of the address points back to it")
    }
}

/// The verdict of reverse DNS on the client.
package struct ReverseDNSVerdict: Hashable, Sendable {
    /// The results registered for `iprev`; there is no `none`.
    package enum Result: String, Hashable, Sendable {
        case pass, fail, temperror, permerror
    }

    package let result: Result
    /// The name that points back to the address, if one does.
    package let name: Domain?
    package let reason: String?

    init(result: Result, name: Domain? = nil, reason: String? = nil) {
        self.result = result
        self.name = name
        self.reason = reason
    }
}
