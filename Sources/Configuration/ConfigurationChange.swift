internal import Authentication
internal import MailPolicy

/// What a configuration that is read while the filter runs changes, and whether it can be intended.
///
/// A file that an editor, a copy or a full disk leaves empty or truncated for a moment is valid YAML, but under
/// another authserv-id, fields forged in the old one's name would be kept.
package struct ConfigurationChange {
    private let old: EffectiveConfiguration
    private let new: EffectiveConfiguration

    package init(from old: EffectiveConfiguration, to new: EffectiveConfiguration) {
        self.old = old
        self.new = new
    }

    /// Why the new configuration is rejected; nil if it is not.
    package var refusal: String? {
        if let file = old.file {
            guard let read = new.file else { return "\(file.name) is gone" }
            if read.setsNothing, !file.setsNothing {
                return "\(read.name) sets nothing any more: it is empty, or all lines are commented out"
            }
            if file.isWhole, !read.isWhole {
                return "\(read.name) does not end with a line break, as it did before: it seems to be cut off"
            }
        }
        if let id = oldID, newID == nil {
            return "authserv-id, which was \(id), is not set any more; to leave it to the MTA, restart the filter"
        }
        return nil
    }

    /// The old and the new authserv-id, if they differ.
    package var authservID: (old: String?, new: String?)? {
        oldID == newID ? nil : (oldID, newID)
    }

    /// The settings whose value has changed: `limits.deadline: 20s -> 10s`.
    package var settings: [String] {
        Setting.all.compactMap { setting in
            let values = [old, new].map { setting.show($0.configuration) }
            guard values[0] != values[1] else { return nil }
            let texts = values.map { values in
                let text = values.map(EffectiveConfiguration.quoted).joined(separator: ", ")
                return setting.isList ? "[\(text)]" : values.isEmpty ? "not set" : text
            }
            return "\(setting.key): \(texts[0]) -> \(texts[1])"
        } + (old.configuration.rules.rules == new.configuration.rules.rules ? [] : ["policy.rules"])
    }

    private var oldID: String? { old.configuration.policy.authservID }
    private var newID: String? { new.configuration.policy.authservID }
}
