internal import FoundationEssentials

/// The mail that carries a report (RFC 9990; RFC 5322; RFC 2045): a line for people, and the gzipped document.
package struct ReportMessage: Hashable, Sendable {
    /// Lines end with CRLF.
    package let octets: [UInt8]

    /// Characters in a line of base64 (RFC 2045, 6.8).
    private static let lineLength = 76

    /// - Parameters:
    ///   - from: the address in From, as written in a header: an addr-spec.
    ///   - time: when the report was made, in seconds since 1970: a message that is made again has the same octets.
    /// - Returns: nil if the document cannot be compressed.
    package init?(_ report: AggregateReport, from: String, to destination: ReportDestination, at time: Int64) {
        guard let compressed = LibZ.gzip(Array(report.xml.utf8)) else { return nil }
        let boundary = "=_\(report.uniqueID)"
        let period = "\(Self.date(report.period.begin)) to \(Self.date(report.period.lastSecond))"
        let header = [
            "From: \(Self.displayName(report.reporter.organization)) <\(from)>",
            "To: <\(destination.address)>",
            // Folded where RFC 9990 allows white space.
            "Subject: Report Domain: \(report.policy.domain)\r\n Submitter: \(report.reporter.submitter)\r\n"
                + " Report-ID: <\(report.id)>",
            "Date: \(Self.date(time))",
            "Message-ID: <\(report.id)>",
            "Auto-Submitted: auto-generated",
            "MIME-Version: 1.0",
            "Content-Type: multipart/mixed;\r\n boundary=\"\(boundary)\"",
        ]
        let text = """
            This is a DMARC aggregate report (RFC 9990) of \(report.reporter.submitter)
            on \(report.policy.domain),
            \(period): \(report.messages + report.dropped) messages.
            It is meant for programs; the attached file can also be read by people.
            """
        let parts = [
            "--\(boundary)",
            "Content-Type: text/plain; charset=us-ascii",
            "",
            text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n"),
            "",
            "--\(boundary)",
            "Content-Type: application/gzip;\r\n name=\"\(report.fileName)\"",
            "Content-Transfer-Encoding: base64",
            "Content-Disposition: attachment;\r\n filename=\"\(report.fileName)\"",
            "",
            Self.base64(compressed),
            "--\(boundary)--",
            "",
        ]
        octets = Array((header + [""] + parts).joined(separator: "\r\n").utf8)
    }

    private static func base64(_ octets: [UInt8]) -> String {
        var rest = Substring(Data(octets).base64EncodedString())
        var lines: [Substring] = []
        while !rest.isEmpty {
            lines.append(rest.prefix(lineLength))
            rest = rest.dropFirst(lineLength)
        }
        return lines.joined(separator: "\r\n")
    }

    /// An encoded-word (RFC 2047) for text outside ASCII, otherwise a quoted-string.
    private static func displayName(_ name: String) -> String {
        guard name.utf8.allSatisfy({ $0 < 0x80 }) else {
            return "=?utf-8?B?\(Data(name.utf8).base64EncodedString())?="
        }
        let escaped = name.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined()
        return "\"\(escaped)\""
    }

    /// date-time (RFC 5322, 3.3), in UTC.
    static func date(_ time: Int64) -> String {
        let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let parts = calendar.dateComponents(
            [.weekday, .day, .month, .year, .hour, .minute, .second],
            from: Date(timeIntervalSince1970: TimeInterval(time))
        )
        func two(_ number: Int?) -> String { (number ?? 0) < 10 ? "0\(number ?? 0)" : "\(number ?? 0)" }
        return "\(weekdays[(parts.weekday ?? 1) - 1]), \(parts.day ?? 1) \(months[(parts.month ?? 1) - 1]) "
            + "\(parts.year ?? 1970) \(two(parts.hour)):\(two(parts.minute)):\(two(parts.second)) +0000"
    }
}
