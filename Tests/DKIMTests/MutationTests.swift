import DKIM
import DNS
import Foundation
import SigningSupport
import Testing

/// Messages that pass, changed at random. What still passes must sign what was signed, under the key that signed it;
/// and wherever libopendkim judges a signature, our own word on it is the same.
///
/// `AUTHRES_MUTATIONS=1000000` in the environment makes a million of them.
@Suite struct MutationTests {
    private static let count = ProcessInfo.processInfo.environment["AUTHRES_MUTATIONS"].flatMap(Int.init) ?? 10_000

    /// Every so many are verified both ways: in a debug build, swift-crypto takes its time. A long run verifies all.
    private static let agreementStride = count > 10_000 ? 1 : 4

    /// One seed a slice, so that a failing number is found again without the ones before it.
    private static let slices = (0..<8).map { UInt64($0) }

    private struct Base: Sendable {
        let name: String
        let time: Int64
        let octets: [UInt8]
        let message: SignedMessage
        let signed: [NaiveSignature.Signed]

        init(_ message: Corpus.Case) {
            name = message.name
            time = message.time
            octets = message.octets
            self.message = message.signedMessage
            signed = NaiveSignature.all(in: self.message)
        }
    }

    /// Messages of one signature that passes and covers the whole body. The largest keys take too long in a debug build.
    private static let bases = Corpus.cases
        .filter { $0.expect == ["pass"] && $0.octets.count < 3000 && !$0.message.contains("l=") }
        .filter { message in
            !message.keys.keys.contains {
                $0.hasPrefix("rsa4096") || $0.hasPrefix("rsa6144") || $0.hasPrefix("rsa8192")
            }
        }
        .map(Base.init)

    @Test(arguments: slices) func `no change of what is signed passes`(_ slice: UInt64) throws {
        try #require(Self.bases.count > 100)
        var mutation = Mutation(seed: slice)
        var passes = 0
        var agreed = 0
        for number in 0..<(Self.count / Self.slices.count) {
            let base = Self.bases[mutation.below(Self.bases.count)]
            let original = base.message
            var message = original
            if mutation.isHit(oneIn: 4) {
                for (name, answer) in original.answers {
                    let records = answer.texts.map { RecordData.txt([mutation.mutated($0)]) }
                    message.answers[name] = Answer(.records(records))
                }
            } else {
                message = SignedMessage(wire: mutation.mutated(base.octets), answers: original.answers)
            }
            let verdicts = message.verdicts(at: base.time, chunk: 1 + mutation.below(2000))
            if number.isMultiple(of: Self.agreementStride) {
                let judgements = HeaderVerifierTests.judgements(on: message)
                #expect(
                    judgements.allSatisfy(HeaderVerifierTests.isAgreed),
                    "\(judgements): slice \(slice), number \(number), \(base.name)"
                )
                agreed += judgements.count { $0.verifier == .library }
            }
            let signed = NaiveSignature.all(in: message)
            guard verdicts.count == signed.count else {
                Issue.record("\(verdicts.count) verdicts, \(signed.count) signatures: slice \(slice), number \(number)")
                continue
            }
            for (verdict, signed) in zip(verdicts, signed) where verdict.result == .pass {
                passes += 1
                #expect(base.signed.contains(signed), "slice \(slice), number \(number), \(base.name)")
                #expect(
                    Self.isKey(message.answers[signed.name], of: original.answers[signed.name]),
                    "key: slice \(slice), number \(number), \(base.name)"
                )
            }
        }
        /// The judge has had work: much of what is changed does not count.
        #expect(passes * 20 > Self.count / Self.slices.count, "\(passes)")
        #expect(agreed * 5 * Self.agreementStride > Self.count / Self.slices.count, "\(agreed)")
    }

    /// True if a key of the answer is one of the original, and one that may be used.
    private static func isKey(_ answer: Answer?, of original: Answer?) -> Bool {
        /// A fold may stand in a record as in a field, with its CR.
        let keys = (original?.texts ?? []).map { key(NaiveSignature.tags(of: $0.filter { $0 != 0x0D })) }
        return (answer?.texts ?? []).contains { text in
            let tags = NaiveSignature.tags(of: text.filter { $0 != 0x0D })
            let isForMail = tags["s"].map { words(of: $0).contains { $0 == "*" || $0 == "email" } } ?? true
            let isForHash = tags["h"].map { words(of: $0).contains("sha256") } ?? true
            return keys.contains(key(tags)) && isForMail && isForHash
                && (tags["v"] ?? Array("DKIM1".utf8)) == Array("DKIM1".utf8)
        }
    }

    /// The beginning of a SubjectPublicKeyInfo with a key of 2,048 bits. Without it what is left is the same key, bare
    /// (erratum 3017 of RFC 6376): the one mutation in a hundred thousand that takes away just that changes nothing.
    private static let infoPrefix = Array("MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A".utf8)

    private static func key(_ tags: [String: [UInt8]]) -> [[UInt8]] {
        let text = (tags["p"] ?? []).filter { $0 != 0x20 && $0 != 0x09 && $0 != 0x0A }
        let bare = text.starts(with: infoPrefix) ? Array(text.dropFirst(infoPrefix.count)) : text
        return [tags["k"] ?? Array("rsa".utf8), bare]
    }

    private static func words(of list: [UInt8]) -> [String] {
        list.split(separator: UInt8(ascii: ":"))
            .map { String(decoding: NaiveSignature.trimmed(Array($0)), as: UTF8.self) }
    }
}
