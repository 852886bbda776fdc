internal import Files

/// Ends the reading of a packed file that unpacks to more than mail does. What is not packed needs none: its size is what
/// somebody could store.
struct BombGuard {
    /// Octets of a message: more than mail systems take.
    static let messageLimit = 256 << 20
    /// Octets of a message from which on it is looked at how well it was packed, and how well mail can be: a text of one
    /// line over and over comes to about a hundred.
    static let suspiciousLength = 16 << 20
    static let ratioLimit = 200

    /// Octets by which the beginning of a message may be missed.
    private static let slack = 1 << 20

    /// About where the message at hand began, unpacked and packed.
    private var start = (unpacked: 0, packed: 0)

    /// - Parameter messageLength: octets of the message that has not come to its end.
    mutating func check(_ input: InputFile, messageLength: Int) throws {
        guard let now = input.packing else { return }
        guard messageLength >= Self.suspiciousLength else {
            if messageLength == 0 || now.unpacked - start.unpacked > messageLength + Self.slack { start = now }
            return
        }
        let ratio = (now.unpacked - start.unpacked) / max(now.packed - start.packed, 1)
        if messageLength > Self.messageLimit || ratio > Self.ratioLimit {
            throw ArchiveFailure.bomb(input.name, octets: messageLength, ratio: ratio)
        }
    }
}
