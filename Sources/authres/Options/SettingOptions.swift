import ArgumentParser
import Configuration
import DNS
import Trace

/// Every key of the configuration as a flag. Values are text here: what they mean, and what is wrong with them, is for
/// ``Setting`` alone to say, so that a flag, a variable and a line of the file are judged alike.
struct SettingOptions: ParsableArguments {
    @Option(
        name: .customLong("authserv-id"),
        help: "The name this site reports under (default: the MTA's own, else the host name)."
    ) var authservId: String?
    @Option(name: .customLong("own-ids"), parsing: .singleValue, help: "More names that only we may claim; repeatable.")
    var ownIds: [String] = []
    @Option(
        name: .customLong("own-hosts"),
        parsing: .singleValue,
        help: "Names our hosts write in the by clause of Received; repeatable."
    ) var ownHosts: [String] = []
    @Option(
        name: .customLong("trusted-relays"),
        parsing: .singleValue,
        help: "Peers whose fields are kept, as networks; repeatable."
    ) var trustedRelays: [String] = []
    @Option(name: .customLong("check-trusted-relays"), help: "Check messages of trusted relays too.")
    var checkTrustedRelays: String?
    @Option(
        name: .customLong("local-networks"),
        parsing: .singleValue,
        help: "Clients that are not strangers; repeatable."
    ) var localNetworks: [String] = []
    @Option(name: .customLong("foreign"), help: "Fields of other sites: keep or remove.") var foreign: String?
    @Option(
        name: .customLong("also-remove"),
        parsing: .singleValue,
        help: "More field names to treat alike; repeatable."
    ) var alsoRemove: [String] = []
    @Option(name: .customLong("check-authenticated"), help: "Check SPF, iprev and DMARC for authenticated clients too.")
    var checkAuthenticated: String?
    @Option(name: .customLong("auth-mechanism"), help: "Tell the SMTP AUTH mechanism in a comment.") var authMechanism:
        String?
    @Option(name: .customLong("received-spf"), help: "Write a Received-SPF field as well.") var receivedSpf: String?
    @Option(name: .customLong("socket"), help: "Where to listen: unix:/path, inet:port@host, inet6:port@host or fd:N.")
    var socket: String?
    @Option(name: .customLong("socket-mode"), help: "Permission bits of a Unix socket, octal.") var socketMode: String?
    @Option(name: .customLong("socket-group"), help: "Group of a Unix socket.") var socketGroup: String?
    @Option(
        name: [.customLong("dns-server"), .customLong("dns-servers")],
        parsing: .singleValue,
        help: "Name server, ADDRESS[:PORT]; repeatable."
    ) var dnsServers: [String] = []
    @Option(name: .customLong("dns-timeout"), help: "How long one name server is waited for.") var dnsTimeout: String?
    @Option(name: .customLong("checks-spf"), help: "Whether to run the spf check.") var checksSpf: String?
    @Option(name: .customLong("checks-dkim"), help: "Whether to run the dkim check.") var checksDkim: String?
    @Option(name: .customLong("checks-dmarc"), help: "Whether to run the dmarc check.") var checksDmarc: String?
    @Option(name: .customLong("checks-arc"), help: "Whether to run the arc check.") var checksArc: String?
    @Option(name: .customLong("checks-iprev"), help: "Whether to run the iprev check.") var checksIprev: String?
    @Option(name: .customLong("checks-auth"), help: "Whether to run the auth check.") var checksAuth: String?
    @Option(name: .customLong("limits-deadline"), help: "How long the DNS is waited for after the header.")
    var limitsDeadline: String?
    @Option(name: .customLong("limits-header"), help: "Octets of header that are checked.") var limitsHeader: String?
    @Option(name: .customLong("limits-header-fields"), help: "Header fields that are checked.") var limitsHeaderFields:
        String?
    @Option(name: .customLong("limits-signatures"), help: "Signatures that are verified.") var limitsSignatures: String?
    @Option(name: .customLong("limits-void-lookups"), help: "SPF look-ups without an answer.") var limitsVoidLookups:
        String?
    @Option(name: .customLong("limits-questions"), help: "Questions that one message may ask of the DNS.")
    var limitsQuestions: String?
    @Option(
        name: .customLong("limits-removals"),
        help: "Forged fields that the MTA is asked to remove; a message with more is deferred."
    ) var limitsRemovals: String?
    @Option(name: .customLong("limits-connections"), help: "Connections served at once.") var limitsConnections: String?
    @Option(name: .customLong("seal-domain"), help: "Domain that signs our own field.") var sealDomain: String?
    @Option(name: .customLong("seal-selector"), help: "Selector of that key.") var sealSelector: String?
    @Option(name: .customLong("seal-key-file"), help: "PEM file with that key.") var sealKeyFile: String?
    @Option(name: .customLong("policy-dry-run"), help: "Tell what the policy would do, and do nothing.")
    var policyDryRun: String?
    @Option(name: .customLong("policy-help"), help: "URL that rejected senders are told.") var policyHelp: String?
    @Option(
        name: .customLong("ask-hosts"),
        parsing: .singleValue,
        help: "Where own hosts are asked what they announce, as NAME=URL; repeatable."
    ) var askHosts: [String] = []
    @Option(
        name: .customLong("ask-networks"),
        parsing: .singleValue,
        help: "Networks such hosts must be in (default: private ones and this host); repeatable."
    ) var askNetworks: [String] = []
    @Option(name: .customLong("ask-horizon"), help: "How old a message may be to be judged by what its hosts say now.")
    var askHorizon: String?
    @Option(name: .customLong("ask-cache"), help: "How long an answer of a host is kept.") var askCache: String?
    @Option(
        name: .customLong("announced-by"),
        parsing: .singleValue,
        help: "Servers that must announce the name the filter writes; repeatable."
    ) var announcedBy: [String] = []
    @Option(name: .customLong("arc-seal-domain"), help: "Domain that adds ARC Sets.") var arcSealDomain: String?
    @Option(name: .customLong("arc-seal-selector"), help: "Selector of that key.") var arcSealSelector: String?
    @Option(name: .customLong("arc-seal-key-file"), help: "PEM file with that key, RSA.") var arcSealKeyFile: String?
    @Option(name: .customLong("arc-seal-when"), help: "arrival or departure.") var arcSealWhen: String?
    @Option(name: .customLong("reports-database"), help: "SQLite file for DMARC aggregate reports.")
    var reportsDatabase: String?
    @Option(name: .customLong("reports-org-name"), help: "Organization that reports.") var reportsOrgName: String?
    @Option(name: .customLong("reports-email"), help: "Address that reports are from.") var reportsEmail: String?
    @Option(name: .customLong("reports-extra-contact-info"), help: "More contact information.")
    var reportsExtraContactInfo: String?
    @Option(name: .customLong("reports-submitter"), help: "Domain that reports.") var reportsSubmitter: String?
    @Option(name: .customLong("reports-send-by"), help: "How reports are sent: sendmail:PATH.") var reportsSendBy:
        String?
    @Option(name: .customLong("reports-rows"), help: "Rows that are kept.") var reportsRows: String?
    @Option(name: .customLong("reports-rows-per-policy"), help: "Rows of one policy.") var reportsRowsPerPolicy: String?
    @Option(name: .customLong("reports-keep-days"), help: "Days that rows are kept.") var reportsKeepDays: String?
    @Option(name: .customLong("reports-reports-per-run"), help: "Reports that one run makes.") var reportsPerRun:
        String?
    @Option(name: .customLong("reports-reports-per-address"), help: "Reports to one address in a run.")
    var reportsPerAddress: String?
    @Option(name: .customLong("reports-addresses"), help: "Addresses that one report is sent to.") var reportsAddresses:
        String?
    @Option(name: .customLong("reports-size"), help: "Octets of a report's mail.") var reportsSize: String?
    @Option(name: .customLong("log-level"), help: "trace, debug, info, notice, warning, error or critical.")
    var logLevel: String?

    /// What was given, in the order of the table.
    var entries: [ConfigurationEntry] {
        let given: [(key: String, texts: [String])] = [
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
            ("limits.removals", limitsRemovals.map { [$0] } ?? []),
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
            ("log-level", logLevel.map { [$0] } ?? []),
        ]
        return given.compactMap { key, texts in
            guard !texts.isEmpty, let setting = Setting.byKey[key] else { return nil }
            let elements = setting.isList ? texts.flatMap(EffectiveConfiguration.elements) : texts
            return ConfigurationEntry(setting: setting, texts: elements, origin: .flag(setting.flag))
        }
    }
}
