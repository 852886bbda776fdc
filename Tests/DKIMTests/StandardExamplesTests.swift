import DKIM
import DNS
import Mail
import MailSignature
import SigningSupport
import Testing

/// The signed messages that the standards print.
@Suite struct StandardExamplesTests {
    /// RFC 8463, appendix A.
    static let football = SignedMessage(
        """
        DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;
         d=football.example.com; i=@football.example.com;
         q=dns/txt; s=brisbane; t=1528637909; h=from : to :
         subject : date : message-id : from : subject : date;
         bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
         b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus
         Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==
        DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;
         d=football.example.com; i=@football.example.com;
         q=dns/txt; s=test; t=1528637909; h=from : to : subject :
         date : message-id : from : subject : date;
         bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
         b=F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3
         DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz
         dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=
        From: Joe SixPack <joe@football.example.com>
        To: Suzie Q <suzie@shopping.example.net>
        Subject: Is dinner ready?
        Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)
        Message-ID: <20030712040037.46341.5F8J@football.example.com>

        Hi.

        We lost the game.  Are you hungry yet?

        Joe.

        """,
        keys: [
            "brisbane._domainkey.football.example.com":
                "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
            "test._domainkey.football.example.com":
                "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jL"
                + "QiY/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3"
                + "Ip3G+2kryOTIKT+l/K4w3QIDAQAB",
        ]
    )

    /// RFC 6376, appendix A.2, with the white space of errata 3192 and 4926.
    static let dinner = SignedMessage(
        """
        DKIM-Signature: v=1; a=rsa-sha256; s=brisbane; d=example.com;
              c=simple/simple; q=dns/txt; i=joe@football.example.com;
              h=Received : From : To : Subject : Date : Message-ID;
              bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
              b=AuUoFEfDxTDkHlLXSZEpZj79LICEps6eda7W3deTVFOk4yAUoqOB
              4nujc7YopdG5dWLSdNg6xNAZpOPr+kHxt1IrE+NahM6L/LbvaHut
              KVdkLLkpVaVVQPzeRDI009SO2Il5Lu7rDNH6mZckBdrIx0orEtZV
              4bmp/YzhwvcubU4=;
        Received: from client1.football.example.com  [192.0.2.1]
              by submitserver.example.com with SUBMISSION;
              Fri, 11 Jul 2003 21:01:54 -0700 (PDT)
        From: Joe SixPack <joe@football.example.com>
        To: Suzie Q <suzie@shopping.example.net>
        Subject: Is dinner ready?
        Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)
        Message-ID: <20030712040037.46341.5F8J@football.example.com>

        Hi.

        We lost the game. Are you hungry yet?

        Joe.

        """,
        keys: [
            "brisbane._domainkey.example.com":
                "v=DKIM1; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkMoGeLnQg1fWn7/zYtIxN2SnFCjxOCKG9v3b"
                + "4jYfcTNh5ijSsq631uBItLa7od+v/RtdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0fzfVjH4OuKhitdY9tf6mcwGjaNBcWToIMmPSPDdQPNUY"
                + "ckcQ2QIDAQAB"
        ]
    )

    @Test func `the signature of RFC 6376 A.2 passes`() throws {
        let verdict = try #require(Self.dinner.verdicts().first)
        #expect(verdict.result == .pass, "\(verdict.reason ?? "")")
        #expect(verdict.domain?.text == "example.com")
        #expect(verdict.selector?.text == "brisbane")
        #expect(verdict.identity?.domain.text == "football.example.com")
        #expect(verdict.identity?.localPart == Array("joe".utf8))
        #expect(verdict.algorithm == .rsaSHA256)
        #expect(verdict.signatureText?.hasPrefix("AuUoFEfDxTDk") == true)
        #expect(verdict.keyBits == 1024)
    }

    @Test func `both signatures of RFC 8463 A.3 pass`() {
        let verdicts = Self.football.verdicts()
        #expect(verdicts.map(\.result) == [.pass, .pass], "\(verdicts.map { $0.reason ?? "" })")
        #expect(verdicts.map(\.keyBits) == [256, 1024])
        #expect(verdicts.allSatisfy { $0.domain?.text == "football.example.com" })
    }

    @Test func `a changed body fails both`() {
        var message = Self.football
        message.body[0] ^= 0x20
        #expect(message.verdicts().map(\.reason) == ["body hash did not verify", "body hash did not verify"])
    }

    @Test func `a changed header fails both`() {
        var message = Self.football
        message.header[4].value += Array(" Now".utf8)
        #expect(message.verdicts().map(\.reason) == ["signature did not verify", "signature did not verify"])
    }

    @Test func `the size of the pieces in which the body comes does not matter`() {
        for chunk in 1...40 {
            #expect(Self.football.verdicts(chunk: chunk).map(\.result) == [.pass, .pass], "pieces of \(chunk)")
        }
    }
}
