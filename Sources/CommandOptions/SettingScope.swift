package import Configuration

/// The settings that a command shows in its help. It accepts the others too, since all commands read the same file.
package protocol SettingScope: Sendable {
    static func shows(_ setting: Setting) -> Bool
    /// The flag of the setting `dry-run`, which is the name of another option in some commands.
    static var dryRunFlag: String { get }
}

extension SettingScope {
    package static var dryRunFlag: String { "dry-run" }
}

/// Those of the running filter: all settings.
package enum FilterScope: SettingScope {
    package static func shows(_: Setting) -> Bool { true }
}

/// Settings that change the results of stored messages.
package enum StoredMailScope: SettingScope {
    package static func shows(_ setting: Setting) -> Bool { setting.concern == .judgement }
}

/// Settings of what is counted for DMARC aggregate reports, and of how they are sent.
package enum ReportScope: SettingScope {
    package static func shows(_ setting: Setting) -> Bool {
        setting.key.hasPrefix("reports.") || setting.key.hasPrefix("dns.")
    }
    package static var dryRunFlag: String { "filter-dry-run" }
}

/// Settings of the key that seals our own field.
package enum SealScope: SettingScope {
    package static func shows(_ setting: Setting) -> Bool { setting.key.hasPrefix("seal.") }
}

/// Where a running filter is asked.
package enum WatchScope: SettingScope {
    package static func shows(_ setting: Setting) -> Bool { setting.key == "metrics" }
}

/// Settings that decide which fields are our own.
package enum FieldScope: SettingScope {
    package static func shows(_ setting: Setting) -> Bool {
        ["authserv-id", "own-ids", "own-hosts", "trusted-relays"].contains(setting.key)
    }
}
