import Foundation
import HostileInput
import TestSupport
import Testing

/// The corpus of the fuzzer, and a few changes of each of its files: a short run with a fixed seed. Every input that the
/// fuzzer has found is in the corpus. `AUTHRES_MUTATIONS=1000000` makes so many changes for each reader.
@Suite struct HostileReaderTests {
    private static let changes = ProcessInfo.processInfo.environment["AUTHRES_MUTATIONS"].flatMap(Int.init) ?? 400

    private static func corpus(of reader: String) throws -> [[UInt8]] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../fuzz/corpus/\(reader)")
        let files = try FileManager.default.contentsOfDirectory(
            at: folder.standardized,
            includingPropertiesForKeys: nil
        )
        return try files.sorted { $0.path < $1.path }.map { [UInt8](try Data(contentsOf: $0)) }
    }

    /// A reader that cannot bear an input, or breaks a law, stops the process: that the end is reached is the test.
    @Test(arguments: HostileReader.all.map(\.name))
    func `a reader returns from everything in its corpus, and from changes of it`(name: String) throws {
        let reader = try #require(HostileReader.named(name))
        let corpus = try Self.corpus(of: name)
        #expect(corpus.count >= 3)
        for octets in corpus { reader.read(octets) }
        var random = SplitMix64(seed: 15)
        for _ in 0..<Self.changes {
            var octets = random.pick(corpus)
            for _ in 0...random.below(4) { Self.change(&octets, corpus, &random) }
            reader.read(octets)
        }
    }

    private static func change(_ octets: inout [UInt8], _ corpus: [[UInt8]], _ random: inout SplitMix64) {
        let place = random.below(octets.count + 1)
        let length = min(random.below(40), octets.count - place)
        switch random.below(6) {
        case 0 where place < octets.count: octets[place] ^= 1 << UInt8(random.below(8))
        case 1 where place < octets.count: octets[place] = UInt8(random.below(256))
        case 2: octets.removeSubrange(place..<(place + length))
        case 3: octets.insert(contentsOf: octets[place..<(place + length)], at: random.below(octets.count + 1))
        case 4:
            let other = random.pick(corpus)
            let start = random.below(other.count + 1)
            octets.insert(contentsOf: other[start..<min(start + 60, other.count)], at: place)
        default: octets.insert(random.pick(Array(" \t\r\n\0;=:\"\\()<>@,./%$".utf8)), at: place)
        }
    }
}
