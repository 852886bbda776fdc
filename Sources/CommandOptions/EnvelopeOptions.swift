package import ArgumentParser
internal import Authentication
package import DNS
internal import Foundation
internal import Mail
internal import MailAddresses
package import StoredMail
internal import Trace

/// The flags that make a ``StoredMail/GivenEnvelope``.
package struct EnvelopeOptions: ParsableArguments {
    package init() {}

    @Option(
        name: .customLong("ip"),
        help: "Address of the SMTP client (default: recovered from the header).",
        transform: Self.address
    ) package var address: IPAddress?
    @Option(name: .customLong("helo"), help: "Argument of HELO or EHLO (default: recovered from the header).")
    package var helo: String?
    @Option(name: .customLong("mail-from"), help: "Argument of MAIL FROM, <> for none (default: recovered).")
    package var mailFrom: String?
    @Option(name: .customLong("auth-user"), help: "SMTP AUTH identity of the client (default: none).")
    package var authenticatedUser: String?
    @Option(name: .customLong("auth-type"), help: "SASL mechanism the client used.")
    package var mechanism: String?
    @Option(
        name: .customLong("auth-param"),
        help: "The AUTH parameter that such a client gave to MAIL, in xtext (RFC 4954, 5; default: none)."
    )
    package var authParameter: String?
    @Option(
        name: .customLong("at"),
        help: """
            When signatures must be valid: received (the time of receipt according to the header, or else now), now, or a \
            date such as 2015-03-01, 2015-03-01T12:00:00Z or "1 Mar 2015 12:00:00 +0000".
            """
    )
    package var time = JudgementTime.received

    private static func address(_ text: String) throws -> IPAddress {
        guard let address = IPAddress(text) else { throw ValidationError("\"\(text)\" is not an IP address") }
        return address
    }

    package var given: GivenEnvelope {
        let isSubmission = authenticatedUser != nil || mechanism != nil
        return GivenEnvelope(
            client: address,
            helo: helo.map { Array($0.utf8) },
            mailFrom: mailFrom.map { Array($0.utf8) },
            submission: isSubmission
                ? Submission(
                    identity: Array((authenticatedUser ?? "").utf8),
                    mechanism: Array((mechanism ?? "").utf8),
                    author: authParameter.map { AuthParameter(Array($0.utf8)) }
                ) : nil,
            time: time
        )
    }
}

extension JudgementTime: ExpressibleByArgument {
    /// A date of RFC 5322 or RFC 3339 (a day alone means its beginning, UTC), or seconds since 1970.
    package init?(argument: String) {
        switch argument {
        case "received": self = .received
        case "now": self = .now
        default:
            if let seconds = Int64(argument) {
                guard Self.years.contains(seconds) else { return nil }
                self = .at(DateTime(secondsSince1970: seconds))
            } else if let date = DateTime(Array(argument.utf8)) {
                self = .at(date)
            } else if let date = Self.date(argument) ?? Self.date(argument + "T00:00:00Z") {
                self = .at(DateTime(secondsSince1970: Int64(date.timeIntervalSince1970)))
            } else {
                return nil
            }
        }
    }

    /// The years 1 to 9999, which RFC 3339 can write, in seconds since 1970.
    private static let years: ClosedRange<Int64> = -62_135_596_800...253_402_300_799

    /// Also nil for a day or an hour that does not exist: Foundation takes 30 February for 1 March.
    private static func date(_ text: String) -> Date? {
        let local = text.prefix(19) + "Z"
        guard let written = try? Date(String(local), strategy: .iso8601), written.formatted(.iso8601) == local else {
            return nil
        }
        return try? Date(text, strategy: .iso8601)
    }
}
