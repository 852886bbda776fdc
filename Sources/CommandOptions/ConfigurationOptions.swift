package import ArgumentParser
package import Configuration
internal import Files
internal import Foundation
internal import Glibc

/// `--config` and every setting as a flag: every command takes them all, and shows those of its scope.
package struct ConfigurationOptions<Scope: SettingScope>: ParsableArguments {
    package init() {}

    /// Read if it exists and `--config` does not name another file.
    package static var defaultFile: String { "/etc/authres/authres.yaml" }

    @Option(name: .customLong("config"), help: "The configuration file (default: \(defaultFile), if there is one).")
    package var file: String?

    @OptionGroup(title: "Settings (each also a key of the file and a variable AUTHRES_...; all: authres config --help)")
    package var settings: SettingOptions<Scope>

    /// The file that the configuration is read from; nil if there is none.
    package var fileInUse: String? {
        file ?? (LibCFiles.status(ofPath: Self.defaultFile) == nil ? nil : Self.defaultFile)
    }

    /// A file that cannot be read again, such as a pipe; nil if the file can be.
    package var fileReadOnce: String? {
        let path = file ?? Self.defaultFile
        guard let status = LibCFiles.status(ofPath: path), status.size == nil else { return nil }
        return path
    }

    /// The configuration in force. All mistakes are written to standard error, and cause exit code 78.
    package func load() throws -> EffectiveConfiguration {
        do {
            return try read()
        } catch {
            for mistake in error.mistakes { StandardError.write("authres: \(mistake)") }
            throw Sysexit.configuration
        }
    }

    /// The configuration in force.
    package func read() throws(ConfigurationError) -> EffectiveConfiguration {
        try EffectiveConfiguration(
            file: try readFile(),
            environment: ProcessInfo.processInfo.environment,
            flags: settings.entries
        )
    }

    private func readFile() throws(ConfigurationError) -> ConfigurationFile? {
        let path = file ?? Self.defaultFile
        let octets: [UInt8]
        do {
            octets = try InputFile.contents(of: path)
        } catch {
            if file == nil, error.code == ENOENT { return nil }
            let origin: ConfigurationOrigin = file == nil ? .builtIn : .flag("--config")
            throw ConfigurationError(mistakes: [ConfigurationMistake(origin: origin, text: "\(error)")])
        }
        guard let text = String(validating: octets, as: UTF8.self) else {
            throw ConfigurationError(mistakes: [
                ConfigurationMistake(origin: .file(path, line: 1, column: 1), text: "the file is not UTF-8")
            ])
        }
        return ConfigurationFile(name: path, text: text)
    }
}
