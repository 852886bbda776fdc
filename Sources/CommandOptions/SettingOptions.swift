internal import ArgumentParser
internal import Configuration
internal import DNS
internal import Trace

/// Every key of the configuration as a flag. Values are text here: only ``Setting`` decides what they mean and what
/// is wrong with them, so that a flag, a variable and a line of the file are judged alike.
package struct SettingOptions<Scope: SettingScope>: ParsableArguments {
    package init() {}

    @Option(name: .customLong(Scope.dryRunFlag), help: .setting("dry-run", in: Scope.self)) var dryRun: String?
    @Option(name: .customLong("authserv-id"), help: .setting("authserv-id", in: Scope.self)) var authservId: String?
    @Option(name: .customLong("own-ids"), parsing: .singleValue, help: .setting("own-ids", in: Scope.self))
    var ownIds: [String] = []
    @Option(name: .customLong("own-hosts"), parsing: .singleValue, help: .setting("own-hosts", in: Scope.self))
    var ownHosts: [String] = []
    @Option(
        name: .customLong("trusted-relays"),
        parsing: .singleValue,
        help: .setting("trusted-relays", in: Scope.self)
    )
    var trustedRelays: [String] = []
    @Option(name: .customLong("check-trusted-relays"), help: .setting("check-trusted-relays", in: Scope.self))
    var checkTrustedRelays: String?
    @Option(
        name: .customLong("local-networks"),
        parsing: .singleValue,
        help: .setting("local-networks", in: Scope.self)
    )
    var localNetworks: [String] = []
    @Option(name: .customLong("foreign"), help: .setting("foreign", in: Scope.self)) var foreign: String?
    @Option(name: .customLong("also-remove"), parsing: .singleValue, help: .setting("also-remove", in: Scope.self))
    var alsoRemove: [String] = []
    @Option(name: .customLong("check-authenticated"), help: .setting("check-authenticated", in: Scope.self))
    var checkAuthenticated: String?
    @Option(name: .customLong("auth-mechanism"), help: .setting("auth-mechanism", in: Scope.self))
    var authMechanism: String?
    @Option(name: .customLong("received-spf"), help: .setting("received-spf", in: Scope.self)) var receivedSpf: String?
    @Option(name: .customLong("socket"), help: .setting("socket", in: Scope.self)) var socket: String?
    @Option(name: .customLong("socket-mode"), help: .setting("socket-mode", in: Scope.self)) var socketMode: String?
    @Option(name: .customLong("socket-group"), help: .setting("socket-group", in: Scope.self)) var socketGroup: String?
    @Option(
        name: [.customLong("dns-server"), .customLong("dns-servers")],
        parsing: .singleValue,
        help: .setting("dns.servers", in: Scope.self)
    )
    var dnsServers: [String] = []
    @Option(name: .customLong("dns-timeout"), help: .setting("dns.timeout", in: Scope.self)) var dnsTimeout: String?
    @Option(name: .customLong("checks-spf"), help: .setting("checks.spf", in: Scope.self)) var checksSpf: String?
    @Option(name: .customLong("checks-dkim"), help: .setting("checks.dkim", in: Scope.self)) var checksDkim: String?
    @Option(name: .customLong("checks-dmarc"), help: .setting("checks.dmarc", in: Scope.self)) var checksDmarc: String?
    @Option(name: .customLong("checks-arc"), help: .setting("checks.arc", in: Scope.self)) var checksArc: String?
    @Option(name: .customLong("checks-iprev"), help: .setting("checks.iprev", in: Scope.self)) var checksIprev: String?
    @Option(name: .customLong("checks-auth"), help: .setting("checks.auth", in: Scope.self)) var checksAuth: String?
    @Option(name: .customLong("limits-deadline"), help: .setting("limits.deadline", in: Scope.self))
    var limitsDeadline: String?
    @Option(name: .customLong("limits-header"), help: .setting("limits.header", in: Scope.self))
    var limitsHeader: String?
    @Option(name: .customLong("limits-header-fields"), help: .setting("limits.header-fields", in: Scope.self))
    var limitsHeaderFields: String?
    @Option(name: .customLong("limits-signatures"), help: .setting("limits.signatures", in: Scope.self))
    var limitsSignatures: String?
    @Option(name: .customLong("limits-void-lookups"), help: .setting("limits.void-lookups", in: Scope.self))
    var limitsVoidLookups: String?
    @Option(name: .customLong("limits-questions"), help: .setting("limits.questions", in: Scope.self))
    var limitsQuestions: String?
    @Option(name: .customLong("limits-client-questions"), help: .setting("limits.client-questions", in: Scope.self))
    var limitsClientQuestions: String?
    @Option(name: .customLong("limits-removals"), help: .setting("limits.removals", in: Scope.self))
    var limitsRemovals: String?
    @Option(name: .customLong("limits-recipients"), help: .setting("limits.recipients", in: Scope.self))
    var limitsRecipients: String?
    @Option(name: .customLong("limits-connections"), help: .setting("limits.connections", in: Scope.self))
    var limitsConnections: String?
    @Option(name: .customLong("seal-domain"), help: .setting("seal.domain", in: Scope.self)) var sealDomain: String?
    @Option(name: .customLong("seal-selector"), help: .setting("seal.selector", in: Scope.self))
    var sealSelector: String?
    @Option(name: .customLong("seal-key-file"), help: .setting("seal.key-file", in: Scope.self))
    var sealKeyFile: String?
    @Option(name: .customLong("policy-dry-run"), help: .setting("policy.dry-run", in: Scope.self))
    var policyDryRun: String?
    @Option(name: .customLong("policy-help"), help: .setting("policy.help", in: Scope.self)) var policyHelp: String?
    @Option(name: .customLong("ask-hosts"), parsing: .singleValue, help: .setting("ask.hosts", in: Scope.self))
    var askHosts: [String] = []
    @Option(name: .customLong("ask-networks"), parsing: .singleValue, help: .setting("ask.networks", in: Scope.self))
    var askNetworks: [String] = []
    @Option(name: .customLong("ask-horizon"), help: .setting("ask.horizon", in: Scope.self)) var askHorizon: String?
    @Option(name: .customLong("ask-cache"), help: .setting("ask.cache", in: Scope.self)) var askCache: String?
    @Option(name: .customLong("announced-by"), parsing: .singleValue, help: .setting("announced-by", in: Scope.self))
    var announcedBy: [String] = []
    @Option(name: .customLong("arc-seal-domain"), help: .setting("arc-seal.domain", in: Scope.self))
    var arcSealDomain: String?
    @Option(name: .customLong("arc-seal-selector"), help: .setting("arc-seal.selector", in: Scope.self))
    var arcSealSelector: String?
    @Option(name: .customLong("arc-seal-key-file"), help: .setting("arc-seal.key-file", in: Scope.self))
    var arcSealKeyFile: String?
    @Option(name: .customLong("arc-seal-when"), help: .setting("arc-seal.when", in: Scope.self))
    var arcSealWhen: String?
    @Option(name: .customLong("reports-database"), help: .setting("reports.database", in: Scope.self))
    var reportsDatabase: String?
    @Option(name: .customLong("reports-org-name"), help: .setting("reports.org-name", in: Scope.self))
    var reportsOrgName: String?
    @Option(name: .customLong("reports-email"), help: .setting("reports.email", in: Scope.self))
    var reportsEmail: String?
    @Option(
        name: .customLong("reports-extra-contact-info"),
        help: .setting("reports.extra-contact-info", in: Scope.self)
    ) var reportsExtraContactInfo: String?
    @Option(name: .customLong("reports-submitter"), help: .setting("reports.submitter", in: Scope.self))
    var reportsSubmitter: String?
    @Option(name: .customLong("reports-send-by"), help: .setting("reports.send-by", in: Scope.self))
    var reportsSendBy: String?
    @Option(name: .customLong("reports-rows"), help: .setting("reports.rows", in: Scope.self)) var reportsRows: String?
    @Option(name: .customLong("reports-rows-per-policy"), help: .setting("reports.rows-per-policy", in: Scope.self))
    var reportsRowsPerPolicy: String?
    @Option(name: .customLong("reports-keep-days"), help: .setting("reports.keep-days", in: Scope.self))
    var reportsKeepDays: String?
    @Option(name: .customLong("reports-reports-per-run"), help: .setting("reports.reports-per-run", in: Scope.self))
    var reportsPerRun: String?
    @Option(
        name: .customLong("reports-reports-per-address"),
        help: .setting("reports.reports-per-address", in: Scope.self)
    ) var reportsPerAddress: String?
    @Option(name: .customLong("reports-addresses"), help: .setting("reports.addresses", in: Scope.self))
    var reportsAddresses: String?
    @Option(name: .customLong("reports-size"), help: .setting("reports.size", in: Scope.self)) var reportsSize: String?
    @Option(name: .customLong("metrics"), help: .setting("metrics", in: Scope.self)) var metrics: String?
    @Option(name: .customLong("log-level"), help: .setting("log-level", in: Scope.self)) var logLevel: String?
    @Option(name: .customLong("log-format"), help: .setting("log-format", in: Scope.self)) var logFormat: String?

    /// The given settings, in the order of the table.
    var entries: [ConfigurationEntry] {
        let given: [(key: String, texts: [String])] = [
            ("dry-run", dryRun.map { [$0] } ?? []),
            ("authserv-id", authservId.map { [$0] } ?? []),
            ("own-ids", ownIds),
            ("own-hosts", ownHosts),
            ("trusted-relays", trustedRelays),
            ("check-trusted-relays", checkTrustedRelays.map { [$0] } ?? []),
            ("local-networks", localNetworks),
            ("foreign", foreign.map { [$0] } ?? []),
            ("also-remove", alsoRemove),
            ("check-authenticated", checkAuthenticated.map { [$0] } ?? []),
            ("auth-mechanism", authMechanism.map { [$0] } ?? []),
            ("received-spf", receivedSpf.map { [$0] } ?? []),
            ("socket", socket.map { [$0] } ?? []),
            ("socket-mode", socketMode.map { [$0] } ?? []),
            ("socket-group", socketGroup.map { [$0] } ?? []),
            ("dns.servers", dnsServers),
            ("dns.timeout", dnsTimeout.map { [$0] } ?? []),
            ("checks.spf", checksSpf.map { [$0] } ?? []),
            ("checks.dkim", checksDkim.map { [$0] } ?? []),
            ("checks.dmarc", checksDmarc.map { [$0] } ?? []),
            ("checks.arc", checksArc.map { [$0] } ?? []),
            ("checks.iprev", checksIprev.map { [$0] } ?? []),
            ("checks.auth", checksAuth.map { [$0] } ?? []),
            ("limits.deadline", limitsDeadline.map { [$0] } ?? []),
            ("limits.header", limitsHeader.map { [$0] } ?? []),
            ("limits.header-fields", limitsHeaderFields.map { [$0] } ?? []),
            ("limits.signatures", limitsSignatures.map { [$0] } ?? []),
            ("limits.void-lookups", limitsVoidLookups.map { [$0] } ?? []),
            ("limits.questions", limitsQuestions.map { [$0] } ?? []),
            ("limits.client-questions", limitsClientQuestions.map { [$0] } ?? []),
            ("limits.removals", limitsRemovals.map { [$0] } ?? []),
            ("limits.recipients", limitsRecipients.map { [$0] } ?? []),
            ("limits.connections", limitsConnections.map { [$0] } ?? []),
            ("seal.domain", sealDomain.map { [$0] } ?? []),
            ("seal.selector", sealSelector.map { [$0] } ?? []),
            ("seal.key-file", sealKeyFile.map { [$0] } ?? []),
            ("policy.dry-run", policyDryRun.map { [$0] } ?? []),
            ("policy.help", policyHelp.map { [$0] } ?? []),
            ("ask.hosts", askHosts),
            ("ask.networks", askNetworks),
            ("ask.horizon", askHorizon.map { [$0] } ?? []),
            ("ask.cache", askCache.map { [$0] } ?? []),
            ("announced-by", announcedBy),
            ("arc-seal.domain", arcSealDomain.map { [$0] } ?? []),
            ("arc-seal.selector", arcSealSelector.map { [$0] } ?? []),
            ("arc-seal.key-file", arcSealKeyFile.map { [$0] } ?? []),
            ("arc-seal.when", arcSealWhen.map { [$0] } ?? []),
            ("reports.database", reportsDatabase.map { [$0] } ?? []),
            ("reports.org-name", reportsOrgName.map { [$0] } ?? []),
            ("reports.email", reportsEmail.map { [$0] } ?? []),
            ("reports.extra-contact-info", reportsExtraContactInfo.map { [$0] } ?? []),
            ("reports.submitter", reportsSubmitter.map { [$0] } ?? []),
            ("reports.send-by", reportsSendBy.map { [$0] } ?? []),
            ("reports.rows", reportsRows.map { [$0] } ?? []),
            ("reports.rows-per-policy", reportsRowsPerPolicy.map { [$0] } ?? []),
            ("reports.keep-days", reportsKeepDays.map { [$0] } ?? []),
            ("reports.reports-per-run", reportsPerRun.map { [$0] } ?? []),
            ("reports.reports-per-address", reportsPerAddress.map { [$0] } ?? []),
            ("reports.addresses", reportsAddresses.map { [$0] } ?? []),
            ("reports.size", reportsSize.map { [$0] } ?? []),
            ("metrics", metrics.map { [$0] } ?? []),
            ("log-level", logLevel.map { [$0] } ?? []),
            ("log-format", logFormat.map { [$0] } ?? []),
        ]
        return given.compactMap { key, texts in
            guard !texts.isEmpty, let setting = Setting.byKey[key] else { return nil }
            let elements = setting.isList ? texts.flatMap(EffectiveConfiguration.elements) : texts
            return ConfigurationEntry(setting: setting, texts: elements, origin: .flag(setting.flag))
        }
    }
}

extension ArgumentHelp {
    /// The help of a setting's flag, from the table; hidden where the setting has no effect.
    fileprivate static func setting(_ key: String, in scope: any SettingScope.Type) -> ArgumentHelp {
        guard let setting = Setting.byKey[key] else { return .hidden }
        return ArgumentHelp(
            "\(sentences[key] ?? "")",
            valueName: setting.valueName,
            visibility: scope.shows(setting) ? .default : .hidden
        )
    }

    /// Made once: the parser asks for the help of every flag many times.
    private static let sentences = Dictionary(uniqueKeysWithValues: Setting.all.map { ($0.key, sentence(of: $0)) })

    private static func sentence(of setting: Setting) -> String {
        let builtIn = setting.isList ? setting.builtIn.joined(separator: ", ") : setting.builtIn.first ?? ""
        var text = setting.help
        if !builtIn.isEmpty { text = "\(text.dropLast()) (default: \(builtIn))." }
        if setting.isList { text += " Repeatable." }
        return text
    }
}
