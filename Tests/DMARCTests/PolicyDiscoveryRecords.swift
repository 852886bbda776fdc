/// What the texts at a name mean for the policy, and which of a record's policies is meant.
extension PolicyDiscoveryTests {
    static let records = [
        Case(
            "two records are none",
            "example.com",
            ["_dmarc.example.com": ["v=DMARC1; p=reject", "v=DMARC1; p=none"]],
            "none"
        ),
        Case(
            "two equal records are none",
            "example.com",
            ["_dmarc.example.com": ["v=DMARC1; p=reject", "v=DMARC1; p=reject"]],
            "none"
        ),
        Case(
            "above two records the walk goes on",
            "a.example.com",
            ["_dmarc.a.example.com": ["v=DMARC1; p=none", "v=DMARC1"], "_dmarc.example.com": reject],
            "fail reject example.com"
        ),
        Case(
            "other texts beside the record",
            "example.com",
            ["_dmarc.example.com": ["v=spf1 -all", "v=DMARC1; p=reject", "hello"]],
            "fail reject example.com"
        ),
        Case("another text only", "example.com", ["_dmarc.example.com": "v=spf1 -all"], "none"),
        Case(
            "a record that does not begin with its version is passed over",
            "a.example.com",
            ["_dmarc.a.example.com": "p=none; v=DMARC1", "_dmarc.example.com": reject],
            "fail reject example.com"
        ),
        Case(
            "strings are joined without a space",
            "example.com",
            ["_dmarc.example.com": .strings(["v=DMARC1; p=rej", "ect"])],
            "fail reject example.com"
        ),
        Case("an empty text", "example.com", ["_dmarc.example.com": ""], "none"),
        Case("p absent", "example.com", ["_dmarc.example.com": "v=DMARC1"], "none example.com"),
        Case(
            "p absent at the author domain is not made up for above it",
            "a.example.com",
            ["_dmarc.a.example.com": "v=DMARC1; adkim=s", "_dmarc.example.com": reject],
            "none a.example.com"
        ),
        Case(
            "p absent, sp is not enough",
            "a.example.com",
            ["_dmarc.example.com": "v=DMARC1; sp=reject; rua=mailto:a@example.com"],
            "fail none example.com"
        ),
        Case(
            "a public suffix that only says so",
            "a.example.com",
            ["_dmarc.com": "v=DMARC1; psd=y"],
            "none com"
        ),
        Case(
            "p absent, with rua",
            "example.com",
            ["_dmarc.example.com": "v=DMARC1; rua=mailto:a@example.com"],
            "fail none example.com"
        ),
        Case("p wrong", "example.com", ["_dmarc.example.com": "v=DMARC1; p=all"], "permerror example.com"),
        Case(
            "p wrong, with rua",
            "example.com",
            ["_dmarc.example.com": "v=DMARC1; p=all; rua=mailto:a@example.com"],
            "fail none example.com"
        ),
        Case(
            "p wrong at the organizational domain",
            "a.example.com",
            ["_dmarc.example.com": "v=DMARC1; p=all; sp=reject"],
            "permerror example.com"
        ),
        Case(
            "p wrong at the author domain is not made up for above it",
            "a.example.com",
            ["_dmarc.a.example.com": "v=DMARC1; p=all", "_dmarc.example.com": reject],
            "permerror a.example.com"
        ),
        Case(
            "sp wrong, with rua, at the organizational domain",
            "a.example.com",
            ["_dmarc.example.com": "v=DMARC1; p=reject; sp=x; rua=mailto:a@example.com"],
            "fail none example.com"
        ),
        Case(
            "reject in testing",
            "example.com",
            ["_dmarc.example.com": "v=DMARC1; p=reject; t=y"],
            "fail quarantine example.com"
        ),
        Case(
            "quarantine in testing",
            "example.com",
            ["_dmarc.example.com": "v=DMARC1; p=quarantine; t=y"],
            "fail none example.com"
        ),
        Case(
            "none in testing",
            "example.com",
            ["_dmarc.example.com": "v=DMARC1; p=none; t=y"],
            "fail none example.com"
        ),
        Case(
            "sp in testing",
            "a.example.com",
            ["_dmarc.example.com": "v=DMARC1; p=none; sp=reject; t=y"],
            "fail quarantine example.com"
        ),
    ]

    static let subdomains = [
        Case("p without sp and np", "a.example.com", ["_dmarc.example.com": reject], "fail reject example.com"),
        Case(
            "sp for a subdomain that exists",
            "a.example.com",
            ["a.example.com": .noData, "_dmarc.example.com": "v=DMARC1; p=none; sp=quarantine; np=reject"],
            "fail quarantine example.com"
        ),
        Case(
            "np for one that does not",
            "a.example.com",
            ["_dmarc.example.com": "v=DMARC1; p=none; sp=quarantine; np=reject"],
            "fail reject example.com"
        ),
        Case(
            "sp for one that does not, without np",
            "a.example.com",
            ["_dmarc.example.com": "v=DMARC1; p=none; sp=quarantine"],
            "fail quarantine example.com"
        ),
        Case(
            "p for one that exists, without sp",
            "a.example.com",
            ["a.example.com": .noData, "_dmarc.example.com": "v=DMARC1; p=quarantine; np=reject"],
            "fail quarantine example.com"
        ),
        Case(
            "np without sp",
            "a.example.com",
            ["_dmarc.example.com": "v=DMARC1; p=none; np=reject"],
            "fail reject example.com"
        ),
        Case(
            "np in testing",
            "a.example.com",
            ["_dmarc.example.com": "v=DMARC1; p=none; np=reject; t=y"],
            "fail quarantine example.com"
        ),
        Case(
            "a domain exists if only a name below it does",
            "a.example.com",
            ["x.a.example.com": "text", "_dmarc.example.com": "v=DMARC1; p=none; np=reject"],
            "fail none example.com"
        ),
        Case(
            "a domain whose _dmarc has other texts exists",
            "a.example.com",
            ["_dmarc.a.example.com": "text", "_dmarc.example.com": "v=DMARC1; p=none; np=reject"],
            "fail none example.com"
        ),
        Case(
            "neither sp nor np for the domain itself",
            "example.com",
            ["_dmarc.example.com": "v=DMARC1; p=none; sp=reject; np=reject"],
            "fail none example.com"
        ),
    ]
}
