package import AuthServ
package import DNS
internal import Foundation

/// Asks the hosts that handled messages what they announce about their fields, each once in a run.
///
/// A message names the hosts, but only the rules say where they are asked. What a message says below the border is
/// not even read before this.
package actor HopInquiry {
    private let rules: [AskRule]
    private let inquiry: ServerInquiry
    /// Seconds for which an answer of an earlier run is used.
    private let lifetime: Int64
    package private(set) var known: KnownServers
    private var answers: [Domain: HopAnswer] = [:]

    /// Hosts that one run asks.
    static let hostLimit = 8

    package init(rules: [AskRule], inquiry: ServerInquiry, known: KnownServers, lifetime: Int64) {
        self.rules = rules
        self.inquiry = inquiry
        self.known = known
        self.lifetime = lifetime
    }

    /// The answers, in the order of the hosts. A host without a name cannot be asked and announces nothing.
    package func answers(of hosts: [Domain?]) async -> [HopAnswer] {
        var open: [(host: Domain, url: ServerURL)] = []
        for host in hosts.compactMap(\.self) where answers[host] == nil {
            if host.text == "localhost" {
                answers[host] = .nothing
            } else if let url = rules.url(for: host) {
                if let answer = known.answer(of: key(url), now: Self.now, lifetime: lifetime) {
                    answers[host] = answer
                } else if asked + open.count < Self.hostLimit {
                    if !open.contains(where: { $0.host == host }) { open.append((host, url)) }
                } else {
                    answers[host] = .unknown("more than \(Self.hostLimit) hosts would have to be asked")
                }
            } else {
                answers[host] = .unknown("ask.hosts does not say where to ask it")
            }
        }
        asked += open.count
        let reports = await inquiry.ask(open.map(\.url))
        for (host, report) in zip(open.map(\.host), reports) {
            switch report.answer {
            case .success(let announcement):
                let answer = HopAnswer(announcement, askedAt: report.askedAt)
                known.learn(answer, of: key(report.url), askedAt: report.askedAt)
                answers[host] = answer
            case .failure(let failure): answers[host] = .unknown("it does not answer: \(failure)")
            }
        }
        return hosts.map { host in host.flatMap { answers[$0] } ?? .nothing }
    }

    private var asked = 0

    /// The same server under another CA counts as another server.
    private func key(_ url: ServerURL) -> String {
        url.description + (inquiry.authorities.map { " \($0)" } ?? "")
    }

    private static var now: Int64 { Int64(Date().timeIntervalSince1970) }
}
