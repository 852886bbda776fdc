internal import Authentication
internal import MailPolicy
internal import ReportStore

extension Setting {
    /// Every key there is, in the order in which `authres config` shows them.
    package static let all: [Setting] = [
        .scalar("authserv-id", \.policy.authservID, ValueForm<String>.text.optional),
        .list("own-ids", \.policy.ownIDs, .namePattern),
        .list("own-hosts", \.ownHostNames, .namePattern),
        .list("trusted-relays", \.policy.trustedRelays, .network),
        .scalar("check-trusted-relays", \.policy.checkTrustedRelays, .truth),
        .list("local-networks", \.policy.localNetworks, .network),
        .scalar("foreign", \.policy.foreignFields, .word),
        .list("also-remove", \.policy.alsoRemove, .fieldName),
        .scalar("check-authenticated", \.policy.checkAuthenticated, .truth),
        .scalar("auth-mechanism", \.policy.showsMechanism, .truth),
        .scalar("received-spf", \.policy.writesReceivedSPF, .truth),
        .scalar("socket", \.socket, .socket),
        .scalar("socket-mode", \.socketMode, .fileMode),
        .scalar("socket-group", \.socketGroup, ValueForm<String>.text.optional),
        .list("dns.servers", \.nameServers, .nameServer),
        .scalar("dns.timeout", \.nameServerTimeout, .duration),
        .scalar("checks.spf", \.policy.checks[contains: .spf], .truth),
        .scalar("checks.dkim", \.policy.checks[contains: .dkim], .truth),
        .scalar("checks.dmarc", \.policy.checks[contains: .dmarc], .truth),
        .scalar("checks.arc", \.policy.checks[contains: .arc], .truth),
        .scalar("checks.iprev", \.policy.checks[contains: .iprev], .truth),
        .scalar("checks.auth", \.policy.checks[contains: .auth], .truth),
        .scalar("limits.deadline", \.policy.limits.deadline, .duration),
        .scalar("limits.header", \.policy.limits.headerOctets, .size(4096...16 * 1024 * 1024)),
        .scalar("limits.header-fields", \.policy.limits.headerFields, .number(16...100_000)),
        .scalar("limits.signatures", \.policy.limits.signatures, .number(1...100)),
        .scalar("limits.void-lookups", \.policy.limits.voidLookups, .number(0...10)),
        .scalar("limits.questions", \.policy.limits.questions, .number(16...10_000)),
        .scalar("limits.removals", \.removals, .number(1...10_000)),
        .scalar("limits.connections", \.connections, .number(1...1_000_000)),
        .scalar("seal.domain", \.seal.domain, ValueForm<String>.text.optional),
        .scalar("seal.selector", \.seal.selector, ValueForm<String>.text.optional),
        .scalar("seal.key-file", \.seal.keyFile, ValueForm<String>.text.optional),
        .scalar("policy.dry-run", \.rules.isDryRun, .truth),
        .scalar("policy.help", \.rules.help, ValueForm<String>.help.optional),
        .list("ask.hosts", \.ask.hosts, .askRule, isMap: true),
        .list("ask.networks", \.ask.networks, .network),
        .scalar("ask.horizon", \.ask.horizon, .duration),
        .scalar("ask.cache", \.ask.cache, .duration),
        .list("announced-by", \.announcedBy, .serverURL),
        .scalar("arc-seal.domain", \.arcSeal.domain, ValueForm<String>.text.optional),
        .scalar("arc-seal.selector", \.arcSeal.selector, ValueForm<String>.text.optional),
        .scalar("arc-seal.key-file", \.arcSeal.keyFile, ValueForm<String>.text.optional),
        .scalar("arc-seal.when", \.arcSealMoment, .word),
        .scalar("reports.database", \.reports.database, ValueForm<String>.text.optional),
        .scalar("reports.org-name", \.reports.organization, ValueForm<String>.text.optional),
        .scalar("reports.email", \.reports.email, ValueForm<String>.mailAddress.optional),
        .scalar("reports.extra-contact-info", \.reports.extraContact, ValueForm<String>.text.optional),
        .scalar("reports.submitter", \.reports.submitter, ValueForm<String>.hostName.optional),
        .scalar("reports.send-by", \.reports.sendBy, .mailer),
        .scalar("reports.rows", \.reports.storeLimits.rows, .number(100...100_000_000)),
        .scalar("reports.rows-per-policy", \.reports.storeLimits.rowsOfPolicy, .number(10...1_000_000)),
        .scalar("reports.keep-days", \.reports.days, .number(2...365)),
        .scalar("reports.reports-per-run", \.reports.reportsOfRun, .number(1...1_000_000)),
        .scalar("reports.reports-per-address", \.reports.sendLimits.reportsForAddress, .number(1...1_000_000)),
        .scalar("reports.addresses", \.reports.sendLimits.destinations, .number(1...10)),
        .scalar("reports.size", \.reports.sendLimits.messageOctets, .size(65536...100 * 1024 * 1024)),
        .scalar("log-level", \.logLevel, .word),
    ]

    /// The key after which the rules are shown.
    package static let lastOfPolicy = "policy.help"

    package static let byKey = Dictionary(uniqueKeysWithValues: all.map { ($0.key, $0) })
}

extension ServiceConfiguration {
    /// ``ownHosts`` with none in place of nil, for the table.
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
