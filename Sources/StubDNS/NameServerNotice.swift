/// What a resolver has to report to those who run it.
package enum NameServerNotice: Hashable, Sendable {
    /// None of these has answered anything for twice the time that one is waited for.
    case noneAnswers([NameServer])
    case answersAgain(NameServer, after: Duration)

    package var servers: [NameServer] {
        switch self {
        case .noneAnswers(let servers): servers
        case .answersAgain(let server, _): [server]
        }
    }
}

extension NameServerNotice: CustomStringConvertible {
    package var description: String {
        switch self {
        case .noneAnswers(let servers):
            "no name server answers (\(servers.map(\.description).joined(separator: ", "))): checks are temperror until one does"
        case .answersAgain(let server, let duration):
            "name server \(server) answers again, after \(duration.components.seconds) s"
        }
    }
}
