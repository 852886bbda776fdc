package import AuthServ

/// The result of asking one server.
package struct ServerReport: Sendable {
    package let url: ServerURL
    /// Seconds since 1970.
    package let askedAt: Int64
    /// `TLSv1.3`; nil if there was no TLS. With TLS, the certificate was valid.
    package let tlsVersion: String?
    package let answer: Result<Announcement, QueryFailure>
    /// The dialogue, with only the verbs of lines that could be secret.
    package let transcript: [String]
}

extension Conversation {
    /// The lines for people. Of our commands, only the verb is shown. Once a login has begun, only the status of the
    /// server's lines is shown, since the server can repeat what it was sent; lists of capabilities are excepted.
    var transcript: [String] {
        var hasSecrets = false
        return lines.map { line in
            switch line {
            case .client(let verb, _):
                hasSecrets = hasSecrets || verb.isLogin
                return "C: \(verb.rawValue)"
            case .server(let octets):
                return "S: " + (hasSecrets ? Self.status(octets) : PrintableText(octets).text)
            }
        }
    }

    /// `+OK`, `235`, `* CAPABILITY`, `A003 OK`: the beginning of a reply, and nothing that can have come from us.
    private static func status(_ line: [UInt8]) -> String {
        let words = line.split(separator: UInt8(ascii: " "), maxSplits: 2, omittingEmptySubsequences: true)
        let known = ["+", "+OK", "-ERR", "*", "OK", "NO", "BAD", "BYE", "CAPABILITY", ".", "AUTHSERV"]
        var shown: [String] = []
        for word in words.prefix(2) {
            let text = PrintableText(word).text
            let isCode = word.count >= 3 && word.prefix(3).allSatisfy { (0x30...0x39).contains($0) }
            // A001, as libcurl numbers its commands.
            let isTag =
                word.count == 4 && (0x41...0x5A).contains(word[word.startIndex])
                && word.dropFirst().allSatisfy { (0x30...0x39).contains($0) }
            if known.contains(text.uppercased()) || isTag {
                shown.append(text)
            } else if isCode {
                shown.append(PrintableText(word.prefix(3)).text)
                break
            } else {
                break
            }
        }
        return (shown + ["..."]).joined(separator: " ")
    }
}
