internal import Foundation
package import Logging

/// Writes the log to standard error, one line per event, in one of the formats.
///
/// Where the journal reads standard error, a line begins with its priority (`<4>`, sd-daemon(3)) and has no time: the
/// journal knows both.
package struct LineLogHandler: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    package var logLevel = Logger.Level.info
    private let format: LogFormat
    private let isForJournal: Bool

    package init(_ format: LogFormat, environment: [String: String] = ProcessInfo.processInfo.environment) {
        self.format = format
        isForJournal = environment["JOURNAL_STREAM"].map(LibCService.isStandardError) ?? false
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let time = isForJournal ? nil : LibCService.time(isUniversal: format != .text)
        let line = LogLine(event, metadata: metadata, time: time).text(format)
        LogWriter.shared.write((isForJournal ? event.level.priority : "") + line + "\n")
    }
}

extension Logger.Level {
    /// The priority as in syslog(3).
    fileprivate var priority: String {
        switch self {
        case .trace, .debug: "<7>"
        case .info: "<6>"
        case .notice: "<5>"
        case .warning: "<4>"
        case .error: "<3>"
        case .critical: "<2>"
        }
    }
}
