/// What becomes of a message when an answer is not to be had.
extension AlignmentTests {
    static let failures = [
        Case("SPF without answer", "example.com", spf: "?example.com", plain, "temperror"),
        Case("DKIM without answer", "example.com", dkim: "?example.com", plain, "temperror"),
        Case("DKIM of a subdomain without answer", "example.com", dkim: "?a.example.com", plain, "temperror"),
        Case("strict: a subdomain without answer", "example.com", dkim: "?a.example.com", strict, "fail"),
        Case("a stranger without answer", "example.com", spf: "?example.net", dkim: "?other.com", plain, "fail"),
        Case(
            "SPF without answer, DKIM aligned",
            "example.com",
            spf: "?example.com",
            dkim: "+example.com",
            plain,
            "pass dkim example.com"
        ),
        Case(
            "SPF without answer, DKIM relaxed",
            "example.com",
            spf: "?example.com",
            dkim: "+a.example.com",
            plain,
            "pass dkim a.example.com"
        ),
        Case(
            "SPF without answer, DKIM failed",
            "example.com",
            spf: "?example.com",
            dkim: "-example.com",
            plain,
            "temperror"
        ),
        Case(
            "SPF without answer, DKIM a stranger's",
            "example.com",
            spf: "?example.com",
            dkim: "+example.net",
            plain,
            "temperror"
        ),
        Case("psd=n: another's without answer", "mail.example.com", dkim: "?example.com", department, "fail"),
        Case(
            "no answer about the signer",
            "example.com",
            dkim: "+a.example.com",
            ["_dmarc.example.com": "v=DMARC1; p=reject", "_dmarc.a.example.com": .servfail],
            "temperror"
        ),
        Case(
            "no answer about one signer, another aligned",
            "example.com",
            dkim: "+a.example.com +b.example.com",
            ["_dmarc.example.com": "v=DMARC1; p=reject", "_dmarc.a.example.com": .servfail],
            "pass dkim b.example.com"
        ),
        Case(
            "no answer about a stranger",
            "example.com",
            dkim: "+evil.example",
            ["_dmarc.example.com": "v=DMARC1; p=reject", "_dmarc.evil.example": .servfail],
            "fail"
        ),
        Case(
            "no answer about a stranger of the same top-level domain",
            "example.com",
            dkim: "+evil.com",
            ["_dmarc.example.com": "v=DMARC1; p=reject", "_dmarc.evil.com": .servfail],
            "fail"
        ),
        Case(
            "no answer above, the same domain",
            "example.com",
            dkim: "+example.com",
            ["_dmarc.example.com": "v=DMARC1; p=reject", "_dmarc.com": .servfail],
            "pass dkim example.com"
        ),
        Case(
            "no answer above, a subdomain",
            "example.com",
            dkim: "+a.example.com",
            ["_dmarc.example.com": "v=DMARC1; p=reject", "_dmarc.com": .servfail],
            "temperror"
        ),
        Case(
            "no answer above, strict",
            "example.com",
            dkim: "+a.example.com",
            ["_dmarc.example.com": "v=DMARC1; p=reject; adkim=s", "_dmarc.com": .servfail],
            "fail"
        ),
        Case(
            "no answer above psd=n",
            "example.com",
            dkim: "+a.example.com",
            ["_dmarc.example.com": "v=DMARC1; p=reject; psd=n", "_dmarc.com": .servfail],
            "pass dkim a.example.com"
        ),
        Case(
            "no policy to be had, the same domain",
            "example.com",
            dkim: "+example.com",
            ["_dmarc.example.com": .servfail],
            "temperror"
        ),
    ]
}
