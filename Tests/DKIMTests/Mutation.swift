import TestSupport

/// Random changes of octets: of messages and of key records.
struct Mutation {
    private var random: SplitMix64

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
    }

    /// What breaks parsers, and what canonicalisation forgives.
    private static let fragments: [[UInt8]] = [
        " ", "\t", "\r\n ", "\r\n\t", "\r\n", "\r", "\n", "\0", "\u{B}", "\u{C}", ";", "=", ":", "==", ";;", "b=",
        " b =",
        "h=", "l=10;", "x=1;", "t=1;", "i=@example.com;", "d=example.org;", "xb=1;", "bh=", "v=1;", "a=rsa-sha256;",
        "From: a@example.org\r\n", "Subject: Buy\r\n", "X: y\r\n", "DKIM-Signature:", "dkim-signature", "from", "From ",
        "p=", "k=ed25519;", "t=s;", "s=*;", "h=sha256;", "AAAA", "\\", "\"", "(", "<", "é",
    ].map { Array($0.utf8) }

    mutating func mutated(_ octets: [UInt8]) -> [UInt8] {
        var octets = octets
        for _ in 0...random.below(3) { mutate(&octets) }
        return octets
    }

    mutating func isHit(oneIn count: Int) -> Bool { random.below(count) == 0 }

    mutating func below(_ bound: Int) -> Int { random.below(bound) }

    private mutating func mutate(_ octets: inout [UInt8]) {
        let place = random.below(octets.count + 1)
        let length = min(random.below(random.pick([2, 8, 80])), octets.count - place)
        switch random.below(8) {
        case 0 where place < octets.count: octets[place] ^= 1 << UInt8(random.below(8))
        case 1 where place < octets.count: octets[place] = UInt8(random.below(256))
        case 2: octets.removeSubrange(place..<(place + length))
        case 3: octets.insert(contentsOf: octets[place..<(place + length)], at: random.below(octets.count + 1))
        case 4: changeSpace(&octets, near: place)
        case 5: swapLines(&octets)
        default: octets.insert(contentsOf: random.pick(Self.fragments), at: place)
        }
    }

    /// White space where there is some already: what relaxed canonicalisation forgives and simple does not.
    private mutating func changeSpace(_ octets: inout [UInt8], near place: Int) {
        guard let space = octets[place...].firstIndex(of: 0x20) else { return }
        octets.replaceSubrange(space...space, with: random.pick(["  ", "\t", " \t ", "\r\n ", "\u{B}", "\r", ""]).utf8)
    }

    private mutating func swapLines(_ octets: inout [UInt8]) {
        let ends = octets.indices.filter { octets[$0] == 0x0A }
        guard ends.count > 3 else { return }
        let first = random.below(ends.count - 2)
        let one = octets[(ends[first] + 1)...ends[first + 1]]
        let two = octets[(ends[first + 1] + 1)...ends[first + 2]]
        octets.replaceSubrange((ends[first] + 1)...ends[first + 2], with: Array(two) + Array(one))
    }
}
