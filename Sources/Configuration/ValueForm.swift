internal import AuthServ

/// How the text of a setting's value is read and written: durations, sizes, networks, words.
package struct ValueForm<Value: Sendable>: Sendable {
    /// The name of a value in a synopsis: `duration`.
    let name: String
    /// What to write, as shown in a mistake: `a duration such as 20s, 500ms or 2m`.
    package let description: String
    package let read: @Sendable (String) -> Value?
    /// Nil for a value that is not set.
    let show: @Sendable (Value) -> String?

    package func value(of text: String) throws(Setting.Mistake) -> Value {
        guard let value = read(text) else {
            throw Setting.Mistake(text: "\(ServerURL.withoutPassword(text).debugDescription) is not \(description)")
        }
        return value
    }

    /// The same form where the default is to have no value. A text that is not a value is still a mistake: it must
    /// not become nil.
    var optional: ValueForm<Value?> {
        ValueForm<Value?>(
            name: name,
            description: description,
            read: { read($0).map(Optional.some) },
            show: { $0.flatMap(show) }
        )
    }
}

extension ValueForm where Value == String {
    /// Any text that is not empty and holds no control character.
    package static var text: ValueForm {
        ValueForm(
            name: "text",
            description: "text without control characters",
            read: { text in text.isEmpty || text.utf8.contains { $0 < 0x20 || $0 == 0x7F } ? nil : text },
            show: { $0 }
        )
    }
}

extension ValueForm where Value == Bool {
    static var truth: ValueForm {
        ValueForm(
            name: "true|false",
            description: "true or false",
            read: { ["true": true, "false": false][$0.lowercased()] },
            show: { String($0) }
        )
    }
}

extension ValueForm where Value == Duration {
    package static var duration: ValueForm {
        ValueForm(
            name: "duration",
            description: "a duration such as 20s, 500ms, 2m, 24h or 30d",
            read: { text in
                let digits = text.prefix { $0.isASCII && $0.isNumber }
                guard let number = Int64(digits), number > 0, number <= 1_000_000 else { return nil }
                switch text.dropFirst(digits.count) {
                case "ms": return .milliseconds(number)
                case "s": return .seconds(number)
                case "m": return .seconds(number * 60)
                case "h": return .seconds(number * 3600)
                case "d": return .seconds(number * 86_400)
                default: return nil
                }
            },
            show: { duration in
                let milliseconds =
                    duration.components.seconds * 1000
                    + duration.components.attoseconds / 1_000_000_000_000_000
                if milliseconds > 0, milliseconds % 86_400_000 == 0 { return "\(milliseconds / 86_400_000)d" }
                if milliseconds > 0, milliseconds % 3_600_000 == 0 { return "\(milliseconds / 3_600_000)h" }
                return milliseconds % 1000 == 0 ? "\(milliseconds / 1000)s" : "\(milliseconds)ms"
            }
        )
    }
}

extension ValueForm where Value == Int {
    /// A whole number within bounds.
    package static func number(_ range: ClosedRange<Int>) -> ValueForm {
        ValueForm(
            name: "number",
            description: "a number from \(range.lowerBound) to \(range.upperBound)",
            read: { text in Int(text).flatMap { range.contains($0) ? $0 : nil } },
            show: { String($0) }
        )
    }

    /// A number of octets within bounds.
    package static func size(_ range: ClosedRange<Int>) -> ValueForm {
        ValueForm(
            name: "size",
            description: "a size such as 65536, 256KiB or 1MiB, from \(range.lowerBound) to \(range.upperBound) octets",
            read: { text in
                let digits = text.prefix { $0.isASCII && $0.isNumber }
                guard let number = Int(digits) else { return nil }
                let unit: Int
                switch text.dropFirst(digits.count) {
                case "": unit = 1
                case "KiB": unit = 1024
                case "MiB": unit = 1024 * 1024
                default: return nil
                }
                let (octets, overflow) = number.multipliedReportingOverflow(by: unit)
                return overflow || !range.contains(octets) ? nil : octets
            },
            show: { $0 % 1024 == 0 ? "\($0 / 1024)KiB" : String($0) }
        )
    }
}

extension ValueForm where Value == UInt16 {
    /// Permission bits, in octal as chmod(1) takes them.
    static var fileMode: ValueForm {
        ValueForm(
            name: "mode",
            description: "permission bits in octal such as 0660",
            read: { text in UInt16(text, radix: 8).flatMap { $0 <= 0o777 ? $0 : nil } },
            show: { "0" + String($0, radix: 8) }
        )
    }
}

extension ValueForm where Value: RawRepresentable<String> & CaseIterable {
    static var word: ValueForm {
        ValueForm(
            name: Value.allCases.map(\.rawValue).joined(separator: "|"),
            description: "one of " + Value.allCases.map(\.rawValue).joined(separator: ", "),
            read: { Value(rawValue: $0) },
            show: { $0.rawValue }
        )
    }
}
