import DNS
import Foundation
import MailSignature
import Testing

@Suite struct KeyRecordTests {
    /// RFC 8463, A.2.
    static let ed25519 = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
    static let rsa =
        "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutACD"
        + "fzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB"

    struct Case: Sendable, CustomTestStringConvertible {
        let text: String
        let failure: KeyRecord.Failure?
        var testDescription: String { text.replacing(rsa, with: "..") }

        init(_ text: String, _ failure: KeyRecord.Failure? = nil) {
            self.text = text
            self.failure = failure
        }
    }

    static let records = [
        Case("v=DKIM1; k=rsa; p=\(rsa)"),
        Case("p=\(rsa)"),
        Case("p=\(rsa);"),
        Case("v=DKIM1; p=\(rsa); n=note; g=*; foo=bar"),
        Case("v=DKIM1; h=sha1:sha256; s=tlsrpt:*; t=y:s:z; p=\(rsa)"),
        Case("v=DKIM1; p=\(rsa.prefix(20)) \t\(rsa.dropFirst(20))"),
        Case("v=DKIM1;\r\n\tp=\(rsa.prefix(20))\r\n \(rsa.dropFirst(20))"),
        Case("v=DKIM1; p=\(rsa)\r\n", .syntax("line break without white space after it")),
        Case("v=DKIM1; p=\(rsa)\n", .syntax("line break without white space after it")),
        Case("v=DKIM1; p=\(rsa)\r", .syntax("control character in a tag value")),
        Case("", .syntax("no tag name")),
        Case("v=spf1 -all", .syntax("v= is not DKIM1 in front")),
        Case("v=DKIM2; p=\(rsa)", .syntax("v= is not DKIM1 in front")),
        Case("v=dkim1; p=\(rsa)", .syntax("v= is not DKIM1 in front")),
        Case("v=; p=\(rsa)", .syntax("v= is not DKIM1 in front")),
        Case("k=rsa; v=DKIM1; p=\(rsa)", .syntax("v= is not DKIM1 in front")),
        Case("v=DKIM1; k=rsa", .syntax("no p= tag")),
        Case("v=DKIM1; p=", .revoked),
        Case("v=DKIM1; p= ", .revoked),
        Case("v=DKIM1; h=sha1; p=", .revoked),
        Case("v=DKIM1; p=\(rsa); p=\(rsa)", .syntax("tag p= stands twice")),
        Case("v=DKIM1; k=ed25519; p=\(ed25519)", .wrongKeyType),
        Case("v=DKIM1; k=RSA; p=\(rsa)", .wrongKeyType),
        Case("v=DKIM1; k=; p=\(rsa)", .wrongKeyType),
        Case("v=DKIM1; h=sha1; p=\(rsa)", .hashNotAllowed),
        Case("v=DKIM1; h=; p=\(rsa)", .hashNotAllowed),
        Case("v=DKIM1; h=sha1::sha256; p=\(rsa)", .syntax("h= is not a list")),
        Case("v=DKIM1; s=tlsrpt; p=\(rsa)", .notForMail),
        Case("v=DKIM1; s=Email; p=\(rsa)", .notForMail),
        Case("v=DKIM1; s=email:; p=\(rsa)", .syntax("s= is not a list")),
        Case("v=DKIM1; t=y:; p=\(rsa)", .syntax("t= is not a list")),
        Case("v=DKIM1; p=\(rsa)=", .syntax("p= is not base64")),
        Case("v=DKIM1; p=*\(rsa)", .syntax("p= is not base64")),
        Case("v=DKIM1; p=YWJj", .syntax("p= is not an RSA key")),
        Case("v=DKIM1; p=\(ed25519)", .syntax("p= is not an RSA key")),
        Case("v=DKIM1; n=\(String(repeating: "x", count: 60_000)); p=\(rsa)"),
    ]

    @Test(arguments: records) func `a record is held to its grammar`(_ record: Case) {
        do {
            _ = try KeyRecord(Array(record.text.utf8), for: .rsaSHA256)
            #expect(record.failure == nil)
        } catch {
            #expect(error == record.failure)
        }
    }

    @Test func `flags are told of`() throws {
        let record = try KeyRecord(Array("t= y : s ; p=\(Self.rsa)".utf8), for: .rsaSHA256)
        #expect(record.isTesting && record.isStrict)
        let plain = try KeyRecord(Array("t=ys; p=\(Self.rsa)".utf8), for: .rsaSHA256)
        #expect(!plain.isTesting && !plain.isStrict)
    }

    @Test func `a key is written anew from what was read`() throws {
        let record = try KeyRecord(Array("n=x; t=s; p=\(Self.rsa)".utf8), for: .rsaSHA256)
        #expect(String(decoding: record.canonicalOctets, as: UTF8.self) == "v=DKIM1; k=rsa; p=\(Self.rsa)")
        #expect(record.bits == 1024)
        let small = try KeyRecord(Array("k=ed25519; p=\(Self.ed25519)".utf8), for: .ed25519SHA256)
        #expect(String(decoding: small.canonicalOctets, as: UTF8.self) == "v=DKIM1; k=ed25519; p=\(Self.ed25519)")
        #expect(small.bits == 256)
    }

    @Test(arguments: [0, 31, 33, 44]) func `an Ed25519 key has 32 octets`(_ count: Int) {
        let text = "k=ed25519; p=" + Data(repeating: 1, count: count).base64EncodedString()
        #expect(throws: KeyRecord.Failure.self) { try KeyRecord(Array(text.utf8), for: .ed25519SHA256) }
    }

    private static let question = Domain("x._domainkey.example.com").map { Question($0, .txt) }

    private static func read(_ answer: Answer) throws -> KeyRecord.Failure? {
        let question = try #require(question)
        var answers = Answers([question: answer])
        switch KeyRecord.read(question, for: .rsaSHA256, &answers) {
        case .failure(let failure): return failure
        case .success(let keys):
            #expect(!keys.isEmpty)
            return nil
        case nil: return nil
        }
    }

    @Test func `of several records those that fit are to be tried, four at most`() throws {
        let question = try #require(Self.question)
        let fitting = (0..<6).map { "n=\($0); t=\($0 == 0 ? "y" : "s"); p=\(Self.rsa)" }
        let records = ["hello", "p="] + fitting + ["k=ed25519; p=\(Self.ed25519)"]
        var answers = Answers([question: Answer(.records(records.map { .txt([Array($0.utf8)]) }))])
        let keys = try KeyRecord.read(question, for: .rsaSHA256, &answers)?.get()
        #expect(keys?.map(\.isTesting) == [true, false, false, false])
    }

    private static func texts(_ texts: String...) -> Answer {
        Answer(.records(texts.map { .txt([Array($0.utf8)]) }))
    }

    @Test func `where no record fits, what is said is of the first that is a key`() throws {
        #expect(try Self.read(Self.texts("hello", "p=", "k=ed25519; p=\(Self.ed25519)", "p=\(Self.rsa)")) == nil)
        #expect(try Self.read(Self.texts("hello", "p=")) == .revoked)
        #expect(try Self.read(Self.texts("hello", "k=foo; p=x")) == .wrongKeyType)
        #expect(try Self.read(Self.texts("hello")) == .syntax("no = after tag name hello"))
    }

    @Test func `what the DNS says is an end of its own`() throws {
        #expect(try Self.read(Answer(.nameError)) == .noKey)
        #expect(try Self.read(Answer(.noData)) == .noKey)
        #expect(try Self.read(.failure(.timeout)) == .unavailable(.timeout))
        let question = try #require(Self.question)
        var answers = Answers()
        #expect(KeyRecord.read(question, for: .rsaSHA256, &answers) == nil)
        #expect(answers.open == [question])
    }
}
