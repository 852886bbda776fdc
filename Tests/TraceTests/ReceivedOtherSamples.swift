extension ReceivedSamples {
    static let microsoft = [
        Case(
            "Exchange Online, from outside",
            "from mail.example.net (192.0.2.1) by\n AM0EUR02FT0.mail.protection.outlook.com (10.152.8.1) with Microsoft SMTP"
                + "\n Server (version=TLS1_2, cipher=TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384) id\n 15.20.7159.9 via Frontend"
                + " Transport; \(date)",
            "exchange by=am0eur02ft0.mail.protection.outlook.com ip=192.0.2.1 helo=mail.example.net with=smtp tls"
        ),
        Case(
            "Exchange Online, within",
            "from DB9PR02MB0001.eurprd02.prod.outlook.com\n ([fe80::1234:5678:9abc:def0%6]) by"
                + " DB9PR02MB0002.eurprd02.prod.outlook.com\n ([fe80::1%3]) with mapi id 15.20.7159.009; \(date)",
            "exchange by=db9pr02mb0002.eurprd02.prod.outlook.com local"
        ),
        Case(
            "Exchange Online, from server to server",
            "from DB9PR02MB0001.eurprd02.prod.outlook.com (2603:10a6:10:1::1) by"
                + " DB9PR02MB0002.eurprd02.prod.outlook.com with HTTPS; \(date)",
            "exchange by=db9pr02mb0002.eurprd02.prod.outlook.com local with=https tls"
        ),
        Case(
            "Exchange Online, by IPv6",
            "from AS4P189CA0001.EURP189.PROD.OUTLOOK.COM (2603:10a6:20b:5dd::10)\n by"
                + " DB9PR02MB0002.eurprd02.prod.outlook.com (2603:10a6:10:1::1) with\n Microsoft SMTP Server (version=TLS1_2,"
                + " cipher=X) id 15.20.7159.9; \(date)",
            "exchange by=db9pr02mb0002.eurprd02.prod.outlook.com ip=2603:10a6:20b:5dd::10"
                + " helo=AS4P189CA0001.EURP189.PROD.OUTLOOK.COM with=smtp tls"
        ),
        Case(
            "Exchange",
            "from mail.example.net (192.0.2.1) by EX01.example.org (10.0.0.5) with Microsoft SMTP Server id 8.3.485.1;"
                + " \(date)",
            "exchange by=ex01.example.org ip=192.0.2.1 helo=mail.example.net with=smtp"
        ),
        Case(
            "SMTPSVC",
            "from mail.example.net ([192.0.2.1]) by EX.example.org with Microsoft SMTPSVC(6.0.3790.4675);\n\t \(date)",
            "smtpsvc by=ex.example.org ip=192.0.2.1 helo=mail.example.net"
        ),
        Case(
            "SMTPSVC, not verified",
            "from mail.example.net ([192.0.2.1] RDNS failed) by EX.example.org with Microsoft SMTPSVC(6.0.3790.4675); \(date)",
            "smtpsvc by=ex.example.org ip=192.0.2.1 helo=mail.example.net"
        ),
        Case(
            "SMTPSVC, old",
            "from mail.example.net (unverified [192.0.2.1]) by EX.example.org with Microsoft SMTPSVC(5.5.1877.537.53);"
                + " \(date)",
            "smtpsvc by=ex.example.org ip=192.0.2.1 helo=mail.example.net"
        ),
        Case(
            "SMTPSVC, a program on the host",
            "from mail pickup service by EX.example.org with Microsoft SMTPSVC; \(date)",
            "smtpsvc by=ex.example.org local"
        ),
    ]

    static let gmail = [
        Case(
            "Gmail",
            "from mail.example.net (mail.example.net. [192.0.2.1])\n        by mx.google.com with ESMTPS id"
                + " a1-20020a05620a123400b0078.123.2024.01.01.07.04.05\n        for <user@gmail.com>\n        (version=TLS1_3"
                + " cipher=TLS_AES_256_GCM_SHA384 bits=256/256);\n        Mon, 01 Jan 2024 07:04:05 -0800 (PST)",
            "gmail by=mx.google.com ip=192.0.2.1 helo=mail.example.net name=mail.example.net with=esmtps tls"
        ),
        Case(
            "Gmail, from itself",
            "from mail-sor-f41.google.com (mail-sor-f41.google.com. [209.85.220.41]) by mx.google.com with SMTPS id x for"
                + " <user@gmail.com> (Google Transport Security); \(date)",
            "gmail by=mx.google.com ip=209.85.220.41 helo=mail-sor-f41.google.com name=mail-sor-f41.google.com"
                + " with=smtps tls"
        ),
        Case(
            "Gmail, no reverse name",
            "from mail.example.net ([2001:db8::25]) by mx.google.com with ESMTP id x for <user@gmail.com>; \(date)",
            "gmail by=mx.google.com ip=2001:db8::25 helo=mail.example.net with=esmtp"
        ),
        Case(
            "Gmail, within",
            "by 2002:a05:7300:6407:b0:117:2f08:3a9d with SMTP id dx7csp1; \(date)",
            "standard by=[2002:a05:7300:6407:b0:117:2f08:3a9d] local with=smtp"
        ),
        Case(
            "Gmail, submitted",
            "from pc.local ([203.0.113.9]) by smtp.gmail.com with ESMTPSA id x for <user@example.org>"
                + " (version=TLS1_3 cipher=X bits=256/256); \(date)",
            "gmail by=smtp.gmail.com ip=203.0.113.9 helo=pc.local with=esmtpsa tls auth"
        ),
    ]

    static let others = [
        Case(
            "Domino",
            "from mail.example.net ([192.0.2.1])\n          by mx.example.org (Lotus Domino Release 8.5.3FP6)\n          with"
                + " ESMTP id 2024010115040512-1 ; \(date)",
            "domino by=mx.example.org ip=192.0.2.1 helo=mail.example.net with=esmtp"
        ),
        Case(
            "MDaemon",
            "from mail.example.net [192.0.2.1] by mx.example.org [198.51.100.1] with SMTP (MDaemon.PRO.v6.8.5.R) for <u@x>;"
                + " \(date)",
            "mdaemon by=mx.example.org ip=192.0.2.1 helo=mail.example.net with=smtp"
        ),
        Case(
            "MDaemon with parentheses",
            "from mail.example.net ([192.0.2.1]) by mx.example.org (MDaemon PRO v20.0.0) with ESMTPS id md5000.msg; \(date)",
            "mdaemon by=mx.example.org ip=192.0.2.1 helo=mail.example.net with=esmtps tls"
        ),
        Case(
            "MDaemon with both",
            "from mail.example.net [(192.0.2.1)] by mx.example.org (MDaemon PRO v19.5) with ESMTP id md5000.msg; \(date)",
            "mdaemon by=mx.example.org ip=192.0.2.1 helo=mail.example.net with=esmtp"
        ),
        Case(
            "XMail",
            "from mail.example.net (192.0.2.1:4711)\n\tby mx.example.org with [XMail 1.27 ESMTP Server]\n\tid <S1A2B> for"
                + " <user@example.org> from <a@example.net>;\n\t\(date)",
            "xmail by=mx.example.org ip=192.0.2.1 helo=mail.example.net with=esmtp from=<a@example.net>"
        ),
        Case(
            "Ecelerity",
            "from [192.0.2.1] ([192.0.2.1:32774] helo=mail.example.net)\n\tby mx.example.org (envelope-from"
                + " <a@example.net>)\n\t(ecelerity 3.6.25 r(Platform:3.6.25.0)) with ESMTP\n\tid AB/12-34-56; \(date)",
            "ecelerity by=mx.example.org ip=192.0.2.1 helo=mail.example.net with=esmtp from=<a@example.net>"
        ),
        Case(
            "Ecelerity, its name first",
            "from ([192.0.2.1:33672] helo=mail.example.net) by mx.example.org (ecelerity 2.2.2.45 r(34222M)) with ESMTP id"
                + " 9C/99; \(date)",
            "ecelerity by=mx.example.org ip=192.0.2.1 helo=mail.example.net with=esmtp"
        ),
        Case(
            "Haraka",
            "from mail.example.net (mail.example.net [192.0.2.1])\n\tby mx.example.org (Haraka/3.0.2) with ESMTPS id"
                + " 0A1B.1\n\tenvelope-from <a@example.net>\n\ttls TLS_AES_256_GCM_SHA384;\n\t\(date)",
            "standard by=mx.example.org ip=192.0.2.1 helo=mail.example.net name=mail.example.net with=esmtps tls"
                + " from=<a@example.net>"
        ),
        Case(
            "Stalwart",
            "from mail.example.net (mail.example.net [192.0.2.1])\n\t(using TLSv1.3 with cipher TLS13_AES_256_GCM_SHA384)"
                + "\n\tby mx.example.org (Stalwart SMTP) with ESMTPS id 2B0A; \(date)",
            "standard by=mx.example.org ip=192.0.2.1 helo=mail.example.net name=mail.example.net with=esmtps tls"
        ),
        Case(
            "mox",
            "from mail.example.net (mail.example.net [192.0.2.1]) by mx.example.org ([198.51.100.1]) via tcp with ESMTPS id"
                + " abc (TLS1.3 TLS_AES_128_GCM_SHA256) for <user@example.org>; \(date)",
            "standard by=mx.example.org ip=192.0.2.1 helo=mail.example.net name=mail.example.net with=esmtps tls"
        ),
        Case(
            "OpenSMTPD",
            "from mail.example.net (mail.example.net [192.0.2.1])\n\tby mx.example.org (OpenSMTPD) with ESMTPS id 1a2b"
                + " (TLSv1.3:TLS_AES_256_GCM_SHA384:256:NO)\n\tfor <user@example.org>;\n\t\(date)",
            "standard by=mx.example.org ip=192.0.2.1 helo=mail.example.net name=mail.example.net with=esmtps tls"
        ),
        Case(
            "CommuniGate",
            "from [192.0.2.1] (HELO mail.example.net)\n  by mx.example.org (CommuniGate Pro SMTP 6.2.6)\n  with ESMTP-TLS id"
                + " 123 for user@example.org; \(date)",
            "communigate by=mx.example.org ip=192.0.2.1 helo=mail.example.net with=esmtp tls"
        ),
        Case(
            "CommuniGate with AUTH",
            "from [192.0.2.1] (account user@example.org HELO [192.168.1.2]) by mx.example.org (CommuniGate Pro SMTP 5.1.9)"
                + " with ESMTPSA id 123; \(date)",
            "communigate by=mx.example.org ip=192.0.2.1 helo=[192.168.1.2] with=esmtpsa tls auth"
        ),
        Case(
            "CommuniGate with AUTH, verified",
            "from [203.0.113.9] (account user@example.org [192.0.2.1] verified)\n  by mx.example.org (CommuniGate Pro SMTP"
                + " 6.2.6)\n  with ESMTPSA id 123; \(date)",
            "communigate by=mx.example.org ip=192.0.2.1 helo=[203.0.113.9] with=esmtpsa tls auth"
        ),
        Case(
            "IronPort, an older one: the name is what the client said",
            "from mail.example.net (192.0.2.1)\n  by mx.example.org with ESMTP; \(date)",
            "standard by=mx.example.org ip=192.0.2.1 helo=mail.example.net with=esmtp"
        ),
        Case(
            "IronPort",
            "from mail.example.net ([192.0.2.1])\n  by mx.example.org with ESMTP/TLS/ECDHE-RSA-AES128-GCM-SHA256; \(date)",
            "standard by=mx.example.org ip=192.0.2.1 helo=mail.example.net with=esmtp tls"
        ),
        Case(
            "Mimecast",
            "from mail.example.net (mail.example.net [192.0.2.1]) by relay.example.org with ESMTP with STARTTLS"
                + " (version=TLSv1.2, cipher=X) id uk-mta-1-abc; \(date)",
            "standard by=relay.example.org ip=192.0.2.1 helo=mail.example.net name=mail.example.net with=esmtp tls"
        ),
        Case(
            "qmail-ldap without its HELO",
            "from unknown ([192.0.2.1]) (envelope-sender <a@example.net>) by 0 (qmail-ldap-1.03) with SMTP for <u@x>; \(date)",
            "qmail by=0 ip=192.0.2.1 helo=unknown with=smtp from=<a@example.net>"
        ),
        Case(
            "PowerMTA",
            "from mail.example.net (192.0.2.1) by mx.example.org (PowerMTA(TM) v3.5r15) id hqa6n40d4n8h for <u@example.org>;"
                + " \(date) (envelope-from <\(String(repeating: "a", count: 120))@example.net>)",
            "standard by=mx.example.org ip=192.0.2.1 helo=mail.example.net"
        ),
        Case(
            "RFC 5321",
            "FROM [IPV6:2001:db8::1] (mail.example.net [ipv6:2001:DB8::1]) BY mx.example.org VIA TCP WITH ESMTP ID 1 FOR"
                + " <u@x>; \(date)",
            "standard by=mx.example.org ip=2001:db8::1 helo=[IPV6:2001:db8::1] name=mail.example.net with=esmtp"
        ),
        Case(
            "registered clauses",
            "from a.example (a.example [192.0.2.1]) by mx.example.org with ESMTPS id 1 tls TLS_AES_128_GCM_SHA256 group"
                + " x25519 priority 3 state normal for <u@x>; \(date)",
            "standard by=mx.example.org ip=192.0.2.1 helo=a.example name=a.example with=esmtps tls"
        ),
    ]

    static let yahoo = [
        Case(
            "Yahoo, a mailbox server",
            "from 127.0.0.1\n by atlas-production.v2-mail-prod1-bf1.omega.yahoo.com pod-id"
                + " atlas--production-bf1-5f4d4d8f7c-x2k9p.bf1.yahoo.com with HTTP; \(date)",
            "yahoo by=atlas-production.v2-mail-prod1-bf1.omega.yahoo.com ip=127.0.0.1 with=http"
        ),
        Case(
            "Yahoo, a mailbox server that names the server before it",
            "from 10.197.37.10\n  by atlas103.free.mail.bf1.yahoo.com with HTTPS; \(date)",
            "yahoo by=atlas103.free.mail.bf1.yahoo.com ip=10.197.37.10 with=https tls"
        ),
        Case(
            "Yahoo, from outside",
            "from 192.0.2.1 (EHLO mail.example.net)\n by 10.253.234.155 with SMTPs\n (version=TLS1_2"
                + " cipher=TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256);\n \(date)",
            "yahoo by=[10.253.234.155] ip=192.0.2.1 helo=mail.example.net with=smtps tls"
        ),
        Case(
            "Yahoo, from outside, by name",
            "from 192.0.2.1 (EHLO mail.example.net)\n by atlas125.free.mail.bf1.yahoo.com with SMTPs; \(date)",
            "yahoo by=atlas125.free.mail.bf1.yahoo.com ip=192.0.2.1 helo=mail.example.net with=smtps tls"
        ),
        Case(
            "Yahoo, a user of a web page",
            "from [203.0.113.9] by web53409.mail.re2.yahoo.com via HTTP; \(date)",
            "webmail by=web53409.mail.re2.yahoo.com ip=203.0.113.9 auth"
        ),
        Case(
            "Yahoo, a mailbox server and an address from outside",
            "from 203.0.113.9 by atlas103.free.mail.bf1.yahoo.com with HTTPS; \(date)",
            "webmail by=atlas103.free.mail.bf1.yahoo.com ip=203.0.113.9 with=https tls auth"
        ),
        Case(
            "a host like Yahoo's with another name",
            "from 127.0.0.1 by atlas1.yahoo.com.example with HTTP; \(date)",
            "webmail by=atlas1.yahoo.com.example ip=127.0.0.1 with=http auth"
        ),
    ]

    static let notSMTP = [
        Case(
            "Dovecot",
            "from mx.example.org\n\tby store.example.org with LMTP\n\tid ABC\n\t(envelope-from <a@example.net>)\n\tfor"
                + " <user@example.org>; \(date)",
            "standard by=store.example.org local with=lmtp from=<a@example.net>"
        ),
        Case(
            "Dovecot by TCP",
            "from mx.example.org ([10.0.0.2]) by store.example.org with LMTPS id ABC; \(date)",
            "standard by=store.example.org ip=10.0.0.2 helo=mx.example.org with=lmtps tls"
        ),
        Case(
            "webmail",
            "from 203.0.113.9 by webmail.example.org with HTTP; \(date)",
            "webmail by=webmail.example.org ip=203.0.113.9 with=http auth"
        ),
        Case(
            "webmail, via",
            "from [203.0.113.9] by web1.mail.example.org via HTTP; \(date)",
            "webmail by=web1.mail.example.org ip=203.0.113.9 auth"
        ),
        Case(
            "SquirrelMail",
            "from 203.0.113.9\n        (SquirrelMail authenticated user joe)\n        by webmail.example.org with HTTP;\n"
                + "        \(date)",
            "webmail by=webmail.example.org ip=203.0.113.9 with=http auth"
        ),
        Case(
            "Roundcube",
            "from pc.example.com ([203.0.113.9])\n by webmail.example.org\n with HTTP (HTTP/1.1 POST); \(date)",
            "webmail by=webmail.example.org ip=203.0.113.9 with=http auth"
        ),
        Case(
            "fetchmail",
            "from pop.example.net [192.0.2.1]\n\tby localhost with POP3 (fetchmail-6.4.37)\n\tfor <user@localhost>"
                + " (single-drop); \(date)",
            "fetchmail by=localhost local with=pop3"
        ),
        Case(
            "getmail",
            "from pop.example.net by mx.example.org with IMAP4 (getmail6) for <user>; \(date)",
            "fetchmail by=mx.example.org local"
        ),
        Case(
            "no date",
            "from a ([192.0.2.1]) by mx.example.org with SMTP",
            "standard by=mx.example.org ip=192.0.2.1 helo=a with=smtp undated"
        ),
        Case("no from", "by mx.example.org with SMTP id 1; \(date)", "standard by=mx.example.org local with=smtp"),
        Case("no host", "from a ([192.0.2.1]) with SMTP; \(date)", "noHost"),
        Case("nothing behind by", "from a ([192.0.2.1]) by; \(date)", "noHost"),
    ]
}
