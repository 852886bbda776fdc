import DKIM
import DNS
import Mail
import MailSignature
import SigningSupport
import Testing

/// Messages that end a process which hands them to libopendkim as they come, and messages that keep it busy. What is
/// tested is that these tests come to an end; that nothing passes goes without saying, and is said.
@Suite struct KillingInputTests {
    private static let record = Corpus.cases.lazy.flatMap(\.keys).first { $0.key == "rsa2048._domainkey.example.com" }

    /// Every signature has a key and the right body hash, so that nothing but its form keeps it from the library.
    private static func verdicts(_ header: [HeaderField]) throws -> [DKIMVerdict] {
        var message = SignedMessage("From: a@example.com\n\n", keys: [:])
        message.header = header
        message.answers = ["s._domainkey.example.com": try #require(record).value.answer]
        return message.verdicts()
    }

    private static func signature(_ more: String, h: String, name: String = "DKIM-Signature") -> HeaderField {
        HeaderField(
            name,
            " v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.com; s=s; \(more) h=\(h);"
                + " bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=AAAA"
        )
    }

    private static let from = HeaderField("From", " a@example.com")

    @Test(arguments: 0...24) func `a signature selects every field and one more`(_ count: Int) throws {
        let others = (0..<count).map { HeaderField("X-\($0)", " x") }
        let names = (["From", "DKIM-Signature"] + others.map { String(decoding: $0.name, as: UTF8.self) })
        for more in [["Cc"], ["Cc", "Bcc"], ["From"], ["DKIM-Signature"], ["DKIM-Signature", "DKIM-Signature", "X"]] {
            let signature = Self.signature("", h: (names + more).joined(separator: ":"))
            for header in [[signature, Self.from] + others, [Self.from] + others + [signature]] {
                #expect(try Self.verdicts(header).allSatisfy { $0.result != .pass })
                #expect(try Self.verdicts([signature] + header).allSatisfy { $0.result != .pass })
            }
        }
    }

    @Test(arguments: [0, 200, 244, 245, 246, 255, 256, 257, 258, 1000, 5000]) func `an identity has any length`(
        _ length: Int
    ) throws {
        for filler in ["a", "=41", "@"] {
            let local = String(repeating: filler, count: length / filler.count)
            for end in ["", "=", "=4", "=41", "@example.com", "@example.com=", "@example.com=4"] {
                let hostile = Self.signature("i=\(local)\(end);", h: "From")
                #expect(try Self.verdicts([hostile, Self.from]).allSatisfy { $0.result != .pass })
                /// Covered by another, it is still parsed by the library.
                let cover = Self.signature("", h: "From:DKIM-Signature")
                #expect(try Self.verdicts([cover, hostile, Self.from]).allSatisfy { $0.result != .pass })
            }
        }
    }

    @Test(arguments: [
        "", " ", "\t", ":", "\0", "\r", "\n ", "\u{B}", "é", "\u{7F}", "=", ";", ";;", "=;", "b=", "v=1; v",
    ])
    func `a signature is next to nothing`(_ value: String) throws {
        for name in ["DKIM-Signature", "DKIM-Signature ", "dkim-signature\t"] {
            #expect(try Self.verdicts([HeaderField(name, value), Self.from]).map(\.result) == [.neutral])
            let cover = Self.signature("", h: "From:DKIM-Signature")
            #expect(try Self.verdicts([cover, HeaderField(name, value), Self.from]).allSatisfy { $0.result != .pass })
        }
    }

    @Test(arguments: ["", " ", "\0", "a\0b", "\r", "\n ", "\n\t\n ", "\u{FF}", "\u{B}\u{C}"])
    func `a signed field is odd`(
        _ value: String
    ) throws {
        for way in ["simple", "relaxed"] {
            var signature = Self.signature("", h: "From:X:Y")
            let text = String(decoding: signature.value, as: UTF8.self)
            signature.value = Array(text.replacing("relaxed/", with: "\(way)/").utf8)
            let odd = HeaderField(name: Array("X".utf8), value: Array(value.utf8))
            #expect(try Self.verdicts([signature, odd, Self.from]).allSatisfy { $0.result != .pass })
            let long = HeaderField("X", String(repeating: " " + value, count: 100_000))
            #expect(try Self.verdicts([signature, long, Self.from]).allSatisfy { $0.result != .pass })
        }
    }

    @Test(arguments: ["", "<", "\"", "(", ")", "@", "<>", "\\", "a@b@c", ":;", ",", "\u{FF}", "=?x?b?", ".", "<@a:"])
    func `an author is none`(_ value: String) throws {
        let signature = Self.signature("", h: "From:From")
        for text in [value, " " + value + value, String(repeating: value, count: 5000)] {
            let header = [signature, HeaderField("From", text), HeaderField("From", text)]
            #expect(try Self.verdicts(header).map(\.result) == [.fail])
        }
    }

    @Test(.timeLimit(.minutes(1))) func `a long header with long lists of names takes no long time`() throws {
        let names = (0..<399).map { "X\($0 % 7)" }.joined(separator: ":")
        let signatures = (0..<50).map { _ in Self.signature("", h: "From:" + names) }
        let fields = (0..<50_000).map { HeaderField("X\($0 % 7)", "") }
        #expect(try Self.verdicts(signatures + fields + [Self.from]).count == 50)
    }

    @Test(.timeLimit(.minutes(1))) func `signatures that cover each other take no long time`() throws {
        let names = (0..<380).map { _ in "DKIM-Signature" }.joined(separator: ":").prefix(3900)
        let signatures = (0..<400).map { _ in Self.signature("", h: "From:" + names.prefix(3899) + "X") }
        #expect(try Self.verdicts(signatures + [Self.from]).count == 101)
    }

    @Test func `a signature for each length of the body costs one pass`() throws {
        let lengths = (0..<10).map { Self.signature("l=\($0 * 1000);", h: "From") }
        var message = SignedMessage("From: a@example.com\n\n", keys: [:])
        message.header = lengths + [Self.from]
        message.body = [UInt8](repeating: 0x78, count: 5_000_000)
        #expect(message.verdicts(chunk: 65_535).count == 10)
    }
}
