import ArgumentParser
import Files

@main
struct Authres: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "authres",
        abstract:
            "Which of the claims on this message are true? Authentication-Results (RFC 8601), written and checked.",
        version: Build.text,
        subcommands: [
            MilterCommand.self, CheckCommand.self, MboxCommand.self, ReportCommand.self, ReportsCommand.self,
            LintCommand.self, SendCommand.self, DiscoverCommand.self, AnnounceCommand.self, ConfigCommand.self,
            SealRecordCommand.self, CodesCommand.self, StatusCommand.self,
        ]
    )

    static func main() async {
        LibCFiles.openStandardDescriptors()
        await main(nil)
    }
}
