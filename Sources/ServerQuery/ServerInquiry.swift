package import AuthServ
package import DNS
internal import Foundation

/// Asks servers which authserv-ids they announce.
package struct ServerInquiry: Sendable {
    package var resolver: any Resolver
    /// Names that are known without the resolver.
    package var hosts: HostsFile
    package var rules = AddressRules(networks: nil)
    package var credentials = Credentials.none
    /// A file of trusted certificates, in place of the system's.
    package var authorities: String?
    /// The argument of EHLO: a host name.
    package var ehloName = "localhost"
    /// For everything: lookup, connection, TLS, login, answer.
    package var timeout = Duration.seconds(10)
    /// A password may be sent without TLS to a server on this host.
    package var allowsClearLogin = false
    /// A server on this host is asked without TLS, whatever it offers: its certificate is for other clients.
    package var trustsLoopback: Bool

    /// Servers that are asked at the same time.
    static let concurrency = 8

    package init(resolver: any Resolver, hosts: HostsFile, trustsLoopback: Bool = false) {
        self.resolver = resolver
        self.hosts = hosts
        self.trustsLoopback = trustsLoopback
    }

    /// Why no server can be asked; nil if libcurl is available.
    package static var problem: String? {
        LibCurl.problem().map { "\($0): install the package libcurl4" }
    }

    /// Asks all of them, several concurrently; the reports are in the order of the URLs.
    package func ask(_ urls: [ServerURL]) async -> [ServerReport] {
        await withTaskGroup(of: (Int, ServerReport).self) { group in
            var reports = [ServerReport?](repeating: nil, count: urls.count)
            var next = 0
            func add() {
                guard next < urls.count else { return }
                let (index, url) = (next, urls[next])
                next += 1
                group.addTask { (index, await ask(url)) }
            }
            for _ in 0..<Self.concurrency { add() }
            while let (index, report) = await group.next() {
                reports[index] = report
                add()
            }
            return reports.compactMap(\.self)
        }
    }

    package func ask(_ url: ServerURL) async -> ServerReport {
        let start = ContinuousClock.now
        let askedAt = Int64(Date().timeIntervalSince1970)
        func failed(_ failure: QueryFailure) -> ServerReport {
            ServerReport(url: url, askedAt: askedAt, tlsVersion: nil, answer: .failure(failure), transcript: [])
        }
        if let problem = Self.problem { return failed(QueryFailure(.unavailable, problem)) }
        let addresses: [IPAddress]
        do {
            addresses = try await allowedAddresses(of: url.host)
        } catch {
            return failed(error)
        }
        let left = timeout - start.duration(to: .now)
        guard left > .milliseconds(1) else { return failed(QueryFailure(.timeout, "no address within the time")) }
        let isLocal = addresses.allSatisfy(AddressRules.isLoopback)
        let order = order(url, addresses, isLocal: isLocal, within: left)
        let outcome = await Self.onThread { LibCurl.ask(order) }
        return report(outcome, order, addresses, isLocal: isLocal, askedAt: askedAt)
    }

    private func order(_ url: ServerURL, _ addresses: [IPAddress], isLocal: Bool, within time: Duration)
        -> LibCurl.Order
    {
        let login: LibCurl.Login =
            switch (credentials, url.user) {
            case (.none, _), (.password, nil), (.bearer, nil): .none
            case (.password(let password), let user?): .password(user: user, password)
            case (.bearer(let token), let user?): .bearer(user: user, token)
            case (.netrc(let path), _): .netrc(path)
            }
        let hasSecrets = if case .none = login { false } else { true }
        let startTLS: LibCurl.Order.StartTLS =
            if isLocal && (!hasSecrets || allowsClearLogin) {
                trustsLoopback && !hasSecrets ? .never : .ifOffered
            } else {
                .required
            }
        let milliseconds =
            time.components.seconds * 1000 + time.components.attoseconds / 1_000_000_000_000_000
        return LibCurl.Order(
            url: url,
            addresses: addresses.map(\.description),
            startTLS: startTLS,
            login: login,
            ehloName: ehloName,
            authorities: authorities,
            milliseconds: Int(milliseconds)
        )
    }

    private func report(
        _ outcome: LibCurl.Outcome,
        _ order: LibCurl.Order,
        _ addresses: [IPAddress],
        isLocal: Bool,
        askedAt: Int64
    ) -> ServerReport {
        let hasTLS = outcome.tlsVersion != nil
        let connected = outcome.address.flatMap { IPAddress($0) }
        let answer: Result<Announcement, QueryFailure> =
            if let failure = QueryFailure(outcome) {
                .failure(failure)
            } else if let connected, !addresses.contains(where: { $0.unmapped == connected.unmapped }) {
                .failure(QueryFailure(.unavailable, "connected to \(connected), which is not an address of the host"))
            } else {
                .success(Announcement(outcome.conversation, isProtected: isLocal || hasTLS))
            }
        return ServerReport(
            url: order.url,
            askedAt: askedAt,
            tlsVersion: outcome.tlsVersion,
            answer: answer,
            transcript: outcome.conversation.transcript
        )
    }

    // MARK: Addresses

    /// The addresses of a host, all of which must be allowed: one that is not shows that the name is not to be
    /// trusted.
    private func allowedAddresses(of host: ServerURL.Host) async throws(QueryFailure) -> [IPAddress] {
        let addresses: [IPAddress]
        switch host {
        case .address(let address): addresses = [address.unmapped]
        case .name(let name): addresses = try await self.addresses(of: name)
        }
        if let wrong = addresses.first(where: { !rules.allows($0) }) {
            throw QueryFailure(.unavailable, "the address \(wrong) is not in a network that may be asked")
        }
        return addresses
    }

    private func addresses(of name: Domain) async throws(QueryFailure) -> [IPAddress] {
        let known = hosts.addresses(of: name)
        if !known.isEmpty { return known }
        let answers = await answersInTime(to: [Question(name, .a), Question(name, .aaaa)])
        let addresses = answers.flatMap(\.addresses).map(\.unmapped)
        if !addresses.isEmpty { return addresses }
        for answer in answers {
            if case .failure(let failure) = answer.outcome {
                throw QueryFailure(.unavailable, "no address of \(name): \(failure.rawValue)")
            }
        }
        guard answers.count == 2 else { throw QueryFailure(.timeout, "no address of \(name) within the time") }
        throw QueryFailure(.unavailable, "\(name) has no address")
    }

    /// The answers that arrived in time.
    private func answersInTime(to questions: [Question]) async -> [Answer] {
        await withTaskGroup(of: Answer?.self) { group in
            for question in questions { group.addTask { await resolver.answer(to: question) } }
            group.addTask {
                try? await Task.sleep(for: timeout)
                return nil
            }
            var answers: [Answer] = []
            while answers.count < questions.count, case let answer?? = await group.next() { answers.append(answer) }
            group.cancelAll()
            return answers
        }
    }

    /// A conversation blocks, so it has a separate thread: the pool is only for code that does not block.
    private static func onThread<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: work()) }
        }
    }
}
