package import Logging

/// The names of details in logfmt and JSON, in the order in which they are written. Existing names never change.
package enum LogKey: String, CaseIterable, Sendable {
    /// About a message: the MTA's queue ID, the client's address, its HELO, the domain of MAIL FROM, TLS version and
    /// cipher.
    case queue, client, helo, from, tls, cipher
    /// For each method its results; then the domain that they are about, and why a check failed on our side.
    case auth, iprev, spf, dkim, arc, dmarc
    case spfDomain = "spf_domain"
    case dkimDomain = "dkim_domain"
    case dmarcDomain = "dmarc_domain"
    case dmarcPolicy = "dmarc_policy"
    case reasons
    /// The ARC Set that was added: its instance and `cv`; or why none was.
    case arcSeal = "arc_seal"
    case arcSealValidation = "arc_seal_cv"
    case arcSealReason = "arc_seal_reason"
    /// A trusted relay's message, which is not checked.
    case trustedRelay = "trusted_relay"
    /// Fields that were removed: how many, and for the first few, whose name they claim and why they were removed.
    case removed
    case removedIDs = "removed_ids"
    case removedReasons = "removed_reasons"
    /// The decision of the policy, and the rule that made it.
    case action, rule, reply
    case dryRun = "dry_run"
    /// A rule that is only being tried, and would have decided.
    case triedAction = "tried_action"
    case triedRule = "tried_rule"
    case triedReply = "tried_reply"
    /// From MAIL to the reply, and from the end of the message to the reply.
    case milliseconds = "time_ms"
    case millisecondsAfterBody = "after_body_ms"
    /// About a start.
    case socket, version, configuration
    case authservID = "authserv_id"
    case nameServers = "name_servers"

    fileprivate static let order = Dictionary(
        uniqueKeysWithValues: allCases.enumerated().map { ($0.element.rawValue, $0.offset) }
    )
}

extension Logger.Metadata {
    package subscript(key: LogKey) -> Logger.MetadataValue? {
        get { self[key.rawValue] }
        set { self[key.rawValue] = newValue }
    }

    /// In the order of ``LogKey``; others follow by name.
    var ordered: [(key: String, value: Logger.MetadataValue)] {
        map { (key: $0.key, value: $0.value) }
            .sorted { (LogKey.order[$0.key] ?? .max, $0.key) < (LogKey.order[$1.key] ?? .max, $1.key) }
    }
}
