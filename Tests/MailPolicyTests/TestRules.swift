import Authentication
import DNS
import MailPolicy
import StatusCodes

extension Rule {
    /// A rule as it is written, `when` and `except` as words: `dmarc=fail,none from=*.a.example`.
    static func rule(
        _ name: String,
        _ when: String,
        except: String = "",
        _ action: Action = .reject,
        dryRun: Bool = false
    ) -> Rule {
        var rule = Rule(name: name, action: action)
        rule.when = Self.conditions(when)
        rule.except = Self.conditions(except)
        rule.isDryRun = dryRun
        return rule
    }

    /// Words that are no condition are missing, so that a test with a mistake fails.
    static func conditions(_ text: String) -> [Condition] {
        text.split(separator: " ").compactMap { word in
            let parts = word.split(separator: "=").map(String.init)
            return Condition.read(parts[0], parts[1].split(separator: ",").map(String.init)).condition
        }
    }
}

extension PolicyRules {
    init(_ rules: [Rule]) {
        self.init()
        self.rules = rules
    }
}

extension MessageFacts {
    /// A stranger's message from 192.0.2.66: results as words, `spf=fail dmarc=fail`.
    static func stranger(
        _ results: String = "",
        dmarcPolicy: String? = nil,
        author: String? = "bank.example",
        mailFrom: String? = "sender.example",
        dkim: String? = nil,
        sealers: [String] = []
    ) -> MessageFacts {
        var facts = MessageFacts()
        facts.peer = .stranger
        facts.client = IPAddress("192.0.2.66")
        facts.results[.auth] = "none"
        for word in results.split(separator: " ") {
            let parts = word.split(separator: "=").map(String.init)
            if let check = Policy.Check(rawValue: parts[0]) { facts.results[check] = parts[1] }
        }
        facts.dmarcPolicy = dmarcPolicy
        facts.authorDomains = (author?.split(separator: " ") ?? []).compactMap { Domain($0) }
        facts.mailFromDomain = mailFrom.flatMap { Domain($0) }
        facts.spfDomain = facts.mailFromDomain
        facts.helo = Domain("mail.sender.example")
        facts.isNullSender = mailFrom == nil
        facts.isEncrypted = true
        facts.dkimDomain = dkim.flatMap { Domain($0) }
        facts.arcSealers = sealers.compactMap { Domain($0) }
        return facts
    }
}
