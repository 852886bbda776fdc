/// Fields and what there is to say of them.
extension LintTests {
    static let clean = [
        Case("none", " mx.example.org; none"),
        Case("version 1", " mx.example.org 1; none"),
        Case(
            "one of each method",
            " a.example; spf=pass smtp.mailfrom=b.example; dkim=none; dmarc=none header.from=b.example"
        ),
        Case(
            "a comment as Google writes it",
            " a.example; dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=b.example"
        ),
        Case("a site's own properties", " a.example; dmarc=fail policy.whatever=x header.from=b.example"),
        Case("a quoted IPv6 address", " a.example; iprev=pass policy.iprev=\"2001:db8::1\""),
        Case("a reason", " a.example; dkim=fail reason=\"a; b\" header.d=b.example"),
        Case("two signatures", " a.example; dkim=pass header.b=abcdefgh; dkim=fail header.b=abcdefgH"),
        Case("an identity of DKIM", " a.example; dkim=pass header.i=joe@b.example"),
        Case("a domain alone", " a.example; spf=pass smtp.mailfrom=@b.example"),
        Case(
            "the standard's B.7",
            " foo.example.net (foobar) 1 (baz); dkim (c) / 1 (d) = (e) fail policy (f) . (g) expired (h) = (i) 1362471462"
        ),
    ]

    static let syntax = [
        Case("nothing", "", "authserv-id-missing@0"),
        Case("a semicolon first", " ; spf=pass smtp.helo=b.example", "authserv-id-missing@1"),
        Case(
            "Microsoft 365",
            " spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=b.example; dmarc=pass action=none "
                + "header.from=b.example;compauth=pass reason=100",
            "authserv-id-missing@1",
            "dialect@1",
            "property-type-missing@71",
            "method-unregistered@105"
        ),
        Case(
            "Microsoft 365 as it was, with its name before each result",
            " spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=b.example; a.example; dkim=none (message not signed);a.example",
            "authserv-id-missing@1",
            "dialect@1",
            "syntax@60",
            "syntax@102"
        ),
        Case("auth without an id", " auth=pass smtp.auth=joe", "authserv-id-missing@1"),
        Case("id and queue id", " a.example/3F2A; none", "authserv-id-unquoted@1", "dialect@1"),
        Case("an id with a port", " a.example:25; none", "authserv-id-unquoted@1"),
        Case("a U-label", " bücher.example; none", "authserv-id-unquoted@1"),
        Case("an empty id", " \"\"; none", "syntax@1"),
        Case("an id and nothing else", " a.example", "results-missing@10"),
        Case("an id and a semicolon", " a.example;", "results-missing@10"),
        Case("no semicolon", " a.example spf=pass smtp.helo=b.example", "semicolon-missing@11"),
        Case(
            "Yahoo",
            " mta1.example.com  from=b.example; dkim=pass (ok)",
            "semicolon-missing@19",
            "dialect@19",
            "method-unregistered@19",
            "keyword@25"
        ),
        Case("a word behind the id", " a.example x; spf=pass smtp.helo=b.example", "semicolon-missing@11"),
        Case("a trailing semicolon", " a.example; spf=pass smtp.helo=b.example;", "trailing-semicolon@40"),
        Case("a trailing semicolon behind none", " a.example; none;", "trailing-semicolon@16"),
        Case("an empty result", " a.example;; spf=pass smtp.helo=b.example", "result-empty@10"),
        Case("none and a result", " a.example; none; spf=pass smtp.helo=b.example", "none-with-results@18"),
        Case("a result and none", " a.example; spf=pass smtp.helo=b.example; none", "none-with-results@42"),
        Case("an underscore in a method", " a.example; x_google_dkim=pass; spf=none", "keyword@12"),
        Case("an underscore in a result", " a.example; spf=pass_x smtp.helo=b.example", "keyword@20"),
        Case("an underscore in a property", " a.example; dmarc=pass policy.published_policy=none", "keyword@23"),
        Case("no equals sign", " a.example; spf pass", "syntax@16"),
        Case("no result", " a.example; spf=; dkim=none", "syntax@16"),
        Case(
            "a reason behind the properties",
            " a.example; dkim=fail header.d=b.example reason=\"bad signature\" header.s=x",
            "reason-position@41"
        ),
        Case(
            "a number as reason behind the properties",
            " a.example; dkim=fail header.d=b.example reason=1",
            "reason-position@41"
        ),
        Case("a reason of bare words", " a.example; dkim=fail reason=bad signature header.d=b.example", "bare-word@33"),
        Case("a reason with a slash", " a.example; dkim=fail reason=a/b header.d=b.example", "value-unquoted@29"),
        Case(
            "no type of property",
            " a.example; dkim=pass x-bits=2048 header.d=b.example",
            "property-type-missing@22",
            "dialect@22"
        ),
        Case(
            "Amazon SES",
            " amazonses.com; spf=pass (spfCheck: ok) client-ip=192.0.2.1; envelope-from=a@b.example; helo=c.example;",
            "property-type-missing@40",
            "dialect@40",
            "method-unregistered@61",
            "keyword@76",
            "method-unregistered@88",
            "keyword@94",
            "trailing-semicolon@102"
        ),
        Case(
            "Cisco",
            " esa1.example.com; dmarc=pass (p=none dis=none) d=b.example",
            "property-type-missing@48",
            "dialect@48"
        ),
        Case("an unquoted IPv6 address", " a.example; iprev=pass policy.iprev=2001:db8::1 (x)", "value-unquoted@36"),
        Case("unquoted base64", " a.example; dkim=pass header.b=ab/cd+ef== header.d=b.example", "value-unquoted@31"),
        Case("Gmail", " mx.google.com; dkim=pass header.b=abcde/fg", "value-unquoted@35", "dialect@35"),
        Case("an unquoted name", " a.example; smime=pass body.smime-issuer=CN=CA1,ST=BC", "value-unquoted@41"),
        Case(
            "several",
            " a.example; iprev=pass policy.iprev=::1; dkim=pass header.b=abcdefg/; spf=pass smtp.helo=[::1];",
            "value-unquoted@36",
            "value-unquoted@60",
            "value-unquoted@89",
            "trailing-semicolon@94"
        ),
        Case("no value", " a.example; spf=pass smtp.helo=; dkim=none", "value-empty@31"),
        Case("no value at the end", " a.example; spf=pass smtp.helo= ", "value-empty@32"),
        Case("a null reverse-path", " a.example; spf=pass smtp.mailfrom=<>", "null-path@35"),
        Case("angle brackets", " a.example; spf=pass smtp.mailfrom=<a@b.example>; dkim=none", "angle-brackets@35"),
        Case("a mailbox at a host", " a.example; spf=pass smtp.mailfrom=a@localhost; dkim=none", "mailbox-domain@35"),
        Case("a mailbox at a literal", " a.example; spf=pass smtp.mailfrom=a@[192.0.2.1]", "mailbox-domain@35"),
        Case("a local-part with two dots", " a.example; auth=pass smtp.auth=a..b@b.example", "local-part-syntax@32"),
        Case("a display name", " a.example; dmarc=pass header.from=\"Joe\" <a@b.example>", "bare-word@41"),
        Case("an open quote", " a.example; dkim=fail reason=\"bad; spf=x", "quote-unterminated@29"),
        Case("an open comment", " a.example (x; spf=pass", "comment-unterminated@11"),
        Case(
            "an open comment behind a result",
            " a.example; spf=x (x; spf=pass",
            "result-unregistered@12",
            "comment-unterminated@18"
        ),
        Case("a control character", " a.example; spf=pass reason=\"\u{7}\" smtp.helo=b", "control-character@29"),
        Case("a control character between", " a.example; spf=pass \u{7} smtp.helo=b", "bare-word@21"),
        Case("a bare CR", " a.example;\r none", "line-break@12"),
        Case("a line break that is no fold", " a.example;\nnone", "line-break@12"),
        Case("a second version", " a.example 1 1; none", "semicolon-missing@13"),
        Case("a comma", " a.example; spf=pass, dkim=pass", "keyword@20", "property-type-missing@22"),
    ]

    static let meaning = [
        Case("another version", " a.example 2; none", "version-unsupported@11"),
        Case("another version of a method", " a.example; spf/2=pass smtp.helo=b", "method-version-unsupported@12"),
        Case("an unregistered method", " a.example; x-tls=pass smtp.version=1", "method-unregistered@12"),
        Case(
            "an unregistered result",
            " a.example; dmarc=bestguesspass header.from=b.example",
            "result-unregistered@12"
        ),
        Case("no result of iprev", " a.example; iprev=none", "result-unregistered@12"),
        Case("an unregistered type", " a.example; spf=pass envelope.from=b.example", "property-type-unregistered@21"),
        Case("an unregistered property", " a.example; spf=pass smtp.client-ip=192.0.2.1", "property-unregistered@21"),
        Case(
            "Exim's iprev",
            " a.example; iprev=pass (b.example) smtp.remote-ip=192.0.2.1",
            "property-unregistered@35",
            "dialect@35"
        ),
        Case("a deprecated method", " a.example; dkim-adsp=pass header.from=b.example", "method-deprecated@12"),
        Case(
            "sender-id with any field",
            " a.example; sender-id=pass header.resent-from=b.example",
            "method-deprecated@12"
        ),
        Case("a deprecated result", " a.example; spf=hardfail smtp.helo=b.example", "result-deprecated@12"),
        Case("a policy that is none", " a.example; dmarc=fail policy.dmarc=discard", "property-value@23"),
        Case("no number", " a.example; arc=pass header.oldest-pass=x", "property-value@21"),
        Case("a short signature", " a.example; dkim=pass header.b=abc", "signature-short@22"),
        Case("a local-part of SPF", " a.example; spf=pass smtp.mailfrom=joe@b.example", "local-part@21"),
        Case("a mailbox for DMARC", " a.example; dmarc=pass header.from=joe@b.example", "domain-expected@23"),
        Case(
            "a whole From for DMARC",
            " a.example; dmarc=pass header.from=\"Joe <joe@b.example>\"",
            "domain-expected@23"
        ),
        Case(
            "both identities",
            " a.example; spf=pass smtp.mailfrom=b.example smtp.helo=c.example",
            "spf-identities@45"
        ),
        Case(
            "a client's address beside the identity",
            " a.example; spf=pass smtp.mailfrom=b.example smtp.remote-ip=192.0.2.1",
            "property-unregistered@45"
        ),
        Case(
            "a property twice",
            " a.example; dkim=pass header.d=b.example header.d=c.example",
            "duplicate-property@41"
        ),
        Case("properties without space", " a.example; dkim=pass header.s=\"x\"header.d=b.example", "space-missing@34"),
        Case("a result twice", " a.example; spf=pass smtp.helo=b; spf=pass smtp.helo=b", "duplicate-result@34"),
        Case(
            "two results for one identity",
            " a.example; spf=pass smtp.helo=b; spf=fail smtp.helo=B",
            "contradictory-results@34"
        ),
        Case(
            "two results for one signature",
            " a.example; dkim=pass header.d=b.example header.b=abcdefgh; dkim=fail header.d=B.example header.b=abcdefgh",
            "contradictory-results@60"
        ),
        Case(
            "signatures that nothing tells apart",
            " a.example; dkim=pass header.d=b.example; dkim=fail header.d=b.example",
            "signatures-indistinct@42"
        ),
        Case("a blank line", " a.example;\n \n none", "blank-line@12"),
        Case("a line too long", " a.example; none (\(String(repeating: "x", count: 1000)))", "line-too-long@0"),
    ]
}
