import ARC
import ARCSealing
import AuthResults
import DNS
import Mail
import MailSignature
import Testing

@Suite struct ARCSealerTests {
    @Test func `the cases are there`() {
        #expect(SealCase.all.count == 17)
    }

    @Test(arguments: SealCase.all) func `a set has the octets that dkimpy gives it`(_ mail: SealCase) throws {
        let fields = ARCFields(mail.header)
        guard !mail.seal.isEmpty else {
            #expect(throws: ChainPosition.Refusal.markedAsFailed) { try ChainPosition(after: fields, mail.chain) }
            return
        }
        let position = try ChainPosition(after: fields, mail.chain)
        #expect(position.instance == mail.instance && position.chainValidation.rawValue == mail.cv)
        let set = try SealCase.sealer().set(
            at: position,
            #require(mail.found),
            over: mail.header,
            signing: mail.headers.split(separator: ":").map(String.init),
            body: SealedMail(header: [], body: mail.body).digest,
            at: mail.time
        )
        #expect(set?.map { String(decoding: $0.name, as: UTF8.self) } == Self.names)
        #expect(set?.map(Self.unfolded) == [mail.seal, mail.signature, mail.results])
    }

    private static let names = ["ARC-Seal", "ARC-Message-Signature", "ARC-Authentication-Results"]

    private static func unfolded(_ field: HeaderField) -> String {
        let relaxed = Canonicalization.relaxed.octets(of: field)
        return String(decoding: relaxed.drop { $0 != UInt8(ascii: ":") }.dropFirst(), as: UTF8.self)
    }

    /// The message with a set on top, as the sealer makes it by itself.
    private static func sealed(_ mail: SealedMail, _ chain: ARCResult, at time: Int64) throws -> SealedMail {
        let results = try AuthenticationResults(authservID: "mx.example.org")
        let set = try SealCase.sealer().set(
            at: ChainPosition(after: ARCFields(mail.header), chain),
            results,
            over: mail.header,
            body: mail.digest,
            at: time
        )
        return SealedMail(header: try #require(set) + mail.header, body: mail.body)
    }

    private static let time: Int64 = 1_700_000_000

    private static func plain() throws -> SealedMail {
        let mail = try SealCase.named("no set")
        return SealedMail(header: mail.header, body: mail.body)
    }

    @Test func `fifty sets pass, and there is no more`() throws {
        var mail = try Self.plain()
        let sealer = try SealCase.sealer()
        for instance in 1...50 {
            mail.header.insert(HeaderField("Received", " by hop\(instance).example"), at: 0)
            mail = try Self.sealed(mail, instance == 1 ? .none : .pass, at: Self.time)
        }
        let verdict = try mail.verdict(sealer, at: Self.time)
        #expect(verdict.result == .pass && verdict.sets == 50 && verdict.oldestPass == 0, "\(verdict)")
        #expect(throws: ChainPosition.Refusal.full) { try ChainPosition(after: ARCFields(mail.header), .pass) }
        #expect(throws: ChainPosition.Refusal.full) { try ChainPosition(after: ARCFields(mail.header), .fail) }
    }

    @Test func `a change of what is signed breaks the set`() throws {
        let sealer = try SealCase.sealer()
        var mail = try Self.plain()
        mail.header.insert(HeaderField("DKIM-Signature", " v=1; a=rsa-sha256; d=example.org; s=x"), at: 0)
        let sealed = try Self.sealed(mail, .none, at: Self.time)
        #expect(try sealed.verdict(sealer, at: Self.time).result == .pass)
        let unsigned = ["Received", "Return-Path", "Authentication-Results"]
        for index in sealed.header.indices where !unsigned.contains(where: { sealed.header[index].isNamed($0) }) {
            var changed = sealed
            changed.header[index].value.append(UInt8(ascii: "x"))
            #expect(try changed.verdict(sealer, at: Self.time).result == .fail, "field \(index)")
        }
        for name in ["From", "Subject", "Date", "To", "Message-ID"] {
            var changed = sealed
            changed.header.insert(HeaderField(name, " x@evil.example"), at: 0)
            #expect(try changed.verdict(sealer, at: Self.time).result == .fail, "\(name)")
        }
        var changed = sealed
        changed.body[0] ^= 1
        #expect(try changed.verdict(sealer, at: Self.time).result == .fail)
    }

    @Test func `what the next hosts add does not break the set`() throws {
        var mail = try Self.sealed(Self.plain(), .none, at: Self.time)
        for (name, value) in [
            ("DKIM-Signature", " v=1"), ("Received", " by b"), ("Authentication-Results", " b; none"), ("Cc", " x"),
            ("List-Id", " <list.example.org>"),
        ] {
            mail.header.insert(HeaderField(name, value), at: 0)
        }
        // One field that was not there may come from an MTA that completes a header; List-Id and Cc are of that kind.
        #expect(try mail.verdict(SealCase.sealer(), at: Self.time).result == .pass)
    }

    @Test func `lines are not longer than 78 characters`() throws {
        var mail = try Self.plain()
        let names = ["Sender", "In-Reply-To", "References", "Content-Type", "Content-Transfer-Encoding", "List-Id"]
        for name in names + ["List-Unsubscribe", "DKIM-Signature", "DKIM-Signature"] {
            mail.header.append(HeaderField(name, " x"))
        }
        for field in try Self.sealed(mail, .none, at: Self.time).header.prefix(3) {
            let lines = field.octets.split(separator: UInt8(ascii: "\n"))
            #expect(lines.allSatisfy { $0.count <= 78 }, "\(String(decoding: field.octets, as: UTF8.self))")
        }
    }

    @Test func `any number of signatures leaves a list that a verifier reads`() throws {
        var mail = try Self.plain()
        for _ in 0..<900 { mail.header.append(HeaderField("DKIM-Signature", " v=1")) }
        #expect(try Self.sealed(mail, .none, at: Self.time).verdict(SealCase.sealer(), at: Self.time).result == .pass)
        for _ in 0..<500 { mail.header.append(HeaderField("References", " <x>")) }
        let set = try SealCase.sealer().set(
            at: ChainPosition(after: ARCFields(mail.header), .none),
            AuthenticationResults(authservID: "mx.example.org"),
            over: mail.header,
            body: mail.digest,
            at: Self.time
        )
        #expect(set == nil)
    }

    @Test func `a key that is not RSA is refused with the reason`() throws {
        let error = #expect(throws: SigningKey.Defect.self) {
            try ARCSealer(
                domain: #require(Domain("example.org")),
                selector: #require(Domain("e")),
                privateKeyPEM: SealCase.key("ed25519")
            )
        }
        #expect(error?.description.contains("rsa-sha256") == true)
    }

    @Test func `the key in the DNS is compared with the key of the file`() throws {
        let sealer = try SealCase.sealer()
        func answer(_ text: String) -> Answer { Answer(.records([.txt([Array(text.utf8)])])) }
        #expect(sealer.keyQuestion.description == "dummy._domainkey.example.org TXT")
        #expect(sealer.problem(with: answer(sealer.keyRecord)) == nil)
        #expect(sealer.problem(with: answer(sealer.keyRecord.replacing("v=DKIM1; k=rsa; ", with: "t=y; "))) == nil)
        let other =
            "p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx"
            + "/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTI"
            + "KT+l/K4w3QIDAQAB"
        #expect(sealer.problem(with: answer(other)) == "the key published is another one")
        #expect(sealer.problem(with: answer("p=")) == "key revoked")
        #expect(sealer.problem(with: Answer(.nameError)) == "no key for signature")
        #expect(sealer.problem(with: .failure(.timeout)) == "key unavailable: time-out")
    }
}
