/// Fields as MTAs write them, with names and addresses of the documentation ranges; all of one moment.
enum ReceivedSamples {
    typealias Case = ReceivedTests.Case

    static let date = "Mon, 1 Jan 2024 15:04:05 +0000"
    static let all = postfix + sendmail + exim + qmail + courier + microsoft + gmail + yahoo + others + notSMTP

    static let postfix = [
        Case(
            "Postfix",
            "from mail.example.net (mail.example.net [192.0.2.1])\n\tby mx.example.org (Postfix) with ESMTP id 4T3bXq1Fz2z9s"
                + "\n\tfor <user@example.org>; \(date)",
            "postfix by=mx.example.org ip=192.0.2.1 helo=mail.example.net name=mail.example.net with=esmtp"
        ),
        Case(
            "Postfix with TLS 1.3",
            """
            from mail.example.net (mail.example.net [IPv6:2001:db8::25])
            \t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)
            \t key-exchange X25519 server-signature RSA-PSS (2048 bits) server-digest SHA256)
            \t(No client certificate requested)
            \tby mx.example.org (Postfix) with ESMTPS id 4T3bXq1Fz2z9s
            \tfor <user@example.org>; Mon,  1 Jan 2024 16:04:05 +0100 (CET)
            """,
            "postfix by=mx.example.org ip=2001:db8::25 helo=mail.example.net name=mail.example.net with=esmtps tls"
        ),
        Case(
            "Postfix with a client certificate",
            """
            from mail.example.net (mail.example.net [192.0.2.1])
            \t(using TLSv1.2 with cipher ECDHE-RSA-AES256-GCM-SHA384 (256/256 bits))
            \t(Client CN "mail [test] by (x)", Issuer "R3" (verified OK))
            \tby mx.example.org (Postfix) with ESMTPS id 1; \(date)
            """,
            "ambiguous"
        ),
        Case(
            "Postfix with brackets in a certificate",
            """
            from mail.example.net (mail.example.net [192.0.2.1])
            \t(using TLSv1.2 with cipher ECDHE-RSA-AES256-GCM-SHA384 (256/256 bits))
            \t(Client CN "mail [198.51.100.7]", Issuer "R3" (verified OK))
            \tby mx.example.org (Postfix) with ESMTPS id 1; \(date)
            """,
            "postfix by=mx.example.org ip=192.0.2.1 helo=mail.example.net name=mail.example.net with=esmtps tls"
        ),
        Case(
            "Postfix with AUTH",
            """
            from [192.168.1.20] (cpe-203-0-113-9.example.com [203.0.113.9])
            \t(using TLSv1.3 with cipher TLS_AES_128_GCM_SHA256 (128/128 bits))
            \t(No client certificate requested)
            \t(Authenticated sender: user@example.org)
            \tby mx.example.org (Postfix) with ESMTPSA id 1; \(date)
            """,
            "postfix by=mx.example.org ip=203.0.113.9 helo=[192.168.1.20] name=cpe-203-0-113-9.example.com "
                + "with=esmtpsa tls auth"
        ),
        Case(
            "Postfix, no reverse name",
            "from 192.0.2.1 (unknown [192.0.2.1]) by mx.example.org (Postfix) with SMTP id 1; \(date)",
            "postfix by=mx.example.org ip=192.0.2.1 helo=192.0.2.1 with=smtp"
        ),
        Case(
            "Postfix on Debian, SMTPUTF8",
            "from mail.example.net (mail.example.net [192.0.2.1]) by mx.example.org (Postfix/Debian) with UTF8SMTPS id 1;"
                + " \(date)",
            "postfix by=mx.example.org ip=192.0.2.1 helo=mail.example.net name=mail.example.net with=utf8smtps tls"
        ),
        Case(
            "Postfix with a HELO that it made harmless",
            "from x??y??192.0.2.9?? (unknown [192.0.2.1]) by mx.example.org (Postfix) with ESMTP id 1; \(date)",
            "postfix by=mx.example.org ip=192.0.2.1 helo=x??y??192.0.2.9?? with=esmtp"
        ),
        Case(
            "Postfix pickup",
            "by mx.example.org (Postfix, from userid 1000)\n\tid 4T3bXq1Fz2z9s; \(date)",
            "postfix by=mx.example.org local"
        ),
        Case(
            "Postfix, an address that is not known",
            "from x (unknown [unknown]) by mx.example.org (Postfix) with SMTP id 1; \(date)",
            "noAddress"
        ),
        Case(
            "amavis",
            "from mx.example.org ([127.0.0.1])\n\tby localhost (mx.example.org [127.0.0.1]) (amavisd-new, port 10024)"
                + "\n\twith ESMTP id xyz for <user@example.org>; \(date)",
            "standard by=localhost ip=127.0.0.1 helo=mx.example.org with=esmtp"
        ),
    ]

    static let sendmail = [
        Case(
            "Sendmail",
            "from mail.example.net (mail.example.net [192.0.2.1])\n\tby mx.example.org (8.17.1/8.17.1) with ESMTPS id"
                + " 401F45aB012345\n\t(version=TLSv1.3 cipher=TLS_AES_256_GCM_SHA384 bits=256 verify=NO)"
                + "\n\tfor <user@example.org>; \(date) (GMT)",
            "sendmail by=mx.example.org ip=192.0.2.1 helo=mail.example.net name=mail.example.net with=esmtps tls"
        ),
        Case(
            "Sendmail with ident",
            "from mail.example.net (IDENT:root@mail.example.net [192.0.2.1]) by mx.example.org (8.9.3/8.9.3) with ESMTP id"
                + " A01; \(date)",
            "sendmail by=mx.example.org ip=192.0.2.1 helo=mail.example.net name=mail.example.net with=esmtp"
        ),
        Case(
            "Sendmail with ident of nobody we know",
            "from x (IDENT:root@[192.0.2.1]) by mx.example.org (8.12.11/8.12.11) with SMTP id A01; \(date)",
            "sendmail by=mx.example.org ip=192.0.2.1 helo=x with=smtp"
        ),
        Case(
            "Sendmail, a name that may be forged",
            "from mail.example.net (host.example.com [192.0.2.1] (may be forged)) by mx.example.org (8.14.4/8.14.4/Debian)"
                + " with ESMTP id A01; \(date)",
            "sendmail by=mx.example.org ip=192.0.2.1 helo=mail.example.net with=esmtp"
        ),
        Case(
            "Sendmail with AUTH",
            "from pc ([IPv6:2001:db8::9])\n\t(authenticated bits=0)\n\tby mx.example.org (8.16.1/8.16.1) with ESMTPSA id A;"
                + " \(date)",
            "sendmail by=mx.example.org ip=2001:db8::9 helo=pc with=esmtpsa tls auth"
        ),
        Case(
            "Sendmail from itself",
            "from localhost (localhost [127.0.0.1]) by mx.example.org (8.13.8/8.13.8) with ESMTP id A; \(date)",
            "sendmail by=mx.example.org ip=127.0.0.1 helo=localhost with=esmtp"
        ),
        Case(
            "Sendmail, submitted on the host",
            "(from user@localhost)\n\tby mx.example.org (8.13.8/8.13.8/Submit) id A; \(date)",
            "sendmail by=mx.example.org local"
        ),
    ]

    static let exim = [
        Case(
            "Exim",
            "from mail.example.net ([192.0.2.1])\n\tby mx.example.org with esmtps  (TLS1.3) tls TLS_AES_256_GCM_SHA384"
                + "\n\t(Exim 4.96)\n\t(envelope-from <a@example.net>)\n\tid 1rKJxY-0001Ab-2C\n\tfor user@example.org; \(date)",
            "exim by=mx.example.org ip=192.0.2.1 helo=mail.example.net name=mail.example.net with=esmtps tls "
                + "from=<a@example.net>"
        ),
        Case(
            "Exim with another HELO",
            "from host.example.com ([192.0.2.1] helo=mail.example.net)\n\tby mx.example.org with esmtp (Exim 4.94.2)"
                + "\n\t(envelope-from <>)\n\tid 1rKJxY-0001Ab-2C\n\tfor user@example.org; \(date)",
            "exim by=mx.example.org ip=192.0.2.1 helo=mail.example.net name=host.example.com with=esmtp from=<>"
        ),
        Case(
            "Exim with a port and ident",
            "from host.example.com ([192.0.2.1]:52344 helo=mail.example.net ident=root) by mx.example.org with esmtp"
                + " (Exim 4.80) id 1; \(date)",
            "exim by=mx.example.org ip=192.0.2.1 helo=mail.example.net name=host.example.com with=esmtp"
        ),
        Case(
            "Exim, no reverse name",
            "from [192.0.2.1] (helo=mail.example.net) by mx.example.org with smtp (Exim 4.96) id 1; \(date)",
            "exim by=mx.example.org ip=192.0.2.1 helo=mail.example.net with=smtp"
        ),
        Case(
            "Exim, no reverse name, with a port",
            "from [2001:db8::25] (port=52344 helo=[192.168.0.2]) by mx.example.org with esmtpsa (Exim 4.96) id 1; \(date)",
            "exim by=mx.example.org ip=2001:db8::25 helo=[192.168.0.2] with=esmtpsa tls auth"
        ),
        Case(
            "Exim, nothing but an address",
            "from [192.0.2.1] by mx.example.org with smtp (Exim 4.96) id 1; \(date)",
            "exim by=mx.example.org ip=192.0.2.1 with=smtp"
        ),
        Case(
            "Exim without its name",
            "from host.example.com ([192.0.2.1] helo=mail.example.net) by mx.example.org with esmtp id 1; \(date)",
            "exim by=mx.example.org ip=192.0.2.1 helo=mail.example.net name=host.example.com with=esmtp"
        ),
        Case(
            "Exim, AUTH before RFC 3848",
            "from [192.0.2.1] (helo=pc) by mx.example.org with asmtp (TLSv1:RC4-MD5:128) (Exim 4.34) id 1; \(date)",
            "exim by=mx.example.org ip=192.0.2.1 helo=pc with=asmtp tls auth"
        ),
        Case(
            "Exim, local",
            "from user by mx.example.org with local (Exim 4.96) (envelope-from <user@example.org>) id 1; \(date)",
            "exim by=mx.example.org local from=<user@example.org>"
        ),
        Case(
            "Exim, local with SMTP",
            "from root (helo=localhost) by mx.example.org with local-esmtp (Exim 4.96) id 1; \(date)",
            "exim by=mx.example.org local"
        ),
    ]

    static let qmail = [
        Case(
            "qmail",
            "from unknown (HELO mail.example.net) (192.0.2.1)\n  by mx.example.org with SMTP; \(date)",
            "qmail by=mx.example.org ip=192.0.2.1 helo=mail.example.net with=smtp"
        ),
        Case(
            "qmail, the HELO being the name",
            "from mail.example.net (192.0.2.1)\n  by mx.example.org with SMTP; \(date)",
            "qmail by=mx.example.org ip=192.0.2.1 helo=mail.example.net name=mail.example.net with=smtp"
        ),
        Case(
            "qmail with ident and TLS",
            "from host.example.com (HELO [192.168.1.1]) (root@192.0.2.1) by mx.example.org with"
                + " (ECDHE-RSA-AES256-GCM-SHA384 encrypted) SMTP; \(date)",
            "qmail by=mx.example.org ip=192.0.2.1 helo=[192.168.1.1] name=host.example.com with=smtp tls"
        ),
        Case(
            "qmail-ldap",
            "from host.example.com (HELO mail.example.net) ([192.0.2.1]) (envelope-sender <a@example.net>)"
                + " by mx.example.org (qmail-ldap-1.03) with SMTP for <user@example.org>; \(date)",
            "qmail by=mx.example.org ip=192.0.2.1 helo=mail.example.net name=host.example.com with=smtp"
                + " from=<a@example.net>"
        ),
        Case("qmail, invoked", "(qmail 4711 invoked by uid 89); \(date)", "qmail local"),
        Case("qmail, invoked from the network", "(qmail 4711 invoked from network); \(date)", "qmail local"),
        Case(
            "qpsmtpd",
            "from mail.example.net (HELO mail.example.net) (192.0.2.1)\n    by mx.example.org (qpsmtpd/0.96) with ESMTP;"
                + " \(date)",
            "qmail by=mx.example.org ip=192.0.2.1 helo=mail.example.net name=mail.example.net with=esmtp"
        ),
        Case(
            "qpsmtpd with AUTH",
            "from pc.example.com (HELO pc) (192.0.2.1) (smtp-auth username user, mechanism login)"
                + " by mx.example.org (qpsmtpd/0.84) with (AES256-SHA encrypted) ESMTPSA; \(date)",
            "qmail by=mx.example.org ip=192.0.2.1 helo=pc name=pc.example.com with=esmtpsa tls auth"
        ),
        Case(
            "Yahoo",
            "from 127.0.0.1 (EHLO mail.example.net) (192.0.2.1)\n by mta1.mail.example.org with SMTPs; \(date)",
            "qmail by=mta1.mail.example.org ip=192.0.2.1 helo=mail.example.net with=smtps tls"
        ),
        Case(
            "Zimbra LMTP",
            "from mx.example.org (LHLO mx.example.org) (10.1.2.3) by store.example.org with LMTP; \(date)",
            "qmail by=store.example.org ip=10.1.2.3 helo=mx.example.org name=mx.example.org with=lmtp"
        ),
    ]

    static let courier = [
        Case(
            "Courier",
            "from mail.example.net (mail.example.net [::ffff:192.0.2.1])\n  by mx.example.org with esmtp; \(date)",
            "courier by=mx.example.org ip=192.0.2.1 helo=mail.example.net name=mail.example.net with=esmtp"
        ),
        Case(
            "Courier with TLS and AUTH",
            "from pc (softdnserr [::ffff:192.0.2.1])\n  (AUTH: LOGIN user@example.org, TLS: TLSv1/SSLv3,256bits,AES256-SHA)"
                + "\n  by mx.example.org with esmtp; \(date)",
            "courier by=mx.example.org ip=192.0.2.1 helo=pc with=esmtp auth"
        ),
        Case(
            "Courier with TLS",
            "from mail.example.net (mail.example.net [2001:db8::25])\n  (TLS: TLSv1.3,256bits,TLS_AES_256_GCM_SHA384)"
                + "\n  by mx.example.org with ESMTPS; \(date)",
            "courier by=mx.example.org ip=2001:db8::25 helo=mail.example.net name=mail.example.net with=esmtps tls"
        ),
    ]
}
