internal import Octets

extension MessageFilter {
    enum Failure: Error, CustomStringConvertible {
        case noMessage
        case noClient
        case noAddress([UInt8])
        case noName([UInt8])
        case noField

        var description: String {
            switch self {
            case .noMessage: "end of message without MAIL FROM"
            case .noClient: "no client address from the MTA"
            case .noAddress(let text): "unusable client address \"\(LogWord(text))\" from the MTA"
            case .noName(let name):
                "the name \"\(LogWord(name))\" cannot be an authserv-id: set authserv-id"
            case .noField: "the field could not be written"
            }
        }
    }
}
