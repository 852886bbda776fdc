import FieldProvenance

/// A mailbox provider, how to recognise its fields, and a message as it is stored there. A stranger has put a field that
/// claims to be the provider's into each.
struct Provider {
    let name: String
    let boundary: TrustBoundary
    let message: [UInt8]
    let expected: String

    init(_ name: String, _ boundary: TrustBoundary, _ header: String, _ expected: String) {
        self.name = name
        self.boundary = boundary
        message = Array((header + Self.body).utf8)
        self.expected = expected
    }

    private static let body = "\nFrom: Ann <ann@sender.example>\nSubject: Hello\n\nHello\n"

    static let all = [google, microsoft, fastmail, yahoo, yahooBefore2020]

    /// Gmail's own field is below its Received field; the ARC Set above it has the same results.
    static let google = Provider(
        "Google",
        {
            var boundary = TrustBoundary(ids: ["mx.google.com"], hosts: ["mx.google.com"])
            boundary.readsARC = true
            return boundary
        }(),
        """
        Delivered-To: bob@example.org
        Received: by 2002:a05:6a10:1:b0:3f5:1:1 with SMTP id x1csp1;
                Mon, 2 Mar 2026 08:00:01 -0800 (PST)
        ARC-Seal: i=1; a=rsa-sha256; t=1772467200; cv=none; d=google.com; s=arc-20240605; b=abcd
        ARC-Message-Signature: i=1; a=rsa-sha256; c=relaxed/relaxed; d=google.com; s=arc-20240605;
                h=from; bh=abcd; b=abcd
        ARC-Authentication-Results: i=1; mx.google.com;
               dkim=pass header.i=@sender.example header.s=s2048 header.b="a/b+cdEF";
               dkim=neutral (body hash did not verify) header.i=@list.example header.s=k1 header.b=a/b+cdEF;
               spf=pass (google.com: domain of ann@sender.example designates 192.0.2.7 as permitted sender) smtp.mailfrom=ann@sender.example;
               dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=sender.example
        Return-Path: <ann@sender.example>
        Received: from mail.sender.example (mail.sender.example. [192.0.2.7])
                by mx.google.com with ESMTPS id a1si1.1.2026.03.02.08.00.00
                for <bob@example.org>
                (version=TLS1_3 cipher=TLS_AES_256_GCM_SHA384 bits=256/256);
                Mon, 02 Mar 2026 08:00:00 -0800 (PST)
        Received-SPF: pass (google.com: domain of ann@sender.example designates 192.0.2.7 as permitted sender) client-ip=192.0.2.7;
        Authentication-Results: mx.google.com;
               dkim=pass header.i=@sender.example header.s=s2048 header.b="a/b+cdEF"
        Authentication-Results: mx.google.com; dmarc=pass header.from=forged.example
        """,
        "mx.google.com: pass from=sender.example signed=@sender.example findings=1"
    )

    /// Microsoft 365 names no host, and has a word of its own before each name of another.
    static let microsoft = Provider(
        "Microsoft",
        {
            var boundary = TrustBoundary(ids: [], hosts: ["*.outlook.com", "*.outlook.office365.com"])
            boundary.omitsID = true
            return boundary
        }(),
        """
        Received: from DM6FT001.eop-nam11.prod.protection.outlook.com (10.13.172.1) by
         DM6PR01CA0001.prod.outlook.com (10.141.1.1) with Microsoft SMTP Server
         (version=TLS1_3, cipher=TLS_AES_256_GCM_SHA384) id 15.20.9000.1 via Frontend
         Transport; Mon, 2 Mar 2026 16:00:01 +0000
        Authentication-Results: spf=pass (sender IP is 192.0.2.7)
         smtp.mailfrom=sender.example; example.org; dkim=pass (signature was verified)
         header.d=sender.example;example.org; dmarc=pass action=none
         header.from=sender.example;compauth=pass reason=100
        Received-SPF: Pass (protection.outlook.com: domain of sender.example designates
         192.0.2.7 as permitted sender) receiver=protection.outlook.com;
         client-ip=192.0.2.7; helo=mail.sender.example; pr=C
        Received: from mail.sender.example (192.0.2.7) by
         DM6FT001.mail.protection.outlook.com (10.13.172.1) with Microsoft SMTP Server
         (version=TLS1_3, cipher=TLS_AES_256_GCM_SHA384) id 15.20.9000.1 via Frontend
         Transport; Mon, 2 Mar 2026 16:00:00 +0000
        Authentication-Results: spf=pass (sender IP is 192.0.2.7)
         smtp.mailfrom=forged.example; dmarc=pass action=none header.from=forged.example
        """,
        "-: pass from=sender.example signed=sender.example findings=4"
    )

    /// Fastmail writes a field a check, and properties without a type.
    static let fastmail = Provider(
        "Fastmail",
        TrustBoundary(ids: ["*.messagingengine.com"], hosts: ["*.messagingengine.com", "*.internal"]),
        """
        Received: from mx1.messagingengine.com (localhost [127.0.0.1])
        \tby mailmx.phl.internal (Postfix) with ESMTP id 5A5001
        \tfor <bob@example.org>; Mon,  2 Mar 2026 11:00:01 -0500 (EST)
        X-ME-Authentication-Results: mx1.messagingengine.com;
            x-tls=pass smtp.version=TLSv1.3 smtp.cipher=TLS_AES_256_GCM_SHA384 smtp.bits=256/256
        Authentication-Results: mx1.messagingengine.com;
            dkim=pass (2048-bit rsa key sha256) header.d=sender.example
              header.i=@sender.example header.b=abcdEFGH header.a=rsa-sha256
              header.s=s2048 x-bits=2048;
            dmarc=pass policy.published-domain-policy=reject
              policy.applied-disposition=none policy.evaluated-disposition=none
              (p=reject,d=none,d.eval=none) policy.policy-from=p
              header.from=sender.example;
            spf=pass smtp.mailfrom=ann@sender.example smtp.helo=mail.sender.example
        X-ME-VSScore: 0
        Received-SPF: pass (sender.example: 192.0.2.7 is authorized) receiver=mx1.messagingengine.com
        Received: from mail.sender.example (mail.sender.example [192.0.2.7])
        \t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))
        \tby mx1.messagingengine.com (Postfix) with ESMTPS id 3EA001
        \tfor <bob@example.org>; Mon,  2 Mar 2026 11:00:00 -0500 (EST)
        Authentication-Results: mx1.messagingengine.com; dmarc=pass header.from=forged.example
        """,
        "mx1.messagingengine.com: pass from=sender.example signed=sender.example findings=1"
    )

    /// Yahoo ends its fields in a semicolon. Its mailbox server gets the message by HTTP from the server that met the
    /// client, which names itself by an address.
    static let yahoo = Provider(
        "Yahoo",
        TrustBoundary(ids: ["*.yahoo.com"], hosts: ["*.yahoo.com"]),
        """
        Received: from 127.0.0.1
         by atlas-production.v2-mail-prod1-bf1.omega.yahoo.com pod-id atlas--production-bf1-1.bf1.yahoo.com with HTTP; Mon, 2 Mar 2026 16:00:01 +0000
        Return-Path: <ann@sender.example>
        X-Originating-Ip: [192.0.2.7]
        Received-SPF: pass (domain of sender.example designates 192.0.2.7 as permitted sender)
        Authentication-Results: atlas-production.v2-mail-prod1-bf1.omega.yahoo.com;
         dkim=pass header.i=@sender.example header.s=s2048;
         spf=pass smtp.mailfrom=sender.example;
         dmarc=pass(p=REJECT) header.from=sender.example;
        X-Apparently-To: bob@yahoo.example; Mon, 2 Mar 2026 16:00:01 +0000
        Received: from 192.0.2.7 (EHLO mail.sender.example)
         by 10.197.32.201 with SMTPs
         (version=TLS1_3 cipher=TLS_AES_128_GCM_SHA256);
         Mon, 02 Mar 2026 16:00:00 +0000
        Authentication-Results: atlas-production.v2-mail-prod1-bf1.omega.yahoo.com; dmarc=pass header.from=forged.example;
        """,
        "atlas-production.v2-mail-prod1-bf1.omega.yahoo.com: pass from=sender.example signed=@sender.example findings=1"
    )

    static let yahooBefore2020 = Provider(
        "Yahoo, before 2020",
        TrustBoundary(ids: ["*.yahoo.com"], hosts: ["*.yahoo.com"]),
        """
        X-Apparently-To: bob@yahoo.example; Mon, 2 Mar 2026 16:00:01 +0000
        Return-Path: <ann@sender.example>
        Authentication-Results: atlas206.free.mail.ne1.yahoo.com;
         dkim=pass header.i=@sender.example header.s=s2048;
         spf=pass smtp.mailfrom=sender.example;
         dmarc=pass(p=REJECT) header.from=sender.example;
        Received: from 192.0.2.7  (EHLO mail.sender.example) (192.0.2.7)
          by mta4001.mail.bf1.yahoo.com with SMTPS; Mon, 2 Mar 2026 16:00:00 +0000
        Authentication-Results: atlas206.free.mail.ne1.yahoo.com; dmarc=pass header.from=forged.example;
        """,
        "atlas206.free.mail.ne1.yahoo.com: pass from=sender.example signed=@sender.example findings=1"
    )
}
