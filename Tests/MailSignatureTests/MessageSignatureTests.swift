import MailSignature
import Testing

@Suite struct MessageSignatureTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let tags: String
        let reason: String?
        var testDescription: String { tags.prefix(60).debugDescription }

        init(_ tags: String, _ reason: String? = nil) {
            self.tags = tags
            self.reason = reason
        }
    }

    private static func read(_ tags: String) throws(SignatureField.Defect) -> MessageSignature {
        let base = "a=rsa-sha256; b=YQ==; d=example.com; s=x; "
        return try MessageSignature(SignatureField(Array((base + tags).utf8)))
    }

    static let cases = [
        Case("h=From; bh=YQ=="),
        Case("h=From", "no bh= tag"),
        Case("h=From; bh=", "bh= is empty"),
        Case("h=From; bh=YQ", "bh= is not base64"),
        Case("bh=YQ==", "no h= tag"),
        Case("h=; bh=YQ==", "h= is empty"),
        Case("h=From:; bh=YQ==", "h= is not a list of names"),
        Case("h=:From; bh=YQ==", "h= is not a list of names"),
        Case("h=From::To; bh=YQ==", "h= is not a list of names"),
        Case("h=From To; bh=YQ==", "h= is not a list of names"),
        Case("h=Frém; bh=YQ==", "octets above 127 in h="),
        Case("h=From\(String(repeating: ":a", count: 399)); bh=YQ=="),
        Case("h=From\(String(repeating: ":a", count: 40_000)); bh=YQ=="),
        Case("h=From:\(String(repeating: "a", count: 4000)); bh=YQ=="),
        Case("h=From; bh=YQ==; c=simple"),
        Case("h=From; bh=YQ==; c=relaxed/simple"),
        Case("h=From; bh=YQ==; c=", "unknown canonicalization"),
        Case("h=From; bh=YQ==; c=nofws", "unknown canonicalization"),
        Case("h=From; bh=YQ==; c=Relaxed", "unknown canonicalization"),
        Case("h=From; bh=YQ==; c=relaxed/", "unknown canonicalization"),
        Case("h=From; bh=YQ==; c=/relaxed", "unknown canonicalization"),
        Case("h=From; bh=YQ==; c=relaxed/relaxed/relaxed", "unknown canonicalization"),
        Case("h=From; bh=YQ==; l=0"),
        Case("h=From; bh=YQ==; l=\(String(repeating: "9", count: 76))"),
        Case("h=From; bh=YQ==; l=\(String(repeating: "9", count: 77))", "l= is not a number"),
        Case("h=From; bh=YQ==; l=", "l= is not a number"),
        Case("h=From; bh=YQ==; l=-1", "l= is not a number"),
        Case("h=From; bh=YQ==; l=+1", "l= is not a number"),
        Case("h=From; bh=YQ==; l=1 0", "l= is not a number"),
        Case("h=From; bh=YQ==; l=0x1", "l= is not a number"),
        Case("h=From; bh=YQ==; t=0"),
        Case("h=From; bh=YQ==; t=999999999999"),
        Case("h=From; bh=YQ==; t=1000000000000", "t= is not a time"),
        Case("h=From; bh=YQ==; t=", "t= is not a time"),
        Case("h=From; bh=YQ==; t=1.5", "t= is not a time"),
        Case("h=From; bh=YQ==; x=1x", "x= is not a time"),
        Case("h=From; bh=YQ==; t=1; x=2"),
        Case("h=From; bh=YQ==; t=2; x=2", "x= is not after t="),
        Case("h=From; bh=YQ==; t=2; x=1", "x= is not after t="),
    ]

    @Test(arguments: cases) func `tags are held to their grammar`(_ signature: Case) {
        do {
            _ = try Self.read(signature.tags)
            #expect(signature.reason == nil)
        } catch {
            #expect(error.reason == signature.reason)
        }
    }

    @Test func `tags become values`() throws {
        let signature = try Self.read("h= From : to:SUBJECT\n ; bh=YWJj; c=relaxed; l=0010; t=1; x=2")
        #expect(signature.signedNames.map { String(decoding: $0, as: UTF8.self) } == ["From", "to", "SUBJECT"])
        #expect(signature.bodyHash == Array("abc".utf8))
        #expect(signature.headerCanonicalization == .relaxed)
        #expect(signature.bodyCanonicalization == .simple)
        #expect(signature.bodyLength == 10)
        #expect(signature.timestamp == 1)
        #expect(signature.expiration == 2)
        #expect(signature.signs("subject"))
        #expect(!signature.signs("sub"))
        #expect(signature.bodyHashSpecification == .init(canonicalization: .simple, length: 10))
    }

    @Test func `a body longer than any is as good as the longest`() throws {
        #expect(try Self.read("h=From; bh=YQ==; l=\(String(repeating: "9", count: 30))").bodyLength == .max)
        #expect(try Self.read("h=From; bh=YQ==; l=\(String(repeating: "0", count: 75))7").bodyLength == 7)
    }
}
