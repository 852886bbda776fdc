internal import AuthServ
internal import Files
internal import Foundation
internal import Glibc
package import ServerQuery

/// The file in which servers' answers are kept between runs: `~/.cache/authres/servers.json`.
package struct AnswerCacheFile {
    private let path: String

    /// Nil if there is no home directory.
    package init?(environment: [String: String] = ProcessInfo.processInfo.environment) {
        let home = environment["HOME"].flatMap { $0.hasPrefix("/") ? $0 + "/.cache" : nil }
        // XDG Base Directory Specification: a relative path is not valid.
        guard let base = environment["XDG_CACHE_HOME"].flatMap({ $0.hasPrefix("/") ? $0 : nil }) ?? home else {
            return nil
        }
        path = base + "/authres/servers.json"
    }

    /// The answers kept. A file that another user has written, or could have, is not trusted.
    package func read() -> KnownServers {
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: path),
            attributes[.type] as? FileAttributeType == .typeRegular,
            let owner = attributes[.ownerAccountID] as? Int, owner == Int(geteuid()),
            let mode = attributes[.posixPermissions] as? Int, mode & 0o022 == 0,
            let octets = FileManager.default.contents(atPath: path)
        else { return KnownServers() }
        return KnownServers(Array(octets)) ?? KnownServers()
    }

    /// Replaces the file; nothing is kept if there is no place for it.
    package func write(_ known: KnownServers) {
        let directory = LibCFiles.directory(of: path)
        let partial = path + ".\(getpid())"
        try? FileManager.default.createDirectory(
            atPath: directory,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        let isWritten = FileManager.default.createFile(
            atPath: partial,
            contents: Data(known.octets),
            attributes: [.posixPermissions: 0o600]
        )
        guard isWritten else { return }
        do {
            try LibCFiles.rename(partial, to: path)
        } catch {
            LibCFiles.remove(partial)
        }
    }
}
