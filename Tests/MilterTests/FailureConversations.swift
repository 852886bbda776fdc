extension Conversations {
    /// The MTA, the filter or time fails.
    static let failures = [
        Transcript(
            "the MTA does not offer header changes, nor the leading space",
            #"""
            > O \0\0\0\x06\0\0\0\0\0\0\0\0
            ! notice does not offer header change (SMFIF_CHGHDRS), header insertion (SMFIF_ADDHDRS), header leading space
            = disconnect
            ! closed x
            """#
        ),
        Transcript(
            "the filter fails in the middle of a message",
            #"""
            @ header fail
            @ client
            > M <1>\0
            = mail <1>
            > L A\0 b\0
            = header A: b
            ! notice the filter failed
            > L C\0 d\0
            > N
            > B x
            > E
            = abort
            < t
            """#
        ),
        Transcript(
            "the filter fails at the end, and its answer fails",
            #"""
            @ end fail
            @ client
            > M <1>\0
            = mail <1>
            > N
            = eoh
            > E
            = end
            ! notice the filter failed
            = abort
            < t
            > A
            @ end continue
            @ hold x
            > M <2>\0
            = mail <2>
            > N
            = eoh
            > E
            = end
            ! fail x
            ! notice the filter failed
            < t
            """#
        ),
        Transcript(
            "edits go out only with a message that is delivered, and only as negotiated",
            #"""
            @ nomacros x
            @ edits x
            @ quarantine x
            @ final reject
            > O \0\0\0\x06\0\0\x01\xff\0\x1f\xff\xff
            < O \0\0\0\x06\0\0\0\x31\0\x1f\xf3\x88
            > C a\0U
            = connect a U
            > M <1>\0
            = mail <1>
            > N
            = eoh
            > E
            = end
            < r
            @ body-edit x
            @ final accept
            > M <2>\0
            = mail <2>
            > N
            = eoh
            > E
            = end
            < t
            """#
        ),
        Transcript(
            "the MTA goes away in the middle of a message, and while the answer is awaited",
            #"""
            @ hold x
            @ client
            > M <1>\0
            = mail <1>
            > N
            = eoh
            > E
            = end
            ! gone x
            ! notice went away in the middle
            = abort
            = disconnect
            ! answer x
            """#
        ),
        Transcript(
            "the MTA stops inside a frame",
            #"""
            @ nomacros x
            >> \0\0\0\x0dO\0\0
            ! shutdown-input x
            ! notice connection ended inside a frame
            = disconnect
            ! closed x
            """#
        ),
        Transcript(
            "the MTA is silent: 30 seconds before negotiation, two hours after",
            #"""
            ! seconds 29
            ! open x
            >> \0\0\0
            ! seconds 2
            ! notice silent
            = disconnect
            ! closed x
            """#
        ),
        Transcript(
            "the MTA is silent in the middle of a message",
            #"""
            @ client
            > M <1>\0
            = mail <1>
            ! seconds 7100
            ! open x
            ! seconds 200
            ! notice silent
            = abort
            = disconnect
            """#
        ),
        Transcript(
            "a drained connection ends after its message, also after one that is given up",
            #"""
            @ hold x
            @ client
            > M <1>\0
            = mail <1>
            ! drain x
            ! open x
            > N
            = eoh
            > E
            = end
            ! open x
            ! answer x
            < c
            = disconnect
            ! closed x
            """#
        ),
        Transcript(
            "a drained connection between messages ends at once",
            #"""
            @ nomacros x
            > O \0\0\0\x06\0\0\x01\xff\0\x1f\xff\xff
            < O \0\0\0\x06\0\0\0\x11\0\x1f\xf3\x88
            ! drain x
            = disconnect
            ! closed x
            """#
        ),
    ]
}
