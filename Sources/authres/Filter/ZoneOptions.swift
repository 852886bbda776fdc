import ArgumentParser
import DNS
import Foundation

/// Answers from files in place of the network.
struct ZoneOptions: ParsableArguments {
    @Option(
        name: .customLong("zone"),
        parsing: .singleValue,
        help: "Master file (RFC 1035) that answers all questions; nothing is asked of the network; repeatable."
    ) var zone: [String] = []

    /// All files as one zone; nil if none is given. Every mistake in them is reported.
    func load() throws -> ZoneFile? {
        guard !zone.isEmpty else { return nil }
        var result = ZoneFile()
        for path in zone {
            guard let data = FileManager.default.contents(atPath: path) else {
                StandardError.write("authres: \(path): cannot be read")
                throw Sysexit.noInput
            }
            do {
                try result.read(Array(data), file: path)
            } catch {
                for mistake in error.mistakes { StandardError.write("authres: \(mistake)") }
                throw Sysexit.data
            }
        }
        return result
    }
}
