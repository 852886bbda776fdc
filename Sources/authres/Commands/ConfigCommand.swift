import ArgumentParser
import Configuration

struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Prints the configuration in force and where each value came from.",
        discussion: "Exits 78 and lists every mistake if the configuration is wrong."
    )

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        try StandardOutput.write(try options.load().yaml)
    }
}
