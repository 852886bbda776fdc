internal import Authentication
internal import MailPolicy
internal import Observability

extension Setting {
    /// Every key there is, in the order in which `authres config` shows them.
    package static let all = ofMessages + ofReports + ofObservation

    /// The keys of how messages come in, are judged and changed.
    private static let ofMessages: [Setting] = [
        .scalar("dry-run", \.isDryRun, .truth, "Judge and log every message, and change none.", concern: .filter),
        .scalar(
            "authserv-id",
            \.policy.authservID,
            ValueForm<String>.authservID.optional,
            "The name this site reports under (default: the MTA's own, macro j, or else the host name)."
        ),
        .list(
            "own-ids",
            \.policy.ownIDs,
            .namePattern,
            "More names that only this site may claim: fields from outside that claim one are removed."
        ),
        .list(
            "own-hosts",
            \.ownHostNames,
            .namePattern,
            "Names that hosts of this site write in the by clause of Received (default: the authserv-id)."
        ),
        .list("trusted-relays", \.policy.trustedRelays, .network, "Peers whose fields are kept."),
        .scalar("check-trusted-relays", \.policy.checkTrustedRelays, .truth, "Check messages of trusted relays too."),
        .list(
            "local-networks",
            \.policy.localNetworks,
            .network,
            "Networks of local clients: SPF, iprev and DMARC are not checked for them."
        ),
        .scalar("foreign", \.policy.foreignFields, .word, "Fields of other sites."),
        .list("also-remove", \.policy.alsoRemove, .fieldName, "More fields to remove."),
        .scalar(
            "check-authenticated",
            \.policy.checkAuthenticated,
            .truth,
            "Check SPF, iprev and DMARC for authenticated clients too."
        ),
        .scalar("auth-mechanism", \.policy.showsMechanism, .truth, "Write the SMTP AUTH mechanism in a comment."),
        .scalar(
            "received-spf",
            \.policy.writesReceivedSPF,
            .truth,
            "Write a Received-SPF field (RFC 7208, 9.1) as well."
        ),
        .scalar("socket", \.socket, .socket, "Where to listen.", concern: .filter),
        .scalar("socket-mode", \.socketMode, .fileMode, "Permission bits of a Unix socket.", concern: .filter),
        .scalar(
            "socket-group",
            \.socketGroup,
            ValueForm<String>.text.optional,
            "Group of a Unix socket (default: that of the process).",
            concern: .filter
        ),
        .list("dns.servers", \.nameServers, .nameServer, "Name servers (default: those of /etc/resolv.conf)."),
        .scalar("dns.timeout", \.nameServerTimeout, .duration, "How long to wait for one name server."),
        .scalar("checks.spf", \.policy.checks[contains: .spf], .truth, "Check SPF (RFC 7208)."),
        .scalar("checks.dkim", \.policy.checks[contains: .dkim], .truth, "Check DKIM (RFC 6376)."),
        .scalar("checks.dmarc", \.policy.checks[contains: .dmarc], .truth, "Check DMARC (RFC 9989)."),
        .scalar("checks.arc", \.policy.checks[contains: .arc], .truth, "Check ARC (RFC 8617)."),
        .scalar(
            "checks.iprev",
            \.policy.checks[contains: .iprev],
            .truth,
            "Check the client's name (RFC 8601, 2.7.3)."
        ),
        .scalar("checks.auth", \.policy.checks[contains: .auth], .truth, "Report SMTP AUTH (RFC 4954)."),
        .scalar(
            "limits.deadline",
            \.policy.limits.deadline,
            .duration,
            "How long to wait for the DNS after the header; then a check is a temperror."
        ),
        .scalar(
            "limits.header",
            \.policy.limits.headerOctets,
            .size(4096...16 * 1024 * 1024),
            "Octets of the header that are checked; forged fields beyond them are removed too."
        ),
        .scalar(
            "limits.header-fields",
            \.policy.limits.headerFields,
            .number(16...100_000),
            "Header fields that are checked."
        ),
        .scalar(
            "limits.signatures",
            \.policy.limits.signatures,
            .number(1...100),
            "Signatures that are verified; others are reported as not checked."
        ),
        .scalar(
            "limits.void-lookups",
            \.policy.limits.voidLookups,
            .number(0...10),
            "SPF lookups that may have no answer (RFC 7208, 4.6.4)."
        ),
        .scalar(
            "limits.questions",
            \.policy.limits.questions,
            .number(16...10_000),
            "DNS questions that one message may cause; a check that needs more is a temperror."
        ),
        .scalar(
            "limits.client-questions",
            \.clientQuestions,
            .number(100...10_000_000),
            "Questions of the DNS that a client may cause in a minute; what it sends beyond that is deferred.",
            concern: .filter
        ),
        .scalar(
            "limits.removals",
            \.removals,
            .number(1...10_000),
            "Forged fields that the MTA is asked to remove; a message with more is deferred.",
            concern: .filter
        ),
        .scalar(
            "limits.recipients",
            \.recipients,
            .number(100...10_000_000),
            "Recipients of one message; one with more is deferred.",
            concern: .filter
        ),
        .scalar(
            "limits.connections",
            \.connections,
            .number(1...1_000_000),
            "Connections served at the same time.",
            concern: .filter
        ),
        .scalar(
            "seal.domain",
            \.seal.domain,
            ValueForm<String>.text.optional,
            "Domain of the DKIM signature over the field (RFC 8601, 7.1): the authserv-id's or one above it."
        ),
        .scalar("seal.selector", \.seal.selector, ValueForm<String>.text.optional, "Selector of that signature's key."),
        .scalar(
            "seal.key-file",
            \.seal.keyFile,
            ValueForm<String>.text.optional,
            "PEM file with that key, RSA or Ed25519."
        ),
        .scalar("policy.dry-run", \.rules.isDryRun, .truth, "Report what the policy would do, and do nothing."),
        .scalar(
            "policy.help",
            \.rules.help,
            ValueForm<String>.help.optional,
            "URL that is given to every rejected sender."
        ),
        .list(
            "ask.hosts",
            \.ask.hosts,
            .askRule,
            "Where hosts of this site are asked which ids they announce (AUTHSERV), as NAME=URL.",
            isMap: true
        ),
        .list(
            "ask.networks",
            \.ask.networks,
            .network,
            "Networks these hosts must be in (default: private ones and this host)."
        ),
        .scalar(
            "ask.horizon",
            \.ask.horizon,
            .duration,
            "How old a message may be to be judged by what its hosts announce now."
        ),
        .scalar("ask.cache", \.ask.cache, .duration, "How long a host's answer is kept."),
        .list(
            "announced-by",
            \.announcedBy,
            .serverURL,
            "Servers that must announce the authserv-id; the filter warns if one does not."
        ),
        .scalar(
            "arc-seal.domain",
            \.arcSeal.domain,
            ValueForm<String>.text.optional,
            "Domain of the ARC Sets that are added (RFC 8617, 5.1)."
        ),
        .scalar(
            "arc-seal.selector",
            \.arcSeal.selector,
            ValueForm<String>.text.optional,
            "Selector of the ARC Sets' key."
        ),
        .scalar(
            "arc-seal.key-file",
            \.arcSeal.keyFile,
            ValueForm<String>.text.optional,
            "PEM file with that key, RSA."
        ),
        .scalar(
            "arc-seal.when",
            \.arcSealMoment,
            .word,
            "Which messages get an ARC Set: those from outside, or those that our own hosts send on."
        ),
    ]

    /// The keys of metrics and the log.
    private static let ofObservation: [Setting] = [
        .scalar(
            "metrics",
            \.metrics,
            ValueForm<String>.socket.optional,
            "Where metrics and health are served by HTTP, to programs of this host; `authres status` reads them.",
            concern: .filter
        ),
        .scalar("log-level", \.logLevel, .word, "The lowest level that is logged.", concern: .filter),
        .scalar(
            "log-format",
            \.logFormat,
            .word,
            "Format of the log; under the journal, lines have no time.",
            concern: .filter
        ),
    ]

    /// The key after which the rules are shown.
    static let lastOfPolicy = "policy.help"

    package static let byKey = Dictionary(uniqueKeysWithValues: all.map { ($0.key, $0) })
}

extension ServiceConfiguration {
    /// ``ownHosts`` for the table, with an empty list in place of nil.
    fileprivate var ownHostNames: [String] {
        get { ownHosts ?? [] }
        set { ownHosts = newValue.isEmpty ? nil : newValue }
    }
}

extension Set {
    /// Membership as a value that can be set.
    fileprivate subscript(contains element: Element) -> Bool {
        get { contains(element) }
        set {
            if newValue { insert(element) } else { remove(element) }
        }
    }
}
