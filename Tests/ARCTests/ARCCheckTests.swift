import ARC
import DNS
import Mail
import MailSignature
import Testing

@Suite struct ARCCheckTests {
    @Test func `the cases are there`() {
        #expect(ChainCase.all.count > 250)
        #expect(Set(ChainCase.all.map(\.name)).count == ChainCase.all.count)
    }

    @Test(arguments: ChainCase.all) func `each chain gets the verdict that RFC 8617 gives`(_ chain: ChainCase) throws {
        let verdict = try #require(chain.sealed.verdict())
        #expect(verdict.result == chain.verdict, "\(verdict.reason ?? "")")
        #expect(verdict.oldestPass == chain.oldestPass)
        if let reason = chain.reason {
            #expect(verdict.reason?.contains(reason) == true, "\(verdict.reason ?? "")")
        }
        #expect((verdict.reason != nil) == (verdict.result == .fail))
    }

    /// What may look strange in the table is at least no invention of ours: wherever a chain passes here, another
    /// verifier passes it too, but where the reason is known.
    @Test func `no chain passes that both other verifiers refuse`() {
        let known: Set = [
            "comments around the instance of the results",  // they read i= by a regular expression
            "v= in the message signature is an unknown tag",  // they check it as that of a DKIM-Signature
            "white space before a colon",  // not taken for the field
            "key as a bare RSAPublicKey", "Ed25519",  // dkimpy knows the one, newer Mail::DKIM the other
            "internationalised domain", "internationalised selector",  // RFC 8616
            "older message signature of an unknown algorithm",  // though it affects nothing (RFC 8617, 5.2, step 5)
            "q= with dns/txt among others",  // they want dns/txt alone
        ]
        for chain in ChainCase.all where chain.verdict == .pass {
            let isKnown = chain.dkimpy == "pass" || chain.mailDKIM == "pass" || known.contains(chain.name)
            #expect(isKnown, "\(chain.name)")
        }
    }

    @Test func `a chain names its sealers from the first to the last`() throws {
        let verdict = try #require(ChainCase.named("three sets")?.sealed.verdict())
        #expect(verdict.sets == 3)
        #expect(verdict.sealers.map(\.text) == ["one.example.org", "two.example.org", "three.example.org"])
    }

    @Test func `a chain that does not pass names no sealers and no oldest pass`() throws {
        let verdict = try #require(ChainCase.named("newest seal broken")?.sealed.verdict())
        #expect(verdict.sets == 3)
        #expect(verdict.sealers == [] && verdict.oldestPass == nil)
    }

    @Test func `a fifty-first set breaks the chain`() throws {
        var message = try #require(ChainCase.named("fifty sets by dkimpy")?.sealed)
        let newest = message.header[0...2].map { field in
            let text = String(decoding: field.value, as: UTF8.self).replacing("i=50", with: "i=51")
            return HeaderField(name: field.name, value: Array(text.utf8))
        }
        message.header.insert(contentsOf: newest, at: 0)
        #expect(message.verdict()?.reason?.contains("no instance from 1 to 50") == true)
    }

    @Test func `all keys are asked for at once, each once`() throws {
        let message = try #require(ChainCase.named("three sets")?.sealed)
        var answers = Answers()
        ARCCheck(header: message.header).askForKeys(&answers)
        #expect(
            answers.open.map(\.description) == [
                "r._domainkey.three.example.org TXT", "r._domainkey.two.example.org TXT",
                "r._domainkey.one.example.org TXT",
            ]
        )
    }

    @Test func `there is no verdict as long as a key is missing`() throws {
        let message = try #require(ChainCase.named("three sets")?.sealed)
        let check = ARCCheck(header: message.header)
        var hashes = BodyHashes(check.bodyHashSpecifications)
        hashes.update(message.body.span)
        let digests = hashes.finish()
        var answers = Answers()
        for _ in 0..<3 {
            #expect(check.evaluate(digests: digests, at: SealedMessage.time, &answers) == nil)
            let question = try #require(answers.open.first)
            answers.learn(message.answer(to: question), to: question)
        }
        #expect(check.evaluate(digests: digests, at: SealedMessage.time, &answers)?.result == .pass)
    }

    @Test func `a broken structure asks for nothing`() throws {
        let message = try #require(ChainCase.named("no ARC-Seal in the older set")?.sealed)
        var answers = Answers()
        let check = ARCCheck(header: message.header)
        check.askForKeys(&answers)
        #expect(answers.open.isEmpty && check.bodyHashSpecifications.isEmpty)
    }

    @Test func `the deadline is a failure of the chain`() throws {
        let message = try #require(ChainCase.named("one set")?.sealed)
        let check = ARCCheck(header: message.header)
        var answers = Answers()
        check.askForKeys(&answers)
        answers.abandon(because: .deadline)
        let verdict = check.evaluate(digests: [:], at: SealedMessage.time, &answers)
        #expect(verdict?.result == .fail)
    }

    @Test func `a body that was not hashed as the chain wants is a failure`() throws {
        let message = try #require(ChainCase.named("one set")?.sealed)
        let check = ARCCheck(header: message.header)
        var answers = Answers()
        check.askForKeys(&answers)
        for question in answers.open { answers.learn(message.answer(to: question), to: question) }
        let verdict = check.evaluate(digests: [:], at: SealedMessage.time, &answers)
        #expect(verdict?.reason?.contains("not checked") == true)
    }
}
