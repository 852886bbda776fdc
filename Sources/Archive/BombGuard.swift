internal import Files

/// Ends the reading of a packed file that unpacks to more than mail does. Unpacked files need no guard: their size is
/// what could be stored.
struct BombGuard {
    /// The maximum length of a message: more than mail systems accept.
    static let messageLimit = 256 << 20
    /// Octets of a message from which its compression ratio is checked, and the ratio that mail can reach: a text
    /// that repeats one line reaches about a hundred.
    static let suspiciousLength = 16 << 20
    static let ratioLimit = 200

    /// Octets by which the beginning of a message may be misjudged.
    private static let slack = 1 << 20

    /// Where the current message began, approximately, unpacked and packed.
    private var start = (unpacked: 0, packed: 0)

    /// - Parameter messageLength: octets of the message that has not ended yet.
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
