import Configuration

/// Which settings a command shows in its help. It takes the others too, since all commands read the same file.
protocol SettingScope: Sendable {
    static func shows(_ setting: Setting) -> Bool
}

/// Those of the running filter, which are all.
enum FilterScope: SettingScope {
    static func shows(_: Setting) -> Bool { true }
}

/// What changes the results of stored messages.
enum StoredMailScope: SettingScope {
    static func shows(_ setting: Setting) -> Bool { setting.concern == .judgement }
}

/// What is counted for DMARC aggregate reports, and how they are sent.
enum ReportScope: SettingScope {
    static func shows(_ setting: Setting) -> Bool { setting.key.hasPrefix("reports.") || setting.key.hasPrefix("dns.") }
}

/// The key that seals our own field.
enum SealScope: SettingScope {
    static func shows(_ setting: Setting) -> Bool { setting.key.hasPrefix("seal.") }
}

/// What says which fields are our own.
enum FieldScope: SettingScope {
    static func shows(_ setting: Setting) -> Bool {
        ["authserv-id", "own-ids", "own-hosts", "trusted-relays"].contains(setting.key)
    }
}
