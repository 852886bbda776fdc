internal import ARCSealing
internal import Authentication
internal import DKIM
internal import DNS
internal import FieldSealing
internal import Files
internal import MailPolicy
internal import MailSignature
internal import Trace

/// Where a value came from.
package enum ConfigurationOrigin: Hashable, Sendable, CustomStringConvertible {
    case builtIn
    case file(String, line: Int, column: Int)
    case environment(String)
    case flag(String)

    package var description: String {
        switch self {
        case .builtIn: "default"
        case .file(let name, let line, let column): "\(name):\(line):\(column)"
        case .environment(let name): name
        case .flag(let name): name
        }
    }
}

extension ConfigurationOrigin {
    /// True for an origin that itself shows which key is meant: `--dns-timeout`.
    var namesKey: Bool {
        switch self {
        case .environment, .flag: true
        case .builtIn, .file: false
        }
    }
}

/// One value given for one key, not yet read.
package struct ConfigurationEntry: Sendable {
    package let setting: Setting
    package var texts: [String]
    package let origin: ConfigurationOrigin
    /// Where each text is, if they have different places.
    var elementOrigins: [ConfigurationOrigin] = []

    package init(setting: Setting, texts: [String], origin: ConfigurationOrigin) {
        self.setting = setting
        self.texts = texts
        self.origin = origin
    }
}

/// One mistake: what is wrong, where, and what to do.
package struct ConfigurationMistake: Error, Hashable, CustomStringConvertible {
    package let origin: ConfigurationOrigin
    package let text: String

    package init(origin: ConfigurationOrigin, text: String) {
        self.origin = origin
        self.text = text
    }

    package var description: String { "\(origin): \(text)" }
}

/// All mistakes of a configuration at once: fixing one must not reveal the next only at the following start.
package struct ConfigurationError: Error, Hashable, CustomStringConvertible {
    package let mistakes: [ConfigurationMistake]

    package init(mistakes: [ConfigurationMistake]) {
        self.mistakes = mistakes
    }

    package var description: String { mistakes.map(\.description).joined(separator: "\n") }
}

/// The configuration in force and where each value came from. Flags override the environment, the environment
/// overrides the file, and the file overrides the defaults.
package struct EffectiveConfiguration: Sendable {
    package private(set) var configuration = ServiceConfiguration()
    /// Keys that are absent have their default.
    private(set) var origins: [String: ConfigurationOrigin] = [:]
    /// The file that was read, if there is one.
    package let file: ConfigurationFile?
    /// Where each rule of the policy begins.
    private(set) var ruleOrigins: [ConfigurationOrigin] = []

    /// True if the key was given, and does not just have its default.
    package func isGiven(_ key: String) -> Bool { origins[key] != nil }

    /// - Parameters:
    ///   - file: the file as read, or nil if there is none.
    ///   - environment: the variables of the process; those that begin with `AUTHRES_` must be known.
    ///   - flags: the settings on the command line.
    package init(
        file: ConfigurationFile?,
        environment: [String: String],
        flags: [ConfigurationEntry]
    ) throws(ConfigurationError) {
        self.file = file
        var mistakes = file?.mistakes ?? []
        var entries = file?.entries ?? []
        entries += Self.entries(of: environment, &mistakes)
        entries += flags
        for entry in entries {
            let wrong = entry.setting.read(entry.texts, &configuration)
            mistakes += wrong.map { mistake in
                let places = entry.elementOrigins
                return ConfigurationMistake(
                    origin: places.indices.contains(mistake.index) ? places[mistake.index] : entry.origin,
                    text: (entry.origin.namesKey ? "" : "\(entry.setting.key): ") + mistake.text
                )
            }
            origins[entry.setting.key] = entry.origin
        }
        configuration.rules.rules = file?.rules ?? []
        ruleOrigins = file?.ruleOrigins ?? []
        mistakes += contradictions + rulesWithoutCheck
        do {
            configuration.policy.seal = try seal()
        } catch {
            mistakes.append(error)
        }
        do {
            configuration.policy.arcSealing = try arcSealing()
        } catch {
            mistakes.append(error)
        }
        configuration.policy.recordsAlignedMethods = configuration.reports.database != nil
        guard mistakes.isEmpty else { throw ConfigurationError(mistakes: mistakes) }
    }

    /// The seal of our field, if all its settings are given.
    private func seal() throws(ConfigurationMistake) -> FieldSeal? {
        try signer("seal", configuration.seal, FieldSeal.init(domain:selector:privateKeyPEM:))
    }

    /// The sealer that makes ARC Sets, if all its settings are given.
    private func arcSealing() throws(ConfigurationMistake) -> Policy.ARCSealing? {
        let sealer = try signer("arc-seal", configuration.arcSeal, ARCSealer.init(domain:selector:privateKeyPEM:))
        guard let sealer else { return nil }
        switch configuration.arcSealMoment {
        case .arrival:
            guard configuration.policy.checks.contains(.arc) else {
                throw mistake("arc-seal.when", "a seal says what the chain was on arrival: checks.arc must be true")
            }
            return Policy.ARCSealing(sealer, at: .arrival)
        case .departure:
            let hosts = configuration.ownHosts ?? configuration.policy.authservID.map { [$0] } ?? []
            guard !hosts.isEmpty else {
                throw mistake("arc-seal.when", "departure takes own-hosts, to know the Received fields of our hosts")
            }
            let recovery = EnvelopeRecovery(
                ownHosts: HostPatterns(hosts),
                trustedRelays: configuration.policy.trustedRelays
            )
            return Policy.ARCSealing(sealer, at: .departure(recovery))
        }
    }

    private func mistake(_ key: String, _ text: String) -> ConfigurationMistake {
        ConfigurationMistake(origin: origins[key] ?? .builtIn, text: "\(key): \(text)")
    }

    /// The signer with a key, if domain, selector and key are given.
    private func signer<Signer>(
        _ group: String,
        _ given: ServiceConfiguration.Seal,
        _ make: (Domain, Domain, [UInt8]) throws(SigningKey.Defect) -> Signer
    ) throws(ConfigurationMistake) -> Signer? {
        guard let domain = given.domain, let selector = given.selector, let file = given.keyFile else { return nil }
        guard let domain = Domain(internationalized: Array(domain.utf8)) else {
            throw mistake("\(group).domain", "\"\(domain)\" is not a domain name")
        }
        guard let selector = Domain(selector) else {
            throw mistake("\(group).selector", "\"\(selector)\" is not a selector")
        }
        let pem: [UInt8]
        do {
            pem = try InputFile.contents(of: file)
        } catch {
            throw mistake("\(group).key-file", "cannot be read: \(error)")
        }
        do {
            return try make(domain, selector, pem)
        } catch {
            throw mistake("\(group).key-file", "\(file): \(error)")
        }
    }

    /// Mistakes that no single value shows.
    private var contradictions: [ConfigurationMistake] {
        [("seal", configuration.seal), ("arc-seal", configuration.arcSeal)].compactMap { group, seal in
            let given = [seal.domain, seal.selector, seal.keyFile].filter { $0 != nil }.count
            guard given != 0 && given != 3 else { return nil }
            let keys = ["domain", "selector", "key-file"].map { "\(group).\($0)" }
            return ConfigurationMistake(
                origin: keys.lazy.compactMap { origins[$0] }.first ?? .builtIn,
                text: "\(group): needs domain, selector and key-file: set all three or none"
            )
        }
    }

    /// Conditions on checks that are switched off, which would never be fulfilled.
    private var rulesWithoutCheck: [ConfigurationMistake] {
        zip(configuration.rules.rules, ruleOrigins).flatMap { rule, origin in
            (rule.when + rule.except).compactMap { condition in
                guard let check = condition.check, !configuration.policy.checks.contains(check) else { return nil }
                let text = "rule \(rule.name): \(condition.key) is never known, since checks.\(check.rawValue) is false"
                return ConfigurationMistake(origin: origin, text: text)
            }
        }
    }

    private static func entries(
        of environment: [String: String],
        _ mistakes: inout [ConfigurationMistake]
    ) -> [ConfigurationEntry] {
        let byName = Dictionary(uniqueKeysWithValues: Setting.all.map { ($0.environmentName, $0) })
        var entries: [ConfigurationEntry] = []
        for (name, value) in environment.sorted(by: { $0.key < $1.key }) where name.hasPrefix("AUTHRES_") {
            // A secret, and therefore not a setting that `authres config` shows.
            if name == ServiceConfiguration.askPasswordVariable { continue }
            let origin = ConfigurationOrigin.environment(name)
            guard let setting = byName[name] else {
                mistakes.append(ConfigurationMistake(origin: origin, text: unknown(name, among: byName.keys)))
                continue
            }
            let texts = setting.isList ? elements(of: value) : [value]
            entries.append(ConfigurationEntry(setting: setting, texts: texts, origin: origin))
        }
        return entries
    }

    private static func unknown(_ name: String, among known: some Sequence<String>) -> String {
        let suggestion = Spelling.nearest(to: name, among: known).map { "did you mean \($0)?" }
        return "no such setting; " + (suggestion ?? "see `authres config`")
    }

    /// The elements of a list in one string, separated by commas or spaces.
    package static func elements(of list: String) -> [String] {
        list.split { $0 == "," || $0 == " " }.map(String.init)
    }

    /// The whole configuration as a file that can be used, each line with its source.
    package var yaml: String {
        var lines: [String] = []
        var group: Substring = ""
        for setting in Setting.all {
            let parts = setting.key.split(separator: ".")
            let isNested = parts.count == 2
            if isNested, parts[0] != group {
                lines.append("\(parts[0]):")
            }
            group = isNested ? parts[0] : ""
            let values = setting.show(configuration).map(Self.quoted)
            let shown = setting.isList ? "[" + values.joined(separator: ", ") + "]" : values.first
            let origin = origins[setting.key] ?? .builtIn
            let name = (isNested ? "  " : "") + (parts.last ?? "")
            lines.append(shown.map { "\(name): \($0)  # \(origin)" } ?? "# \(name): not set")
            if setting.key == Setting.lastOfPolicy {
                lines += RuleTable(configuration.rules.rules, origins: ruleOrigins).lines
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Text as YAML reads it back: plain where that is safe, else in double quotes.
    static func quoted(_ text: String) -> String {
        let isPlain =
            text.utf8.allSatisfy { octet in
                switch octet {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "1")...UInt8(ascii: "9"), UInt8(ascii: "0"), UInt8(ascii: "."), UInt8(ascii: "/"),
                    UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            } && text.utf8.first != UInt8(ascii: "0") && text.utf8.first != UInt8(ascii: "-")
        if isPlain { return text }
        let escaped = text.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined()
        return "\"\(escaped)\""
    }
}
