import Mail
import Mailboxes
import TestSupport
import Testing

/// Content-Length: whose word it is, and when it is believed.
@Suite struct MboxCountsTests {
    static let from = MboxReaderTests.from
    static let inner = "From x@y.example Fri Jul  8 12:08:34 2011\n"

    static func message(_ body: String, header: String = "A: 1\n", count: Int? = nil) -> String {
        "\(from)\(header)Content-Length: \(count ?? body.utf8.count)\n\n\(body)\n"
    }

    struct Case: CustomTestStringConvertible {
        let testDescription: String
        let mbox: String
        let isProven: Bool
        /// Messages if the counts are said to be right, and if nothing is said.
        let said: Int
        let found: Int
        init(_ name: String, _ mbox: String, isProven: Bool, said: Int, found: Int) {
            testDescription = name
            self.mbox = mbox
            self.isProven = isProven
            self.said = said
            self.found = found
        }
    }

    static let plain = message("x\n")
    static let embedded = message("one\n\n\(inner)two\n")
    static let forwarded = message("one\n\n\(inner)Subject: x\n\ntwo\n")
    static let victim = "\(from)Received: x\nTo: v\n\nx\n\n"
    static let victimWithCount = message("x\n", header: "To: v\n")

    /// A message whose count leads over what is behind it.
    static func swallowing(_ others: String) -> String {
        message("x\n", count: 2 + 1 + others.utf8.count - (others.hasSuffix("\n\n") ? 1 : 0))
    }

    static let cases = [
        Case("a separator in a body", plain + embedded + plain, isProven: true, said: 3, found: 3),
        Case("a message in a body", plain + forwarded + plain, isProven: true, said: 3, found: 3),
        Case("at the end", plain + embedded, isProven: true, said: 2, found: 2),
        Case("nothing to tell apart", plain + plain, isProven: false, said: 2, found: 2),
        Case("a single message", embedded, isProven: false, said: 1, found: 2),
        Case(
            "a single message that swallows all others",
            swallowing(victim + victim) + victim + victim,
            isProven: false,
            said: 1,
            found: 3
        ),
        Case(
            "a message that swallows one with a right count",
            plain + swallowing(victimWithCount) + victimWithCount + plain,
            isProven: false,
            said: 3,
            found: 4
        ),
        Case(
            "a message that swallows one as it was delivered",
            plain + swallowing(victim) + victim + plain,
            isProven: false,
            said: 3,
            found: 4
        ),
        Case(
            "another message without a count",
            plain + embedded + "\(from)A: 1\n\nx\n\n",
            isProven: false,
            said: 3,
            found: 4
        ),
        Case(
            "another message with a wrong count",
            plain + embedded + message("x\n", count: 1) + plain,
            isProven: false,
            said: 4,
            found: 5
        ),
        Case(
            "a count that ends in the middle of another message",
            plain + message("x\n", count: 70) + victim + plain,
            isProven: false,
            said: 4,
            found: 4
        ),
        Case(
            "a count beyond the end",
            plain + message("x\n", count: 9_999_999) + victim + plain,
            isProven: false,
            said: 4,
            found: 4
        ),
    ]

    static func offsets(_ mbox: String, believing: Bool, in size: Int = .max) -> (offsets: [Int], warnings: Int) {
        let octets = Array(mbox.utf8)
        var reader = MboxReader(variant: .mboxcl2, believesCounts: believing)
        var offsets: [Int] = []
        var warnings = 0
        func take(_ event: MboxReader.Event) {
            switch event {
            case .messageStart(_, let offset): offsets.append(offset)
            case .warning: warnings += 1
            case .preamble, .octets, .messageEnd: break
            }
        }
        for var piece in octets.pieces(of: size) {
            while let event = reader.next(
                &piece,
                lookAhead: { octets.dropFirst($0).prefix(MboxReader.lookAheadLength) }
            ) {
                take(event)
            }
        }
        while let event = reader.end() { take(event) }
        return (offsets, warnings)
    }

    @Test(arguments: cases) func `counts are believed that are said to be right, unless they are not`(_ given: Case) {
        let whole = Self.offsets(given.mbox, believing: true)
        #expect(whole.offsets.count == given.said)
        for size in [1, 5, 17, 100] {
            #expect(Self.offsets(given.mbox, believing: true, in: size) == whole)
        }
    }

    @Test(arguments: cases) func `counts are proven by all of a file, or are the senders' word`(_ given: Case) {
        let octets = Array(given.mbox.utf8)
        var detection = MboxDetection(beginning: octets)
        for size in [1, 13, Int.max] where detection.mayBelieveCounts {
            var proof = MboxCountProof()
            for piece in octets.pieces(of: size) {
                proof.take(Array(piece)) { octets.dropFirst($0).prefix(MboxReader.lookAheadLength) }
            }
            #expect(proof.end() == given.isProven)
        }
        #expect(detection.mayBelieveCounts || !given.isProven)
        if given.isProven { detection.believeCounts() }
        #expect(Self.offsets(given.mbox, believing: detection.believesCounts).offsets.count == given.found)
    }

    @Test func `a perfect archive has nothing odd in it`() {
        #expect(Self.offsets(Self.plain + Self.forwarded + Self.plain, believing: true).warnings == 0)
    }

    @Test func `what cannot be looked at is believed where it is said to be right`() {
        var reader = MboxReader(variant: .mboxcl2, believesCounts: true)
        var messages = 0
        for var piece in Array((Self.plain + Self.embedded + Self.plain).utf8).pieces(of: 3) {
            while let event = reader.next(&piece) {
                if case .messageStart = event { messages += 1 }
            }
        }
        #expect(messages == 3)
    }
}
