import Crypto
import Foundation
import MailSignature
import TestSupport
import Testing

@Suite struct BodyHashesTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let body: String
        let simple: String
        let relaxed: String
        var testDescription: String { name }

        init(_ name: String, _ body: String, simple: String, relaxed: String) {
            self.name = name
            self.body = body
            self.simple = simple
            self.relaxed = relaxed
        }
    }

    static let cases = [
        Case("RFC 6376, 3.4.5", " C \r\nD \t E\r\n\r\n\r\n", simple: " C \r\nD \t E\r\n", relaxed: " C\r\nD E\r\n"),
        Case("nothing", "", simple: "\r\n", relaxed: ""),
        Case("one empty line", "\r\n", simple: "\r\n", relaxed: ""),
        Case("many empty lines", "\r\n\r\n\r\n", simple: "\r\n", relaxed: ""),
        Case("white space alone", " \t ", simple: " \t \r\n", relaxed: ""),
        Case("lines of white space", " \r\n\t\r\n", simple: " \r\n\t\r\n", relaxed: ""),
        Case("no line end at the end", "a\r\nb", simple: "a\r\nb\r\n", relaxed: "a\r\nb\r\n"),
        Case("white space at the end, no line end", "a  ", simple: "a  \r\n", relaxed: "a\r\n"),
        Case("empty lines inside", "a\r\n\r\n\r\nb\r\n", simple: "a\r\n\r\n\r\nb\r\n", relaxed: "a\r\n\r\n\r\nb\r\n"),
        Case("empty lines at the beginning", "\r\n\r\na\r\n", simple: "\r\n\r\na\r\n", relaxed: "\r\n\r\na\r\n"),
        Case("an indented line", "a\r\n  b\r\n", simple: "a\r\n  b\r\n", relaxed: "a\r\n b\r\n"),
        Case("CR alone", "a\rb\r\n", simple: "a\rb\r\n", relaxed: "a\rb\r\n"),
        Case("CR alone at the end", "a\r", simple: "a\r\r\n", relaxed: "a\r\r\n"),
        Case("CR before CRLF", "a\r\r\nb\r\r\n", simple: "a\r\r\nb\r\r\n", relaxed: "a\r\r\nb\r\r\n"),
        Case("LF alone", "a\nb\n", simple: "a\nb\n\r\n", relaxed: "a\nb\n\r\n"),
        Case("LF after white space", "a \nb\r\n", simple: "a \nb\r\n", relaxed: "a \nb\r\n"),
        Case("NUL", "a\0b \0\r\n", simple: "a\0b \0\r\n", relaxed: "a\0b \0\r\n"),
        Case(
            "VT and FF are no white space",
            "a\u{B}\u{C} \u{B}\r\n",
            simple: "a\u{B}\u{C} \u{B}\r\n",
            relaxed: "a\u{B}\u{C} \u{B}\r\n"
        ),
        Case("a no-break space is no white space", "a\u{A0}\r\n", simple: "a\u{A0}\r\n", relaxed: "a\u{A0}\r\n"),
    ]

    @Test(arguments: cases) func `a body is hashed in canonical form`(_ body: Case) throws {
        for chunk in [1, 2, 3, 1000] {
            let digests = Self.digests(of: Array(body.body.utf8), chunk: { chunk })
            for (canonicalization, text) in [(Canonicalization.simple, body.simple), (.relaxed, body.relaxed)] {
                let digest = try #require(digests[canonicalization])
                #expect(digest.octets == Array(SHA256.hash(data: Data(text.utf8))), "pieces of \(chunk)")
                #expect(digest.length == text.utf8.count, "pieces of \(chunk)")
            }
        }
    }

    @Test func `the hashes that RFC 6376 prints for an empty body`() {
        let digests = Self.digests(of: [], chunk: { 1 })
        #expect(
            digests[.simple].map { Data($0.octets).base64EncodedString() }
                == "frcCV1k9oG9oKj3dpUqdJg1PxRT2RSN/XKdLCPjaYaY="
        )
        #expect(
            digests[.relaxed].map { Data($0.octets).base64EncodedString() }
                == "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
        )
    }

    @Test func `random bodies in random pieces are hashed as the letter of the standard has it`() {
        var random = SplitMix64(seed: 6376)
        let words: [[UInt8]] = [
            [0x20], [0x20], [0x09], [0x0D, 0x0A], [0x0D, 0x0A], [0x0D, 0x0A, 0x0D, 0x0A], [0x0D], [0x0A], [0x00],
            [0x20, 0x20], [0x20, 0x0D, 0x0A], [0x0B], [0xC3, 0xA4], Array("word".utf8), Array("a".utf8),
            Array("a line of some length that has single spaces".utf8), [UInt8](repeating: 0x78, count: 700),
        ]
        for number in 0..<1500 {
            var body: [UInt8] = []
            for _ in 0..<random.below(number < 1450 ? 40 : 2000) { body += random.pick(words) }
            let lengths = (0..<random.below(4)).map { _ in UInt64(random.below(body.count + 3)) }
            let largest = random.pick([1, 7, 8, 9, 10, 64, 5000])
            var hashes = BodyHashes(
                Canonicalization.allCases.flatMap { way in
                    [.init(canonicalization: way, length: nil)]
                        + lengths.map { .init(canonicalization: way, length: $0) }
                }
            )
            var rest = body[...]
            while !rest.isEmpty {
                let piece = rest.prefix(1 + random.below(largest))
                hashes.update(Array(piece).span)
                rest = rest.dropFirst(piece.count)
            }
            let digests = hashes.finish()
            for (specification, digest) in digests {
                let canonical = NaiveBody.canonicalized(body, specification.canonicalization)
                let counted = Array(canonical.prefix(Int(specification.length ?? .max >> 1)))
                #expect(digest.length == canonical.count, "body \(number)")
                #expect(digest.octets == Array(SHA256.hash(data: counted)), "body \(number), \(specification)")
            }
        }
    }

    /// The digests of a body that comes in pieces.
    static func digests(of body: [UInt8], chunk: () -> Int) -> [Canonicalization: BodyHashes.Digest] {
        var hashes = BodyHashes(Canonicalization.allCases.map { .init(canonicalization: $0, length: nil) })
        var rest = body[...]
        while !rest.isEmpty {
            let piece = rest.prefix(chunk())
            hashes.update(Array(piece).span)
            rest = rest.dropFirst(piece.count)
        }
        return Dictionary(uniqueKeysWithValues: hashes.finish().map { ($0.key.canonicalization, $0.value) })
    }
}
