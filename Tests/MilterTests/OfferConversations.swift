extension Conversations {
    /// What the two sides agree on, and what follows from it.
    static let afterOffers = [
        Transcript(
            "an MTA of version 2",
            #"""
            > O \0\0\0\x02\0\0\0\x3f\0\x10\0\x7f
            < O \0\0\0\x02\0\0\0\x11\0\x10\0\x08
            """#
        ),
        Transcript(
            "an MTA of version 1 has nothing to agree on",
            #"""
            > O \0\0\0\x01\0\0\x01\xff\0\x1f\xff\xff
            ! notice does not offer protocol version 2 or later
            = disconnect
            ! closed x
            """#
        ),
        Transcript(
            "an MTA that holds no messages has a filter that holds some",
            #"""
            @ quarantine x
            > O \0\0\0\x06\0\0\0\x11\0\x1f\xff\xff
            ! notice does not offer quarantine (SMFIF_QUARANTINE)
            = disconnect
            ! closed x
            """#
        ),
        Transcript(
            "an MTA of the future",
            #"""
            @ nomacros x
            > O \0\0\0\x09\xff\xff\xff\xff\xff\xff\xff\xff
            < O \0\0\0\x06\0\0\0\x11\0\x1f\xf3\x88
            """#
        ),
        Transcript(
            "an MTA that can do without a reply to fields and body only",
            #"""
            @ nomacros x
            @ unwanted none
            > O \0\0\0\x06\0\0\0\x11\0\x18\0\x80
            < O \0\0\0\x06\0\0\0\x11\0\x18\0\x80
            > C a\0U
            = connect a U
            < c
            > H b\0
            = helo b
            < c
            > M <1>\0
            = mail <1>
            < c
            > R <2>\0
            = rcpt <2>
            < c
            > U XYZ\0
            = unknown XYZ
            < c
            > T
            = data
            < c
            > L A\0 b\0
            = header A: b
            > N
            = eoh
            < c
            > B x
            = body x
            > E
            = end
            < c
            """#
        ),
        Transcript(
            "an MTA that knows no SKIP tells of a body that nobody wants",
            #"""
            @ nomacros x
            @ answered all
            @ nobody x
            > O \0\0\0\x06\0\0\x01\xff\0\x1f\xfb\xff
            < O \0\0\0\x06\0\0\0\x11\0\x10\x03\x08
            > C a\0U
            = connect a U
            < c
            > M <1>\0
            = mail <1>
            < c
            > N
            = eoh
            < c
            > B 1234
            < c
            > B 5678
            < c
            > E
            = end
            < c
            """#
        ),
        Transcript(
            "everything that may be done to a message",
            #"""
            @ nomacros x
            @ actions all
            @ every-edit x
            > O \0\0\0\x06\0\0\x01\xff\0\x1f\xff\xff
            < O \0\0\0\x06\0\0\0\xff\0\x1f\xf3\x88
            > C a\0U
            = connect a U
            > M <1>\0
            = mail <1>
            > N
            = eoh
            > E
            = end
            < h A\0 b\0
            < m \0\0\0\x02A\0 c\0
            < i \0\0\0\0A\0 d\0
            < b text
            < + <r@x.example>\0
            < 2 <r@x.example>\0NOTIFY=NEVER\0
            < - <s@x.example>\0
            < e <t@x.example>\0SIZE=1\0
            < q why\0
            < c
            """#
        ),
        Transcript(
            "an MTA that allows less than the filter needs",
            #"""
            @ actions all
            > O \0\0\0\x06\0\0\0\x1f\0\x1f\xff\xff
            ! notice does not offer quarantine (SMFIF_QUARANTINE), actions 0xc0
            = disconnect
            ! closed x
            """#
        ),
        Transcript(
            "an MTA that gives up before it has begun",
            #"""
            > A
            > Q
            = disconnect
            ! closed x
            """#
        ),
    ]
}
