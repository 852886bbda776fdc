package import DNS

/// Asks the name servers of the site, which are trusted to resolve and, as far as the AD bit is concerned, to validate.
///
/// One thread waits for all of them. A question costs a ticket and a place in c-ares, not a thread; a name that never
/// answers delays no other name, and does not count against the server.
package final class StubResolver: Resolver {
    package enum StartError: Error, Hashable, CustomStringConvertible {
        case invalidServer(String)
        case noServer
        /// The system refused a thread, a descriptor or memory.
        case outOfResources

        package var description: String {
            switch self {
            case .invalidServer(let text): "`\(text)` is not a name server: write ADDR, ADDR:PORT or [ADDR]:PORT"
            case .noServer: "no name server: set dns.servers, or add a nameserver line to /etc/resolv.conf"
            case .outOfResources: "the system refused a thread, a descriptor or memory for the resolver"
            }
        }
    }

    /// In the order in which they are asked.
    package let servers: [NameServer]
    private let exchange: QueryExchange
    private let board: HealthBoard

    /// - Parameters:
    ///   - servers: as ``NameServer/init(_:)`` reads them; if empty, those of /etc/resolv.conf, where link-local
    ///     addresses (`fe80::1%eth0`), which c-ares 1.18 cannot ask, are ignored.
    ///   - timeout: how long to wait for one server before the next is asked, all tries together.
    ///   - tries: how often one server is sent the same question within that time, at growing intervals.
    ///   - notify: called on the resolver's thread for what should be logged.
    package init(
        servers: [String] = [],
        timeout: Duration = .seconds(5),
        tries: Int = 2,
        notify: @escaping @Sendable (NameServerNotice) -> Void = { _ in }
    ) throws(StartError) {
        var list: [NameServer] = []
        for text in servers {
            guard let server = NameServer(text) else { throw .invalidServer(text) }
            list.append(server)
        }
        if list.isEmpty { list = AresChannel.systemServers() }
        guard !list.isEmpty else { throw .noServer }
        /// A silent server that is listed twice would be waited for twice.
        list = list.reduce(into: []) { servers, server in
            if !servers.contains(server) { servers.append(server) }
        }
        guard let exchange = QueryExchange() else { throw .outOfResources }
        self.servers = list
        self.exchange = exchange
        let board = HealthBoard(list)
        self.board = board
        let queryTimeout = QueryTimeout(timeout: timeout, tries: tries)
        let asked = list
        guard
            LibCThreads.startThread({
                let loop = QueryLoop(
                    exchange: exchange,
                    servers: asked,
                    queryTimeout: queryTimeout,
                    board: board,
                    notify: notify
                )
                loop.run()
            })
        else {
            throw .outOfResources
        }
    }

    deinit {
        exchange.close()
    }

    /// Nil: the cache knows earlier answers.
    package func knownAnswer(to question: Question) -> Answer? { nil }

    package func answer(to question: Question) async -> Answer {
        await exchange.answer(to: question)
    }

    package func ask(_ question: Question, then take: @escaping @Sendable (Answer) -> Void) {
        exchange.ask(question, then: take)
    }

    /// What is known of each server.
    package var health: [NameServerHealth] { board.current.servers }

    /// True from ``NameServerNotice/noneAnswers(_:)`` to ``NameServerNotice/answersAgain(_:after:)``.
    package var isOutage: Bool { board.current.isOutage }

    /// Asks, and says whether any server answers; what it answers is of no matter.
    package func answersAtAll() async -> Bool {
        guard let name = QueryLoop.probeName else { return false }
        switch await answer(to: Question(name, .a)).outcome {
        case .failure(.timeout), .failure(.unavailable): return false
        case .records, .noData, .nameError, .failure: return true
        }
    }

    /// That of c-ares.
    package static var libraryVersion: String { AresChannel.libraryVersion }

    /// Answers all open and all later questions with ``Answer/Failure/unavailable``; the thread and the sockets are
    /// released.
    package func shutdown() {
        exchange.close()
    }
}
