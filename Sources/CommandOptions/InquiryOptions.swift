package import ArgumentParser
package import AuthServ
internal import Configuration
package import DNS
internal import Files
internal import Foundation
package import ServerQuery

/// How servers are asked which authserv-ids they announce.
package struct InquiryOptions: ParsableArguments {
    package init() {}

    @Option(help: "User names and passwords for servers, as in netrc(5); a file that others can read is refused.")
    package var netrc: String?
    @Option(help: "A file with an OAuth 2 token; refused if others can read it.") package var bearerFile: String?
    @Option(help: "File of trusted CA certificates (PEM), in place of the system's.") package var ca: String?
    @Option(help: "The argument of EHLO (default: localhost).") package var ehlo: String?
    @Option(help: "Time limit for each server, from the lookup to the answer.", transform: Self.duration)
    package var timeout = Duration.seconds(10)
    @Flag(
        name: .customLong("clear-text-login"),
        help: "Log in without TLS to a server on a loopback address. No other server gets a password without TLS."
    ) package var clearTextLogin = false

    private static func duration(_ text: String) throws -> Duration {
        guard let duration = ValueForm<Duration>.duration.read(text), duration <= .seconds(3600) else {
            throw ValidationError("\(text.debugDescription) is not a duration such as 10s, at most an hour")
        }
        return duration
    }

    package func validate() throws {
        guard netrc == nil || bearerFile == nil else {
            throw ValidationError("give only one of --netrc and --bearer-file")
        }
        if let ehlo, Domain(ehlo)?.labels.allSatisfy({ $0.utf8.allSatisfy(Self.isHostOctet) }) != true {
            throw ValidationError("--ehlo \(ehlo): not a host name")
        }
    }

    private static func isHostOctet(_ octet: UInt8) -> Bool {
        switch octet {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
        default: false
        }
    }

    /// - Parameter isOffline: a zone has all names; the host's own files are not used.
    package func inquiry(_ resolver: any Resolver, isOffline: Bool) throws -> ServerInquiry {
        let text = isOffline ? nil : FileManager.default.contents(atPath: HostsFile.path)
        var inquiry = ServerInquiry(
            resolver: resolver,
            hosts: HostsFile(text.map { String(decoding: $0, as: UTF8.self) } ?? "")
        )
        inquiry.credentials = try credentials()
        if let ca {
            try Self.check(ca, isSecret: false)
            inquiry.authorities = ca
        }
        if let ehlo { inquiry.ehloName = ehlo }
        inquiry.timeout = timeout
        inquiry.allowsClearLogin = clearTextLogin
        return inquiry
    }

    private func credentials() throws -> Credentials {
        if let netrc {
            try Self.check(netrc, isSecret: true)
            return .netrc(netrc)
        }
        if let bearerFile {
            try Self.check(bearerFile, isSecret: true)
            let octets = FileManager.default.contents(atPath: bearerFile) ?? Data()
            guard let text = String(validating: octets, as: UTF8.self) else {
                StandardError.write("authres: \(bearerFile): is not UTF-8 text")
                throw Sysexit.usage
            }
            return .bearer(text.trimmingCharacters(in: .whitespacesAndNewlines))
        }
        return ProcessInfo.processInfo.environment[ServiceConfiguration.askPasswordVariable].map { .password($0) }
            ?? .none
    }

    /// Ends the run if a file cannot be read, or if one with secrets can be read by others.
    private static func check(_ path: String, isSecret: Bool) throws {
        do {
            _ = try InputFile(path)
        } catch {
            StandardError.write("authres: \(error)")
            throw Sysexit.noInput
        }
        guard isSecret else { return }
        let attributes = try? FileManager.default.attributesOfItem(atPath: (path as NSString).resolvingSymlinksInPath)
        guard let mode = attributes?[.posixPermissions] as? Int, mode & 0o077 == 0 else {
            StandardError.write("authres: \(path): has secrets and can be read by others; chmod 600 \(path)")
            throw Sysexit.usage
        }
    }

    /// The URLs, or exit code 64: every mistake is reported.
    package func urls(_ texts: [String]) throws -> [ServerURL] {
        var urls: [ServerURL] = []
        var isWrong = false
        for text in texts {
            do {
                urls.append(try ServerURL(text))
            } catch {
                StandardError.write("authres: \(PrintableText(ServerURL.withoutPassword(text).utf8).text): \(error)")
                isWrong = true
            }
        }
        if isWrong { throw Sysexit.usage }
        if case .none = try credentials(), let url = urls.first(where: { $0.user != nil }) {
            let sources = "--netrc, --bearer-file or \(ServiceConfiguration.askPasswordVariable)"
            StandardError.write("authres: \(url): no password for the user: give \(sources)")
            throw Sysexit.usage
        }
        return urls
    }
}
