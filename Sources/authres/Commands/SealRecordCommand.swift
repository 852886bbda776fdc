import ArgumentParser
import Authentication
import CommandOptions
import Configuration
import DNS
import FieldSealing
import Files

struct SealRecordCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "seal-record",
        abstract: "Prints the DNS record to publish for the key that seals our own field.",
        discussion: """
            Prints its name and value as comments, to be pasted into a DNS provider's form, and as a line for a zone file \
            (RFC 1035, 5), in strings of 255 octets at most. Exits 78 if the configuration is wrong, or has no seal.
            """
    )

    @OptionGroup var options: ConfigurationOptions<SealScope>

    func run() async throws {
        guard let seal = try options.load().configuration.policy.seal else {
            StandardError.write("authres: seal: not configured: set seal.domain, seal.selector and seal.key-file")
            throw Sysexit.configuration
        }
        try StandardOutput.write(Self.text(of: seal))
    }

    static func text(of seal: FieldSeal) -> String {
        let value = Array(seal.keyRecord.utf8)
        let strings = stride(from: 0, to: value.count, by: 255).map { Array(value[$0..<min($0 + 255, value.count)]) }
        let answers = Domain(seal.keyName).map { [Question($0, .txt): Answer(.records([.txt(strings)]), ttl: 3600)] }
        return "; name: \(seal.keyName)\n; value: \(seal.keyRecord)\n" + ZoneFile.text(of: answers ?? [:])
    }
}
