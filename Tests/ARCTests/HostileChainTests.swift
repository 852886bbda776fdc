import ARC
import DNS
import Mail
import MailSignature
import TestSupport
import Testing

/// What a sender may do to a header that a chain stands in.
@Suite struct HostileChainTests {
    private static let sealed = ["arc-seal", "arc-message-signature", "arc-authentication-results"]
    private static let signed = ["from", "to", "date", "subject", "message-id"]

    /// What the signatures cover, white space aside: every ARC field, and the lowest field of each signed name.
    private static func covered(_ header: [HeaderField]) -> [String] {
        let octets = { (field: HeaderField) in Canonicalization.relaxed.octets(of: field).filter { $0 != 0x20 } }
        let chain = sealed.flatMap { name in header.filter { $0.isNamed(name) } }
        let message = signed.compactMap { name in header.last { $0.isNamed(name) } }
        return chain.map { String(decoding: octets($0), as: UTF8.self) }.sorted()
            + message.map { String(decoding: octets($0), as: UTF8.self) }
    }

    @Test func `five thousand mutations: a changed octet that is covered never passes`() throws {
        let chains = try ["one set", "two sets", "three sets"].map { try #require(ChainCase.named($0)?.sealed) }
        var generator = SplitMix64(seed: 8617)
        let alphabet = Array("abiBsh=;: \t\n()\\\"0159+/rx".utf8) + [0, 0x0D, 0x80, 0xFF]
        var passes = 0
        for round in 0..<5000 {
            let original = chains[round % chains.count]
            var message = original
            for _ in 0...Int.random(in: 0...1, using: &generator) {
                Self.mutate(&message, alphabet, &generator)
            }
            guard message.verdict()?.result == .pass else { continue }
            passes += 1
            #expect(Self.covered(message.header) == Self.covered(original.header), "round \(round)")
            #expect(message.body == original.body, "round \(round)")
        }
        /// White space and order: some of them must have been harmless.
        #expect(passes > 50)
    }

    private static func mutate(_ message: inout SealedMessage, _ alphabet: [UInt8], _ generator: inout SplitMix64) {
        let octet = alphabet.randomElement(using: &generator) ?? 0
        let index = Int.random(in: 0..<message.header.count, using: &generator)
        guard !message.header[index].value.isEmpty else { return }
        let place = Int.random(in: 0..<message.header[index].value.count, using: &generator)
        switch Int.random(in: 0..<10, using: &generator) {
        case 0...2: message.header[index].value[place] = octet
        case 3...4: message.header[index].value.insert(octet, at: place)
        case 5: message.header[index].value.remove(at: place)
        case 6: message.header[index].value.removeSubrange(place...)
        case 7: message.header.swapAt(index, Int.random(in: 0..<message.header.count, using: &generator))
        case 8: message.header.append(message.header[index])
        default: message.body[Int.random(in: 0..<message.body.count, using: &generator)] ^= 1
        }
    }

    /// What it costs is counted by `test_valgrind.py`.
    @Test(.timeLimit(.minutes(1))) func `a hostile header is read to its end`() throws {
        let message = try #require(ChainCase.named("fifty sets by dkimpy")?.sealed)
        let fields = (0..<20_000).map { HeaderField(name: Array("x\($0 % 7)".utf8), value: [0x20, 0x61]) }
        var bloated = message
        bloated.header = message.header + fields
        #expect(bloated.verdict()?.result == .pass)

        /// Fields of one name without end: the first that stands twice is the last that is read.
        let name = Array("ARC-Seal".utf8)
        let value = Array(" i=1; ".utf8) + Array(repeatElement(Array("x".utf8), count: 50).joined())
        bloated.header = Array(repeating: HeaderField(name: name, value: value), count: 50_000)
        #expect(bloated.verdict()?.result == .fail)
    }

    @Test func `nesting without end does not recurse`() {
        let value = Array(repeating: UInt8(ascii: "("), count: 200_000)
        let message = SealedMessage(
            Array("ARC-Authentication-Results: ".utf8) + value + Array("\n\nx\n".utf8),
            keys: [:]
        )
        #expect(message.verdict()?.result == .fail)
    }

    @Test func `instances out of their range and half fields are no crash`() {
        for text in [
            "ARC-Seal:", "ARC-Seal: i", "ARC-Seal: i=", "ARC-Authentication-Results:", "ARC-Message-Signature: ;",
        ] {
            #expect(SealedMessage(Array((text + "\n\n").utf8), keys: [:]).verdict()?.result == .fail, "\(text)")
        }
    }
}
