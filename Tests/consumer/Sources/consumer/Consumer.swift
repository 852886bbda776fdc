import AuthResults
import AuthResultsLint
import FieldProvenance
import Mail

/// What a mail program shows of a message: who vouches for its author, read from the fields of the user's own provider.
@main
enum Consumer {
    /// One line a field that may be believed: who reports, DMARC's word, the author's domain, and who signed.
    static func summary(of message: [UInt8], at provider: TrustBoundary) -> String {
        TrustedResults(in: Message(message).header, within: provider).believable().map { field in
            let read = TolerantReading(field.value)
            let results = read.results.filter(\.isRegistered)
            let dmarc = results.first(.dmarc)
            let signers = results.all(.dkim).filter { $0.result == "pass" }.compactMap {
                $0["header.d"] ?? $0["header.i"]
            }
            return "\(read.authservID ?? "-"): \(dmarc?.result ?? "-") from=\(dmarc?["header.from"] ?? "-") "
                + "signed=\(signers.joined(separator: ",")) findings=\(read.findings.count { $0.severity == .error })"
        }.joined(separator: "\n")
    }

    static func main() throws {
        for provider in Provider.all {
            let found = summary(of: provider.message, at: provider.boundary)
            guard found == provider.expected else { throw Failure.unexpected(provider.name, found) }
            print("\(provider.name):\n\(found)")
        }
        try Written.check()
    }

    enum Failure: Error {
        case unexpected(String, String)
        case notOnTop, notTheSame
    }
}
