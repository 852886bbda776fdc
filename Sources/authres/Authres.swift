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

/// The exit codes of sysexits.h that this program uses; 0 is success and 1 means findings.
enum Sysexit {
    static let findings = ExitCode(1)
    static let usage = ExitCode(64)
    static let data = ExitCode(65)
    static let noInput = ExitCode(66)
    static let unavailable = ExitCode(69)
    static let software = ExitCode(70)
    static let cannotCreate = ExitCode(73)
    static let temporary = ExitCode(75)
    static let noPermission = ExitCode(77)
    static let configuration = ExitCode(78)
}
