import DKIM
import Metrics
import SPF
import StubDNS

/// What runs: the program and the libraries that are loaded, which may be newer than those it was built with.
enum Build {
    static let version = "0.1.0"

    /// Names as they are in labels and on the page of the version.
    static var parts: [(name: String, version: String)] {
        [
            ("version", version), ("commit", LibCBuild.commit), ("swift", swift), ("libspf2", SPFLibrary.version),
            ("libopendkim", DKIMLibrary.version), ("cares", StubResolver.libraryVersion),
        ]
    }

    /// For `--version`: the version stands alone on the first line.
    static var text: String {
        ([version] + parts.dropFirst().map { "\($0.name) \($0.version)" }).joined(separator: "\n")
    }

    static var labels: [MetricFamily.Label] { parts.map { MetricFamily.Label($0.name, $0.version) } }

    /// The language that the compiler speaks.
    private static var swift: String {
        #if compiler(>=6.4)
            "6.4 or later"
        #elseif compiler(>=6.3)
            "6.3"
        #else
            "6.2"
        #endif
    }
}
