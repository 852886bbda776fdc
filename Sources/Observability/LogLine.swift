internal import Logging

/// One line of the log.
struct LogLine {
    private let level: Logger.Level
    private let message: String
    private let details: [(key: String, value: Logger.MetadataValue)]
    private let time: String?

    /// - Parameter time: nil if the reader of the line knows it.
    init(_ event: LogEvent, metadata: Logger.Metadata, time: String?) {
        level = event.level
        message = event.message.description
        details = metadata.merging(event.metadata ?? [:]) { $1 }.ordered
        self.time = time
    }

    func text(_ format: LogFormat) -> String {
        switch format {
        case .text: (time.map { "\($0) \(level) authres: " } ?? "") + message
        case .logfmt: pairs.map { "\($0.key)=\(Self.logfmt($0.value))" }.joined(separator: " ")
        case .json: "{" + pairs.map { "\"\($0.key)\":\(Self.json($0.value))" }.joined(separator: ",") + "}"
        }
    }

    private var pairs: [(key: String, value: Logger.MetadataValue)] {
        let known: [(key: String, value: Logger.MetadataValue)] = [
            (key: "level", value: .string(level.rawValue)), (key: "message", value: .string(message)),
        ]
        return (time.map { [(key: "time", value: .string($0))] } ?? []) + known + details
    }

    private static func logfmt(_ value: Logger.MetadataValue) -> String {
        let text = plain(value)
        let isWord = !text.isEmpty && text.utf8.allSatisfy { (0x21...0x7E).contains($0) && !"\"=\\".utf8.contains($0) }
        return isWord ? text : quoted(text)
    }

    private static func plain(_ value: Logger.MetadataValue) -> String {
        switch value {
        case .string(let text): text
        case .stringConvertible(let value): value.description
        case .array(let values): values.map(plain).joined(separator: ",")
        case .dictionary(let values): values.ordered.map { "\($0.key):\(plain($0.value))" }.joined(separator: ",")
        }
    }

    private static func json(_ value: Logger.MetadataValue) -> String {
        switch value {
        case .string(let text): quoted(text)
        case .stringConvertible(let value) where value is Int || value is Bool || value is Double: value.description
        case .stringConvertible(let value): quoted(value.description)
        case .array(let values): "[" + values.map(json).joined(separator: ",") + "]"
        case .dictionary(let values):
            "{" + values.ordered.map { "\(quoted($0.key)):\(json($0.value))" }.joined(separator: ",") + "}"
        }
    }

    /// As in JSON (RFC 8259, 7), in ASCII: nothing from outside can end a line or move a terminal's cursor.
    private static func quoted(_ text: String) -> String {
        text.utf16.reduce(into: "\"") { result, unit in
            switch unit {
            case 0x22: result += "\\\""
            case 0x5C: result += "\\\\"
            case 0x20...0x7E: result.unicodeScalars.append(Unicode.Scalar(UInt8(unit)))
            default:
                let digits = String(unit, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        } + "\""
    }
}
