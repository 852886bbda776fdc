package import DNS

/// What a summary counts of one message.
package struct MessageTally: Sendable {
    /// Octets of the message in its archive, with its From_ line.
    package var octets = 0
    /// Lines like From_ lines in it that are text, and Content-Lengths that are wrong.
    package var oddLines = 0
    /// Method and result, one for each result.
    package var results: [(method: String, result: String)] = []
    /// The author's domain, and what DMARC says; nil without one.
    package var domain: (name: String, result: String)?
    /// The day on which it was received, `2023-11-14`; nil if that is not known.
    package var day: String?
    /// The client's network; nil if the client is not known.
    package var network: String?
    package var forgeries: [Summary.Forgery] = []
    /// Why the client is not known; nil if it is.
    package var unknownClient: String?
    /// Rules that have matched, or would have.
    package var ruleMatches: [Summary.RuleMatch] = []
    /// How the message's own field of ours is proven; nil if that was not asked.
    package var fieldProof: String?
    /// Questions that it had no answer to.
    package var dnsFailures: [Summary.DNSFailure] = []
    /// Answers that it waited for longer than ``Summary/slowness``, and how long, in milliseconds.
    package var slowAnswers: [(name: Summary.AskedName, milliseconds: Int)] = []

    package init() {}

    /// The day of a moment (RFC 3339, UTC).
    package static func day(of time: String) -> String {
        String(time.prefix { $0 != "T" })
    }

    /// The network that a client is counted under: the smallest that routes are usually announced for.
    package static func network(of client: IPAddress) -> String? {
        switch client {
        case .v4(let address):
            IPNetwork(address: .v4(IPv4Address(value: address.value & 0xFFFF_FF00)), prefixLength: 24)?.description
        case .v6(let address):
            IPNetwork(address: .v6(IPv6Address(high: address.high & ~0xFFFF, low: 0)), prefixLength: 48)?.description
        }
    }

    /// What DMARC says of it.
    var dmarc: String { results.first { $0.method == "dmarc" }?.result ?? "not checked" }
}
