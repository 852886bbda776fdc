internal import Foundation
internal import Glibc

/// One line on the terminal that shows how far a run has come, how fast it is and how long it will take. Nothing if
/// standard error is not a terminal.
package struct ProgressLine {
    /// The total number of octets; nil if it is unknown.
    private let total: Int?
    /// The work that an earlier run had done.
    private let before: (octets: Int, messages: Int)
    private let isShown = LibCFiles.isTerminal(STDERR_FILENO)
    private let start = ContinuousClock.now
    private var next = ContinuousClock.now
    private var width = 0

    private static let interval = Duration.milliseconds(200)
    private static let barWidth = 24

    package init(total: Int?, before: (octets: Int, messages: Int)) {
        self.total = total
        self.before = before
    }

    /// Shows the progress, unless that was done a moment ago.
    package mutating func show(octets: Int, messages: Int) {
        guard isShown, ContinuousClock.now >= next else { return }
        next = ContinuousClock.now.advanced(by: Self.interval)
        let seconds = max(start.duration(to: .now) / .seconds(1), 0.001)
        let line = Self.line(
            octets: octets,
            messages: messages,
            total: total,
            octetRate: Double(octets - before.octets) / seconds,
            messageRate: Double(messages - before.messages) / seconds
        )
        let padding = String(repeating: " ", count: max(0, width - line.count))
        width = line.count
        try? FileHandle.standardError.write(contentsOf: Data(("\r" + line + padding).utf8))
    }

    /// Removes the line.
    package mutating func clear() {
        guard width > 0 else { return }
        try? FileHandle.standardError.write(contentsOf: Data(("\r" + String(repeating: " ", count: width) + "\r").utf8))
        width = 0
    }

    /// `[#####      ] 42%  1,234 messages  8,100/s  1:23 left`; rates are per second.
    package static func line(octets: Int, messages: Int, total: Int?, octetRate: Double, messageRate: Double) -> String
    {
        let count = "\(messages.grouped) messages  \(Int(messageRate).grouped)/s"
        guard let total, total > 0 else { return "\(count)  \((octets >> 20).grouped) MiB" }
        let part = min(Double(octets) / Double(total), 1)
        let marks = Int(part * Double(barWidth))
        let bar = String(repeating: "#", count: marks) + String(repeating: " ", count: barWidth - marks)
        var line = "[\(bar)] \(Int(part * 100))%  \(count)"
        if octetRate > 0 {
            let left = Int((Double(total - octets) / octetRate).rounded(.up))
            line += "  \(max(left, 0).clockTime) left"
        }
        return line
    }
}

extension Int {
    /// `1,234,567`
    package var grouped: String {
        var digits = Array(String(magnitude))
        for index in stride(from: digits.count - 3, to: 0, by: -3) { digits.insert(",", at: index) }
        return (self < 0 ? "-" : "") + String(digits)
    }

    /// Seconds as `1:23` or `1:02:03`.
    fileprivate var clockTime: String {
        func two(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }
        let (hours, minutes, seconds) = (self / 3600, self / 60 % 60, self % 60)
        return hours > 0 ? "\(hours):\(two(minutes)):\(two(seconds))" : "\(minutes):\(two(seconds))"
    }
}
