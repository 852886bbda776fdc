import Foundation

/// A directory that is gone after the test.
package final class TemporaryFolder {
    package let path = FileManager.default.temporaryDirectory.path + "/authres-\(UUID().uuidString)"

    package init() throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    package func octets(_ name: String) -> [UInt8]? {
        FileManager.default.contents(atPath: path + "/" + name).map { Array($0) }
    }
}
