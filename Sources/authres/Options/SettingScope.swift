import Configuration

/// The settings that a command shows in its help. It accepts the others too, since all commands read the same file.
protocol SettingScope: Sendable {
    static func shows(_ setting: Setting) -> Bool
    /// The flag of the setting `dry-run`, which is the name of another option in some commands.
    static var dryRunFlag: String { get }
}

extension SettingScope {
    static var dryRunFlag: String { "dry-run" }
}

/// Those of the running filter: all settings.
enum FilterScope: SettingScope {
    static func shows(_: Setting) -> Bool { true }
}

/// Settings that change the results of stored messages.
enum StoredMailScope: SettingScope {
    static func shows(_ setting: Setting) -> Bool { setting.concern == .judgement }
}

/// Settings of what is counted for DMARC aggregate reports, and of how they are sent.
enum ReportScope: SettingScope {
    static func shows(_ setting: Setting) -> Bool { setting.key.hasPrefix("reports.") || setting.key.hasPrefix("dns.") }
    static var dryRunFlag: String { "filter-dry-run" }
}

/// Settings of the key that seals our own field.
enum SealScope: SettingScope {
    static func shows(_ setting: Setting) -> Bool { setting.key.hasPrefix("seal.") }
}

/// Where a running filter is asked.
enum WatchScope: SettingScope {
    static func shows(_ setting: Setting) -> Bool { setting.key == "metrics" }
}

/// Settings that decide which fields are our own.
enum FieldScope: SettingScope {
    static func shows(_ setting: Setting) -> Bool {
        ["authserv-id", "own-ids", "own-hosts", "trusted-relays"].contains(setting.key)
    }
}
