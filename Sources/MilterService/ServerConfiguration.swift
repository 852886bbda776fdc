package import Milter
internal import NIOCore

package struct ServerConfiguration: Sendable {
    package var requirements = FilterRequirements()
    /// Connections beyond this number are closed at once.
    package var connectionLimit = 2000
    /// How long an MTA may take to start the negotiation. Postfix starts at once.
    var negotiationTimeout: TimeAmount = .seconds(30)
    /// How long an MTA may be silent, usually waiting for its client. RFC 5321 4.5.3.2 lets a client take 5 minutes
    /// for a command and 3 for a piece of data; a filter that gives up before its MTA would cost mail.
    var idleTimeout: TimeAmount = .hours(2)
    /// How long an MTA may take for one frame. It writes a frame at once, so one that is slower is broken or hostile.
    var frameTimeout: TimeAmount = .minutes(5)
    /// How long an MTA may leave our replies unread while there is no room for more.
    var writeTimeout: TimeAmount = .minutes(5)
    /// How often an MTA is told that the answer takes longer. Postfix waits 30 s at most stages, 300 s at the end.
    var progressInterval: TimeAmount = .seconds(10)
    /// The interval between reports of refused connections.
    var refusalInterval: TimeAmount = .seconds(5)

    package init() {}
}
