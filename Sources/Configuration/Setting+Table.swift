internal import Authentication
internal import MailPolicy

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
        .scalar("auth-mechanism", \.policy.tellsMechanism, .truth),
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
        .scalar("limits.connections", \.connections, .number(1...1_000_000)),
        .scalar("seal.domain", \.seal.domain, ValueForm<String>.text.optional),
        .scalar("seal.selector", \.seal.selector, ValueForm<String>.text.optional),
        .scalar("seal.key-file", \.seal.keyFile, ValueForm<String>.text.optional),
        .scalar("policy.dry-run", \.rules.isDryRun, .truth),
        .scalar("policy.help", \.rules.help, ValueForm<String>.help.optional),
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
