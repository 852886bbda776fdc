import DNS
import MailSignature
import Testing

@Suite struct SignatureFieldTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let text: String
        let reason: String?
        var testDescription: String { text.prefix(80).debugDescription }

        init(_ text: String, _ reason: String?) {
            self.text = text
            self.reason = reason
        }
    }

    static let fields = [
        Case("a=rsa-sha256; b=YQ==; d=example.com; s=x", nil),
        Case("a=ed25519-sha256; b=Y\n Q =\t=; d=EXAMPLE.com; s=X.y", nil),
        Case("a=rsa-sha1; b=YWI=; d=a.b; s=_x", nil),
        Case("a=rsa-sha256; b=YWJj; d=xn--bcher-kva.example; s=1", nil),
        Case("a=rsa-sha256; b=YWJj; d=bücher.example; s=ü", nil),
        Case("b=YQ==; d=example.com; s=x", "no a= tag"),
        Case("a=; b=YQ==; d=example.com; s=x", "a= is empty"),
        Case("a=rsa-sha512; b=YQ==; d=example.com; s=x", "unknown algorithm"),
        Case("a=RSA-SHA256; b=YQ==; d=example.com; s=x", "unknown algorithm"),
        Case("a=rsa-sha256; d=example.com; s=x", "no b= tag"),
        Case("a=rsa-sha256; b=; d=example.com; s=x", "b= is empty"),
        Case("a=rsa-sha256; b=YQ==; s=x", "no d= tag"),
        Case("a=rsa-sha256; b=YQ==; d=example.com", "no s= tag"),
        Case("a=rsa-sha256; b=YQ==; d=com; s=x", "d= is not a domain name"),
        Case("a=rsa-sha256; b=YQ==; d=example.com.; s=x", "d= is not a domain name"),
        Case("a=rsa-sha256; b=YQ==; d=.example.com; s=x", "d= is not a domain name"),
        Case("a=rsa-sha256; b=YQ==; d=a..b; s=x", "d= is not a domain name"),
        Case("a=rsa-sha256; b=YQ==; d=-a.b; s=x", "d= is not a domain name"),
        Case("a=rsa-sha256; b=YQ==; d=a-.b; s=x", "d= is not a domain name"),
        Case("a=rsa-sha256; b=YQ==; d=exa mple.com; s=x", "d= is not a domain name"),
        Case("a=rsa-sha256; b=YQ==; d=example.com(.a.b; s=x", "d= is not a domain name"),
        Case("a=rsa-sha256; b=YQ==; d=example.com'a.b; s=x", "d= is not a domain name"),
        Case("a=rsa-sha256; b=YQ==; d=example.com\\.a.b; s=x", "d= is not a domain name"),
        Case("a=rsa-sha256; b=YQ==; d=user@example.com; s=x", "d= is not a domain name"),
        Case("a=rsa-sha256; b=YQ==; d=[192.0.2.1]; s=x", "d= is not a domain name"),
        Case("a=rsa-sha256; b=YQ==; d=example.com; s=x.", "s= is not a domain name"),
        Case("a=rsa-sha256; b=YQ==; d=example.com; s=x y", "s= is not a domain name"),
        Case("a=rsa-sha256; b=YQ==; d=example.com; s=*", "s= is not a domain name"),
        Case("a=rsa-sha256; b=YQ==; d=\(String(repeating: "a", count: 64)).com; s=x", "d= is not a domain name"),
        Case("a=rsa-sha256; b=YQ==; d=\(String(repeating: "a.", count: 120))com; s=x", "key name too long"),
    ]

    @Test(arguments: fields) func `the common tags are held to their grammar`(_ field: Case) {
        do {
            _ = try SignatureField(Array(field.text.utf8))
            #expect(field.reason == nil)
        } catch {
            #expect(error.reason == field.reason)
        }
    }

    static let base64 = [
        Case("YQ==", nil), Case("YWI=", nil), Case("YWJj", nil), Case("Y Q = =", nil), Case("+/+/", nil),
        Case("YQ", "b= is not base64"), Case("YQ=", "b= is not base64"), Case("YQ===", "b= is not base64"),
        Case("YWJj=", "b= is not base64"), Case("=", "b= is not base64"), Case("====", "b= is not base64"),
        Case("=YWJ", "b= is not base64"), Case("YQ==YQ==", "b= is not base64"), Case("YR==", "b= is not base64"),
        Case("YWJjYW=j", "b= is not base64"), Case("YWJjYWJ-", "b= is not base64"),
        Case("YWJ=", "b= is not base64"), Case("-_-_", "b= is not base64"), Case("YW!j", "b= is not base64"),
        Case("YWJjé", "octets above 127 in b="), Case("Y", "b= is not base64"),
    ]

    @Test(arguments: base64) func `base64 is held to its grammar`(_ value: Case) {
        do {
            let field = try SignatureField(Array("a=rsa-sha256; d=example.com; s=x; b=\(value.text)".utf8))
            #expect(value.reason == nil)
            #expect(field.signatureText == value.text.filter { $0 != " " })
        } catch {
            #expect(error.reason == value.reason)
        }
    }

    @Test func `a field says where its key stands`() throws {
        let field = try SignatureField(Array("a=rsa-sha256; b=YQ==; d=EXAMPLE.com; s=Foo.Bar".utf8))
        #expect(field.keyQuestion.name.text == "foo.bar._domainkey.example.com")
    }

    @Test func `U-labels are asked for as A-labels`() throws {
        let field = try SignatureField(Array("a=rsa-sha256; b=YQ==; d=bücher.example; s=ü".utf8))
        #expect(field.keyQuestion.name.text == "xn--tda._domainkey.xn--bcher-kva.example")
    }

    @Test(arguments: [
        ("d=bücher.example; s=x", true), ("d=example.com; s=ü", true), ("d=example.com; s=x; i=ü@example.com", true),
        ("d=example.com; s=x; z=From:ü", true), ("d=example.com; s=x; n=ü", false), ("d=example.com; s=x; h=ü", false),
        ("d=bücher\u{3002}example; s=x", false), ("d=bücher; s=x", false), ("d=büch..example; s=x", false),
    ])
    func `octets above 127 stand in domain names and in what is quoted-printable`(_ tags: String, _ isRead: Bool) {
        let field = try? SignatureField(Array("a=rsa-sha256; b=YQ==; \(tags)".utf8))
        #expect((field != nil) == isRead)
        /// In ISO 8859-1 nowhere.
        let octets = "a=rsa-sha256; b=YQ==; \(tags)".unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
        #expect((try? SignatureField(octets)) == nil)
    }

    @Test func `a field may have any length`() throws {
        let text = "a=rsa-sha256; b=YQ==; d=example.com; s=x; z=" + String(repeating: "x", count: 100_000)
        #expect(try SignatureField(Array(text.utf8)).domain.text == "example.com")
    }
}
