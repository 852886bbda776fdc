/// What a client can do to a field by what it says of itself; the true address is 192.0.2.1, the one it would like to
/// have is 198.51.100.7.
enum ReceivedAttacks {
    typealias Case = ReceivedTests.Case

    static let date = ReceivedSamples.date
    static let sendmailEnd = " (real.example [192.0.2.1]) by mx.example.org (8.17.1/8.17.1) with ESMTP id 1; \(date)"
    static let plainEnd = " (real.example [192.0.2.1]) by mx.example.org with ESMTP id 1; \(date)"

    static let all = [
        Case(
            "a whole field in the HELO",
            "from mx.own.example (good.example [198.51.100.7]) by mx.example.org (Postfix) with ESMTP id 1; x\(plainEnd)",
            "ambiguous"
        ),
        Case(
            "a whole field with a date, the rest in a comment",
            "from x (y [198.51.100.7]) by mx.example.org (Postfix) with ESMTP id 1; \(date) (\(plainEnd)",
            "ambiguous"
        ),
        Case(
            "the rest in a quoted string",
            "from x (y [198.51.100.7]) by mx.example.org (Postfix) with ESMTP id \"\(plainEnd)\"",
            "ambiguous"
        ),
        Case(
            "the rest in two comments, closed by the recipient",
            "from x ([198.51.100.7]) by mx.example.org (Exim 4.9) (( (real.example [192.0.2.1]) by mx.example.org with SMTP"
                + " for <a))@example.org>; \(date)",
            "malformed"
        ),
        Case(
            "the rest closed by the sender",
            "from real.example ([192.0.2.1] helo=x) (y [198.51.100.7]) by mx.example.org with smtp (Exim 4.9) ((z)"
                + " by mx.example.org with smtp (Exim 4.96) (envelope-from <\"a)\"@b>) id 1 for u; \(date)",
            "ambiguous"
        ),
        Case(
            "by without white space",
            "from x ([198.51.100.7])by mx.example.org with SMTP; \(date) (\(plainEnd)",
            "ambiguous"
        ),
        Case("by in a comment", "from x (by mx.example.org)\(plainEnd)", "ambiguous"),
        Case("a HELO that is by", "from by\(plainEnd)", "ambiguous"),
        Case(
            "a HELO that is from",
            "from from\(plainEnd)",
            "standard by=mx.example.org ip=192.0.2.1 helo=from name=real.example with=esmtp"
        ),
        Case("an address in the HELO", "from x (y [198.51.100.7])\(sendmailEnd)", "ambiguous"),
        Case("an address without brackets in the HELO", "from x (198.51.100.7)\(plainEnd)", "ambiguous"),
        Case("qmail's comments in the HELO", "from x (HELO y) (198.51.100.7)\(plainEnd)", "ambiguous"),
        Case(
            "an address in a HELO that Postfix would not have written",
            "from x ([198.51.100.7]) (real.example [192.0.2.1]) by mx.example.org (Postfix) with ESMTP id 1; \(date)",
            "ambiguous"
        ),
        Case("Exim's comment in the HELO", "from x ([198.51.100.7] helo=y)\(plainEnd)", "ambiguous"),
        Case("Exim's address in the HELO", "from [198.51.100.7] (helo=y)\(plainEnd)", "ambiguous"),
        Case(
            "a literal as HELO",
            "from [198.51.100.7]\(sendmailEnd)",
            "sendmail by=mx.example.org ip=192.0.2.1 helo=[198.51.100.7] name=real.example with=esmtp"
        ),
        Case("a HELO of two words", "from x [198.51.100.7]\(sendmailEnd)", "ambiguous"),
        Case("a HELO that opens a comment", "from x (\(sendmailEnd)", "malformed"),
        Case("a HELO that closes a comment", "from x )\(sendmailEnd)", "malformed"),
        Case("a HELO with a quote", "from x\"\(sendmailEnd)", "malformed"),
        Case(
            "a reverse name that hides the address as a remark",
            "from x (y [198.51.100.7]) (using [192.0.2.1] (may be forged)) by mx.example.org (8.17/8.17) with SMTP; \(date)",
            "ambiguous"
        ),
        Case(
            "a reverse name that is HELO",
            "from x (198.51.100.7) (HELO [192.0.2.1]) by mx.example.org with SMTP; \(date)",
            "ambiguous"
        ),
        Case(
            "a reverse name that is an address",
            "from x ([198.51.100.7] [192.0.2.1]) by mx.example.org (8.17/8.17) with SMTP; \(date)",
            "ambiguous"
        ),
        Case(
            "a reverse name that is an address without brackets",
            "from x (198.51.100.7 [192.0.2.1]) by mx.example.org (8.17/8.17) with SMTP; \(date)",
            "sendmail by=mx.example.org ip=192.0.2.1 helo=x with=smtp"
        ),
        Case(
            "ident that is an address",
            "from x (IDENT:198.51.100.7@real.example [192.0.2.1]) by mx.example.org (8.9.3/8.9.3) with SMTP; \(date)",
            "sendmail by=mx.example.org ip=192.0.2.1 helo=x name=real.example with=smtp"
        ),
        Case(
            "qmail: ident that is an address",
            "from real.example (HELO x) (198.51.100.7@192.0.2.1) by mx.example.org with SMTP; \(date)",
            "qmail by=mx.example.org ip=192.0.2.1 helo=x name=real.example with=smtp"
        ),
        Case(
            "qmail: parentheses in the HELO",
            "from unknown (HELO x) (198.51.100.7) (192.0.2.1) by mx.example.org with SMTP; \(date)",
            "ambiguous"
        ),
        Case(
            "qmail: an address in the HELO",
            "from unknown (HELO x [198.51.100.7]) (192.0.2.1) by mx.example.org with SMTP; \(date)",
            "ambiguous"
        ),
        Case(
            "Exim: no reverse name, parentheses in the HELO",
            "from [192.0.2.1] (helo=x) (y [198.51.100.7]) by mx.example.org with smtp (Exim 4.96) id 1; \(date)",
            "ambiguous"
        ),
        Case(
            "Exim: white space in the HELO",
            "from real.example ([192.0.2.1] helo=x [198.51.100.7]) by mx.example.org with smtp (Exim 4.96) id 1; \(date)",
            "ambiguous"
        ),
        Case(
            "MDaemon: an address in the HELO",
            "from x [198.51.100.7] [192.0.2.1] by mx.example.org with SMTP (MDaemon.PRO.v6.8.5.R); \(date)",
            "ambiguous"
        ),
        Case(
            "a recipient that looks like a clause",
            "from x (real.example [192.0.2.1]) by mx.example.org with SMTP for <\"a\" with ESMTPSA@x>; \(date)",
            "malformed"
        ),
        Case(
            "a sender that looks like a signature",
            "from real.example ([192.0.2.1]) by mx.example.org with smtp (envelope-from <\"x) (Postfix\"@b>) id 1; \(date)",
            "standard by=mx.example.org ip=192.0.2.1 helo=real.example with=smtp"
        ),
        Case(
            "a sender that looks like AUTH and TLS",
            "from real.example ([192.0.2.1]) by mx.example.org with smtp (Exim 4.96) (envelope-from"
                + " <\"x) (authenticated) (version=TLS1_3 (\"@b>) id 1; \(date)",
            "malformed"
        ),
        Case(
            "the same, well-formed",
            "from real.example ([192.0.2.1]) by mx.example.org with smtp (Exim 4.96) (envelope-from"
                + " <\"x) (authenticated) (version=TLS1_3\"@b>) id 1; \(date)",
            "exim by=mx.example.org ip=192.0.2.1 helo=real.example name=real.example with=smtp"
        ),
        Case(
            "Yahoo: parentheses in the HELO",
            "from 192.0.2.1 (EHLO x) (198.51.100.7) by 10.253.234.155 with SMTPs (version=TLS1_3 cipher=X); \(date)",
            "ambiguous"
        ),
        Case(
            "Yahoo: parentheses in the HELO, and a name after by",
            "from 192.0.2.1 (EHLO x) (198.51.100.7) by atlas125.free.mail.bf1.yahoo.com with SMTPs; \(date)",
            "ambiguous"
        ),
        Case(
            "Yahoo: white space in the HELO",
            "from 192.0.2.1 (EHLO x 198.51.100.7) by 10.253.234.155 with SMTPs; \(date)",
            "ambiguous"
        ),
        Case(
            "Yahoo: a whole field in the HELO",
            "from 192.0.2.1 (EHLO x) by 10.1.1.1 with SMTP; \(date) () by 10.253.234.155 with SMTPs; \(date)",
            "ambiguous"
        ),
        Case(
            "no date, but a semicolon more",
            "from x ([192.0.2.1]) by mx.example.org with SMTP; a; \(date)",
            "ambiguous"
        ),
        Case(
            "a mapped address",
            "from x (real.example [IPv6:::ffff:192.0.2.1]) by mx.example.org (Postfix) with SMTP id 1; \(date)",
            "postfix by=mx.example.org ip=192.0.2.1 helo=x name=real.example with=smtp"
        ),
        Case(
            "a zone and a port",
            "from x ([fe80::1%eth0]:25) by mx.example.org with SMTP; \(date)",
            "standard by=mx.example.org ip=fe80::1 helo=x with=smtp"
        ),
        Case(
            "folds and tabs",
            "from\n\tx\n\t(\n\treal.example\n\t[192.0.2.1]\n\t)\n\tby\n\tmx.example.org\n\twith\n\tSMTP\n\t;\n\t\(date)",
            "standard by=mx.example.org ip=192.0.2.1 helo=x name=real.example with=smtp"
        ),
    ]
}
