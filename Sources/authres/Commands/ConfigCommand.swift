import ArgumentParser
import CommandOptions
import Configuration
import Files

struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Prints the configuration in force and where each value came from.",
        discussion: """
            Exits 78 and lists every mistake if the configuration is wrong; what is allowed but probably not intended is \
            a warning on standard error. Run it as the user of the service (sudo -u authres) to see whether that user can \
            read all the files it needs.
            """
    )

    @Flag(help: "Print only mistakes and warnings, on standard error.") var check = false
    /// For the package: a page for man(1).
    @Option(help: .hidden) var man: Manual?
    @OptionGroup var options: ConfigurationOptions<FilterScope>

    func run() async throws {
        if let man { return try StandardOutput.write(try man.text()) }
        let effective = try options.load()
        for warning in effective.warnings { StandardError.write("authres: warning: \(warning)") }
        if !check { try StandardOutput.write(effective.yaml) }
    }
}
