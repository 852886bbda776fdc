import Authentication
import Logging
import MailPolicy

/// Everything that can be configured, with its defaults. ``Setting/all`` says how each value is written and read.
struct Configuration: Sendable {
    /// What the engine follows.
    var policy = Policy()
    /// What is done with messages because of their verdicts.
    var rules = PolicyRules()
    /// Names in the `by` clause of Received fields that this site's own hosts write; nil stands for the authserv-id.
    var ownHosts: [String]?
    /// Where the MTA finds the filter, for example `unix:/run/authres/milter.sock`.
    var socket = "unix:/run/authres/milter.sock"
    /// Permission bits of a Unix socket.
    var socketMode: UInt16 = 0o660
    /// The group that owns a Unix socket; nil leaves the process's own.
    var socketGroup: String?
    /// Name servers as `ADDRESS` or `ADDRESS:PORT`; none stands for those of /etc/resolv.conf.
    var nameServers: [String] = []
    /// How long one name server is waited for before the question is asked again.
    var nameServerTimeout: Duration = .seconds(5)
    /// Connections of MTAs that are served at once.
    var connections = 2000
    var logLevel = Logger.Level.info
    /// The DKIM key that seals our own field; nil leaves it unsealed.
    var seal = Seal()

    /// Where the key stands that signs our Authentication-Results field (RFC 8601, 7.1).
    struct Seal: Hashable, Sendable {
        var domain: String?
        var selector: String?
        var keyFile: String?
    }
}
