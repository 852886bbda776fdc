package import AuthServ
package import Authentication
package import DNS
package import Logging
package import MailPolicy
package import Observability
package import ReportStore

/// Everything that can be configured, with its defaults. ``Setting/all`` says how each value is written and read.
package struct ServiceConfiguration: Sendable {
    /// The settings of the engine.
    package var policy = Policy()
    /// What is done with messages because of their verdicts.
    package var rules = PolicyRules()
    /// Whether the filter only judges and logs, and leaves every message as it is.
    package var isDryRun = false
    /// Names in the `by` clause of Received fields that this site's own hosts write; nil means the authserv-id.
    package var ownHosts: [String]?
    /// Where the MTA finds the filter, for example `unix:/run/authres/milter.sock`.
    package var socket = "unix:/run/authres/milter.sock"
    /// Permission bits of a Unix socket.
    package var socketMode: UInt16 = 0o660
    /// The group that owns a Unix socket; nil leaves that of the process.
    package var socketGroup: String?
    /// Name servers as `ADDRESS` or `ADDRESS:PORT`; an empty list means those of /etc/resolv.conf.
    var nameServers: [String] = []
    /// How long to wait for one name server before the question is asked again.
    var nameServerTimeout: Duration = .seconds(5)
    /// Connections of MTAs that are served at the same time.
    package var connections = 2000
    /// Removals that the MTA is asked for; a message that needs more is deferred.
    package var removals = 500
    /// Recipients of one message; one with more is deferred.
    package var recipients = 100_000
    /// Where metrics and health are served; nil serves none.
    package var metrics: String?
    /// Questions that the mail of one client may cause in a minute; what it sends beyond that is deferred.
    package var clientQuestions = 10_000
    package var logLevel = Logger.Level.info
    package var logFormat = LogFormat.text
    /// The DKIM key that seals our own field; nil leaves it unsealed.
    package var seal = Seal()
    /// The key that makes our ARC Sets; nil makes none.
    package var arcSeal = Seal()
    var arcSealMoment = ARCSealMoment.arrival

    /// What is counted for DMARC aggregate reports (RFC 9990), and how they are sent.
    package var reports = Reports()

    package init() {}

    /// How own hosts are asked which authserv-ids they announce.
    package var ask = Ask()
    /// Servers that must announce the name that the filter writes.
    package var announcedBy: [ServerURL] = []

    /// The variable with the password for servers that are asked: a secret, and therefore not a setting.
    package static let askPasswordVariable = "AUTHRES_ASK_PASSWORD"

    package struct Ask: Hashable, Sendable {
        package var hosts: [AskRule] = []
        /// Where own hosts are; an empty list means private networks and this host.
        package var networks: [IPNetwork] = []
        /// How old a message may be to be judged by what its hosts announce now.
        package var horizon = Duration.seconds(30 * 86_400)
        /// How long an answer is kept.
        package var cache = Duration.seconds(86_400)
    }

    package struct Reports: Sendable {
        /// The SQLite file; with nil, nothing is counted.
        package var database: String?
        /// `org_name`; nil means the submitter.
        package var organization: String?
        /// The address that reports are sent from and questions go to.
        package var email: String?
        /// `extra_contact_info`
        package var extraContact: String?
        /// The domain of the receiver; nil means that of the address.
        package var submitter: String?
        /// How the local MTA is reached.
        package var sendBy = "smtp://localhost"
        /// Reports that one run makes.
        package var reportsOfRun = 10_000
        package var storeLimits = ReportDatabase.Limits()
        package var sendLimits = SendRun.Limits()

        /// ``ReportDatabase/Limits/age`` in days.
        var days: Int {
            get { Int(storeLimits.age / 86_400) }
            set { storeLimits.age = Int64(newValue) * 86_400 }
        }
    }

    /// Which messages get an ARC Set of ours (RFC 8617, 5.1).
    enum ARCSealMoment: String, CaseIterable, Sendable {
        /// Messages that external clients deliver.
        case arrival
        /// Messages that our own hosts send on.
        case departure
    }

    /// Where a signing key is, and the names it is published under: of the signature on our Authentication-Results
    /// field (RFC 8601, 7.1), or of our ARC Sets.
    package struct Seal: Hashable, Sendable {
        package var domain: String?
        package var selector: String?
        var keyFile: String?
    }
}
