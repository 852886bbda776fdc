internal import Authentication
internal import DNS

/// Why a message is refused, and what its sender can do about it, in plain words.
///
/// Of what the sender or a zone wrote, it contains only domain names, with letters, digits, hyphens, underscores and
/// dots, and the client's address.
struct ReplyText {
    private let rule: Rule
    private let facts: MessageFacts

    /// A longer name is left out, so that the line has room for the advice.
    private static let nameLimit = 120

    init(_ rule: Rule, _ facts: MessageFacts) {
        self.rule = rule
        self.facts = facts
    }

    /// - Parameter room: octets that it may have.
    func text(in room: Int) -> String {
        let all = rule.failures(facts)
        let temporary = all.filter { $0.result == "temperror" }
        /// Temporary failures are what a deferral is for.
        let failures = rule.action == .tempfail && !temporary.isEmpty ? temporary : all
        switch failures.count {
        case 0: return "Refused by the policy of this site\(again)"
        case 1: return text(failures[0].check, failures[0].result)
        default:
            let names = failures.map { summary($0.check, $0.result, name: subject(of: $0.check)) }
            let text = several(names)
            if text.utf8.count <= room { return text }
            return several(failures.map { summary($0.check, $0.result, name: nil) })
        }
    }

    /// For a message that may be sent again.
    private var again: String {
        switch rule.action {
        case .tempfail: "; try again later"
        case .accept, .reject, .quarantine: ""
        }
    }

    private func several(_ summaries: [String]) -> String {
        let advice =
            switch rule.action {
            case .tempfail: "try again later"
            case .accept, .reject, .quarantine:
                "send through the servers of the author's domain, or sign with its DKIM key"
            }
        return "Authentication failed: \(summaries.joined(separator: ", ")); \(advice)"
    }

    private func summary(_ check: Policy.Check, _ result: String, name: String?) -> String {
        "\(Self.title(check)) \(result)" + (name.map { " for \($0)" } ?? "")
    }

    private static func title(_ check: Policy.Check) -> String {
        switch check {
        case .iprev: "iprev"
        case .auth, .spf, .dkim, .arc, .dmarc: check.rawValue.uppercased()
        }
    }

    /// The subject of a result.
    private func subject(of check: Policy.Check) -> String? {
        switch check {
        case .iprev: facts.client?.description
        case .spf: Self.name(facts.spfDomain)
        case .dkim: Self.name(facts.dkimDomain)
        case .dmarc: Self.name(facts.authorDomains.first)
        case .auth, .arc: nil
        }
    }

    private func text(_ check: Policy.Check, _ result: String) -> String {
        let cause = "\(Self.title(check)) \(result): "
        let isTemporary = result == "temperror"
        switch check {
        case .dmarc: return cause + (isTemporary ? dns(of: Self.name(facts.authorDomains.first)) : dmarc(result))
        case .spf: return cause + (isTemporary ? dns(of: Self.name(facts.spfDomain)) : spf(result))
        case .dkim: return cause + (isTemporary ? dns(of: Self.name(facts.dkimDomain)) : dkim(result))
        case .iprev: return cause + (isTemporary ? dns(of: facts.client?.description) : iprev(result))
        case .arc: return cause + "the chain of seals does not verify; forward the message as it came\(again)"
        case .auth: return cause + "refused by the policy of this site\(again)"
        }
    }

    private func dns(of name: String?) -> String {
        let whose = name ?? "the sender"
        return switch rule.action {
        case .tempfail: "the DNS gave no answer for \(whose); try again later"
        case .accept, .reject, .quarantine: "the DNS gave no answer for \(whose); see that its name servers answer"
        }
    }

    private func dmarc(_ result: String) -> String {
        let author = Self.name(facts.authorDomains.first) ?? "the author's domain"
        guard result == "fail" else {
            return
                "the author or the DMARC record of \(author) cannot be read; write one author, and correct the record"
                + again
        }
        let policy = facts.dmarcPolicy.map { ", whose policy is \($0)" } ?? ""
        return "neither SPF nor DKIM authenticates \(author)\(policy); "
            + "send through its servers, or sign with its DKIM key\(again)"
    }

    private func spf(_ result: String) -> String {
        let domain = Self.name(facts.spfDomain) ?? "the sender's domain"
        let client = facts.client?.description ?? "the client"
        return switch result {
        case "permerror": "the SPF record of \(domain) has a mistake; correct it\(again)"
        default:
            "\(client) may not send for \(domain); send through its servers, or list the address in its SPF record"
                + again
        }
    }

    private func dkim(_ result: String) -> String {
        let signer = Self.name(facts.dkimDomain)
        return switch result {
        case "none":
            "the message is not signed; sign it with a key of "
                + (Self.name(facts.authorDomains.first) ?? "the author's domain") + again
        case "policy":
            "the signature\(of(signer)) is not acceptable; sign the whole message with a strong key\(again)"
        default:
            "no signature verifies\(signer.map { ", nor that of \($0)" } ?? ""); send the message as it was signed\(again)"
        }
    }

    private func of(_ name: String?) -> String { name.map { " of \($0)" } ?? "" }

    private func iprev(_ result: String) -> String {
        let client = facts.client?.description ?? "the client"
        let what = result == "permerror" ? "\(client) has no name" : "no name of \(client) points back to it"
        return "\(what); give it a PTR record with a name that has this address\(again)"
    }

    /// A name as it may appear in a reply; nil for one that no host has.
    private static func name(_ domain: Domain?) -> String? {
        guard let text = domain?.text, text.utf8.count <= nameLimit, text.utf8.allSatisfy(DomainPattern.isNameOctet)
        else {
            return nil
        }
        return text
    }

    /// The domain's explanation of its SPF failure, marked as its own words (RFC 7208, 8.4), cut to the available
    /// room.
    static func explanation(_ facts: MessageFacts, room: Int) -> String? {
        let quoted = facts.spfExplanation?.map { $0 == "\"" || $0 == "\\" ? "'" : $0 }
        guard let words = quoted.map({ String($0) }), let domain = name(facts.spfDomain),
            words.utf8.allSatisfy(PolicyReply.isTextOctet)
        else { return nil }
        let beginning = "; \(domain) explains: "
        let left = room - beginning.utf8.count
        return left < 1 || words.isEmpty ? nil : beginning + words.prefix(left)
    }
}
