import DKIM
import DNS
import FieldSealing
import Foundation
import Mail
import MailSignature
import SigningSupport
import Testing
import Trace

@Suite struct FieldSealTests {
    private static let field = HeaderField(
        "Authentication-Results",
        " mx.example.org;\n\tspf=pass smtp.mailfrom=author.example;\n\tdkim=none"
    )
    private static let message = SignedMessage(
        """
        Received: from mail.author.example (mail.author.example [192.0.2.1])
         by mx.example.org (Postfix) with ESMTP id 1; Tue, 14 Nov 2023 22:13:20 +0000
        Authentication-Results: elsewhere.example; dkim=pass header.d=author.example
        From: Ann Author <ann@author.example>
        To: list@example.org
        Subject: A walk  by
         the river
        Date: Tue, 14 Nov 2023 22:13:20 +0000

        Hello,  all.

        Bring your boots.
        """,
        keys: [:]
    )
    private static let time: Int64 = 1_700_000_000

    static func key(_ name: String) throws -> [UInt8] {
        let file = try #require(Bundle.module.url(forResource: "SealKeys/\(name)", withExtension: "pem"))
        return Array(try Data(contentsOf: file))
    }

    static func seal(_ key: String = "rsa-pkcs8", domain: String = "example.org") throws -> FieldSeal {
        let domain = try #require(Domain(domain))
        let selector = try #require(Domain("seal"))
        return try FieldSeal(domain: domain, selector: selector, privateKeyPEM: Self.key(key))
    }

    /// The message as it is delivered: the seal, our field, what came.
    static func sealed(_ message: SignedMessage = Self.message, by seal: FieldSeal) throws -> SignedMessage {
        var hashes = BodyHashes([FieldSeal.bodyHashSpecification])
        hashes.update(message.body.span)
        let digest = try #require(hashes.finish()[FieldSeal.bodyHashSpecification])
        var message = message
        let signature = try #require(seal.seal(Self.field, over: message.header, body: digest, at: Self.time))
        message.header.insert(contentsOf: [signature, Self.field], at: 0)
        message.answers[seal.keyName] = Answer(.records([.txt([Array(seal.keyRecord.utf8)])]))
        return message
    }

    @Test(arguments: ["rsa-pkcs8", "rsa-pkcs1", "ed25519"])
    func `a seal passes as any signature does`(key: String) throws {
        let verdicts = try Self.sealed(by: Self.seal(key)).verdicts(at: Self.time)
        #expect(verdicts.map(\.result) == [.pass], "\(verdicts.map(\.reason))")
    }

    @Test(arguments: ["", "x", "x\r\n\r\n\r\n", " \t \r\n", "a  b \r\nc"])
    func `a seal passes whatever the body`(body: String) throws {
        var message = Self.message
        message.body = Array(body.utf8)
        #expect(try Self.sealed(message, by: Self.seal()).verdicts(at: Self.time).map(\.result) == [.pass])
    }

    @Test(arguments: ["rsa-pkcs8", "ed25519"]) func `the same message has the same seal`(key: String) throws {
        let one = try Self.sealed(by: Self.seal(key))
        let two = try Self.sealed(by: Self.seal(key))
        #expect(one.header == two.header)
    }

    @Test func `PKCS#1 and PKCS#8 are the same key`() throws {
        #expect(try Self.seal("rsa-pkcs1").keyRecord == Self.seal("rsa-pkcs8").keyRecord)
    }

    @Test func `lines are not longer than 78 characters`() throws {
        for key in ["rsa-pkcs8", "ed25519"] {
            let field = try Self.sealed(by: Self.seal(key)).header[0]
            let lines = field.octets.split(separator: UInt8(ascii: "\n"))
            #expect(lines.allSatisfy { $0.count <= 78 }, "\(String(decoding: field.octets, as: UTF8.self))")
        }
    }

    @Test func `a change of what is sealed breaks the seal`() throws {
        let sealed = try Self.sealed(by: Self.seal())
        for index in sealed.header.indices.dropFirst() where !sealed.header[index].isNamed("Received") {
            var message = sealed
            message.header[index].value.append(UInt8(ascii: "x"))
            #expect(message.verdicts(at: Self.time).map(\.result) == [.fail], "field \(index)")
        }
        var message = sealed
        message.body[0] ^= 1
        #expect(message.verdicts(at: Self.time).map(\.result) == [.fail])
        for name in ["From", "Subject", "Reply-To", "Content-Type"] {
            message = sealed
            message.header.insert(HeaderField(name, " x@evil.example"), at: 0)
            #expect(message.verdicts(at: Self.time).map(\.result) == [.fail], "\(name)")
        }
    }

    @Test func `what is added on top later does not break the seal`() throws {
        var message = try Self.sealed(by: Self.seal())
        message.header.insert(HeaderField("Authentication-Results", " inner.example.org; none"), at: 0)
        message.header.insert(HeaderField("Received", " from mx.example.org by inner.example.org; x"), at: 0)
        message.header.insert(HeaderField("Delivered-To", " list@example.org"), at: 0)
        #expect(message.verdicts(at: Self.time).map(\.result) == [.pass])
    }

    @Test func `a header with more fields than a signature may name is not sealed`() throws {
        var message = Self.message
        message.header += Array(repeating: HeaderField("Authentication-Results", " x.example; none"), count: 500)
        let digest = try #require(BodyHashes([FieldSeal.bodyHashSpecification]).finish().values.first)
        #expect(try Self.seal().seal(Self.field, over: message.header, body: digest, at: Self.time) == nil)
    }

    @Test(arguments: [
        ("encrypted-pkcs8", "encrypted"), ("encrypted-pkcs1", "unencrypted"), ("public", "PUBLIC KEY"),
        ("p256", "neither an Ed25519 key nor an RSA key"), ("rsa-1023", "1024 bits or more"),
    ])
    func `a file that is no key to seal with is refused in words`(key: String, words: String) throws {
        let defect = #expect(throws: SigningKey.Defect.self) { try Self.seal(key) }
        #expect(defect?.description.contains(words) == true, "\(String(describing: defect))")
    }

    @Test func `octets that are no PEM are refused, cut and bent ones too`() throws {
        let pem = try Self.key("rsa-pkcs8")
        let domain = try #require(Domain("example.org"))
        for octets in [[], Array("hello".utf8), Array(pem.prefix(500)), Array(pem.dropFirst(30)), [0, 0xFF, 0x0A]] {
            #expect(throws: SigningKey.Defect.self) {
                try FieldSeal(domain: domain, selector: domain, privateKeyPEM: octets)
            }
        }
    }

    @Test(arguments: ["org", "-x.example.org"]) func `a name that nobody can sign for is refused`(domain: String) {
        #expect(throws: SigningKey.Defect.self) { try Self.seal(domain: domain) }
    }

    @Test func `dkimpy verifies a seal`() throws {
        try #require(OtherVerifier.dkimpy.isThere, "Debian package python3-dkim is missing")
        let message = try Self.sealed(by: Self.seal())
        #expect(try OtherVerifier.dkimpy.output(message) == "True")
    }

    @Test func `Mail-DKIM verifies a seal`() throws {
        try #require(OtherVerifier.mailDKIM.isThere, "Debian package libmail-dkim-perl is missing")
        let message = try Self.sealed(by: Self.seal())
        #expect(try OtherVerifier.mailDKIM.output(message) == "pass")
    }
}

/// Another program that verifies DKIM.
private struct OtherVerifier {
    let program: [String]
    let probe: [String]

    /// Debian: python3-dkim.
    static let dkimpy = OtherVerifier(
        program: [
            "/usr/bin/python3", "-c",
            "import sys, dkim; key = sys.argv[1].encode();"
                + " print(dkim.verify(sys.stdin.buffer.read(), dnsfunc=lambda *a, **k: key), end='')",
        ],
        probe: ["/usr/bin/python3", "-c", "import dkim"]
    )
    /// Debian: libmail-dkim-perl.
    static let mailDKIM = OtherVerifier(
        program: [
            "/usr/bin/perl", "-e",
            """
            use Mail::DKIM::Verifier; use Net::DNS; no warnings 'redefine'; my $key = shift;
            *Mail::DKIM::DNS::query = sub {
                Net::DNS::RR->new(owner => $_[0], type => 'TXT', txtdata => [unpack('(a200)*', $key)]) };
            my $v = Mail::DKIM::Verifier->new; undef $/; $v->PRINT(scalar <STDIN>); $v->CLOSE; print $v->result;
            """,
        ],
        probe: ["/usr/bin/perl", "-MMail::DKIM", "-e", "1"]
    )

    var isThere: Bool {
        (try? Self.run(probe, input: Data()).status) == 0
    }

    func output(_ message: SignedMessage) throws -> String {
        let header = message.header.flatMap { Canonicalization.simple.octets(of: $0) + Array("\r\n".utf8) }
        let key = try #require(message.answers.values.first?.texts.first)
        return try Self.run(
            program + [String(decoding: key, as: UTF8.self)],
            input: Data(header + Array("\r\n".utf8) + message.body)
        ).output
    }

    private static func run(_ command: [String], input: Data) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: command[0])
        process.arguments = Array(command.dropFirst())
        let (stdin, stdout) = (Pipe(), Pipe())
        process.standardInput = stdin
        process.standardOutput = stdout
        process.standardError = FileHandle.nullDevice
        try process.run()
        try stdin.fileHandleForWriting.write(contentsOf: input)
        try stdin.fileHandleForWriting.close()
        let output = try stdout.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }
}
