package import ArgumentParser
package import DNS
internal import Files

/// Answers from files in place of the network.
package struct ZoneOptions: ParsableArguments {
    package init() {}

    @Option(
        name: .customLong("zone"),
        parsing: .singleValue,
        help: "Master file (RFC 1035) that answers all questions in place of the network; repeatable."
    ) package var zone: [String] = []

    /// All files as one zone; nil if none is given. All mistakes in them are reported.
    package func load() throws -> ZoneFile? {
        guard !zone.isEmpty else { return nil }
        var result = ZoneFile()
        for path in zone {
            let octets: [UInt8]
            do {
                octets = try InputFile.contents(of: path)
            } catch {
                StandardError.write("authres: \(error)")
                throw Sysexit.noInput
            }
            do {
                try result.read(octets, file: path)
            } catch {
                for mistake in error.mistakes { StandardError.write("authres: \(mistake)") }
                throw Sysexit.data
            }
        }
        return result
    }
}
