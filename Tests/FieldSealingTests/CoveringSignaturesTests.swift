import DKIM
import DNS
import FieldClaims
import FieldProvenance
import FieldSealing
import Mail
import SigningSupport
import Testing
import Trace

@Suite struct CoveringSignaturesTests {
    private static func signatures(of message: SignedMessage) -> CoveringSignatures {
        CoveringSignatures(message.header, verdicts: message.verdicts(at: 1_700_000_000))
    }

    private static func signer(of message: SignedMessage, at place: Int, id: String = "mx.example.org") throws
        -> Domain?
    {
        signatures(of: message).signer(ofFieldAt: place, for: try #require(Domain(id)))
    }

    private static let message = SignedMessage("From: a@b.example\nSubject: x\n\nbody\n", keys: [:])

    @Test func `a sealed field is proven by its signature`() throws {
        let sealed = try FieldSealTests.sealed(Self.message, by: FieldSealTests.seal())
        let results = TrustedResults(
            in: sealed.header,
            within: TrustBoundary(
                ownIDs: OwnIdentifiers(["mx.example.org"]),
                recovery: EnvelopeRecovery(ownHosts: HostPatterns([]))
            )
        )
        let field = try #require(results.claimed.first)
        let proof = results.proof(of: field, signedBy: Self.signatures(of: sealed).signer)
        #expect(proof == .signature(of: try #require(Domain("example.org"))))
        #expect(results.believable(signedBy: Self.signatures(of: sealed).signer) == [field])
        #expect(results.believable() == [])
    }

    @Test func `a field on top of a sealed one is not proven by that seal`() throws {
        var sealed = try FieldSealTests.sealed(Self.message, by: FieldSealTests.seal())
        sealed.header.insert(HeaderField("Authentication-Results", " mx.example.org; dmarc=pass"), at: 0)
        #expect(try Self.signer(of: sealed, at: 0) == nil)
        #expect(try Self.signer(of: sealed, at: 2) == Domain("example.org"))
    }

    @Test(arguments: ["mx.example.com", "example.net", "org", "xexample.org", "mx.example.org.evil.example"])
    func `a signature of another domain proves nothing`(id: String) throws {
        let sealed = try FieldSealTests.sealed(Self.message, by: FieldSealTests.seal())
        #expect(try Self.signer(of: sealed, at: 1, id: id) == nil)
    }

    @Test func `a signature of a domain below the authserv-id proves nothing`() throws {
        let sealed = try FieldSealTests.sealed(Self.message, by: FieldSealTests.seal(domain: "evil.mx.example.org"))
        #expect(sealed.verdicts(at: 1_700_000_000).map(\.result) == [.pass])
        #expect(try Self.signer(of: sealed, at: 1) == nil)
    }

    @Test func `a broken signature, and one of a key that is being tested, prove nothing`() throws {
        var broken = try FieldSealTests.sealed(Self.message, by: FieldSealTests.seal())
        broken.body[0] ^= 1
        var testing = try FieldSealTests.sealed(Self.message, by: FieldSealTests.seal())
        testing.answers = testing.answers.mapValues { answer in
            Answer(.records(answer.texts.map { .txt([$0 + Array("; t=y".utf8)]) }))
        }
        #expect(try Self.signer(of: broken, at: 1) == nil)
        #expect(try Self.signer(of: testing, at: 1) == nil)
    }

    @Test func `a place outside the header proves nothing`() throws {
        #expect(try Self.signer(of: Self.message, at: 7) == nil)
    }
}
