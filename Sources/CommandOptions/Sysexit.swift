package import ArgumentParser

/// The exit codes of sysexits.h that this program uses; 0 is success and 1 means findings.
package enum Sysexit {
    package static let findings = ExitCode(1)
    package static let usage = ExitCode(64)
    package static let data = ExitCode(65)
    package static let noInput = ExitCode(66)
    package static let unavailable = ExitCode(69)
    package static let software = ExitCode(70)
    package static let cannotCreate = ExitCode(73)
    package static let temporary = ExitCode(75)
    package static let noPermission = ExitCode(77)
    package static let configuration = ExitCode(78)
}
