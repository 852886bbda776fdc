extension Conversations {
    /// What the filter decides, and when the MTA hears of it.
    static let withReplies = [
        Transcript(
            "all stages answered, and a message without a body",
            #"""
            @ nomacros x
            @ answered all
            @ unwanted none
            > O \0\0\0\x06\0\0\x01\xff\0\x1f\xff\xff
            < O \0\0\0\x06\0\0\0\x11\0\x10\x04\0
            > C a\0U
            = connect a U
            < c
            > U XYZ\0
            = unknown XYZ
            < c
            > M <>\0
            = mail <>
            < c
            @ rcpt reject
            > R <a>\0
            = rcpt <a>
            < r
            @ rcpt continue
            > R <b>\0NOTIFY=NEVER\0
            = rcpt <b> NOTIFY=NEVER
            < c
            > T
            = data
            < c
            > N
            = eoh
            < c
            > E
            = end
            < c
            """#
        ),
        Transcript(
            "the body is skipped",
            #"""
            @ nomacros x
            @ answered all
            @ nobody x
            > O \0\0\0\x06\0\0\x01\xff\0\x1f\xff\xff
            < O \0\0\0\x06\0\0\0\x11\0\x10\x07\x08
            > C a\0U
            = connect a U
            < c
            > M <>\0
            = mail <>
            < c
            > N
            = eoh
            < c
            > B 1234
            < s
            > E
            = end
            < c
            """#
        ),
        Transcript(
            "an early verdict is told at once where the MTA waits",
            #"""
            @ nomacros x
            @ answered all
            @ mail reply
            > O \0\0\0\x06\0\0\x01\xff\0\x1f\xff\xff
            < O \0\0\0\x06\0\0\0\x11\0\x10\x07\x08
            > C a\0U
            = connect a U
            < c
            > M <>\0
            = mail <>
            < y 550-5.7.23 100%% bad\r\n550 5.7.23 two\0
            > A
            = abort
            """#
        ),
        Transcript(
            "and at the end of the message where it does not; the filter is told no more",
            #"""
            @ mail tempfail
            @ client
            > M <1>\0
            = mail <1>
            > L A\0 b\0
            > N
            > B x
            > E
            = abort
            < t
            > A
            @ mail continue
            > M <2>\0
            = mail <2>
            > N
            = eoh
            > E
            = end
            < c
            """#
        ),
        Transcript(
            "a connection that is accepted, and one whose messages are discarded",
            #"""
            @ nomacros x
            @ answered connect
            @ connect accept
            > O \0\0\0\x06\0\0\x01\xff\0\x1f\xff\xff
            < O \0\0\0\x06\0\0\0\x11\0\x1f\xe3\x88
            > C a\0U
            = connect a U
            < a
            > H b\0
            > M <1>\0
            > N
            > E
            < a
            > K
            = disconnect
            @ connect discard
            > C a\0U
            = connect a U
            < c
            > M <1>\0
            > N
            > E
            < d
            """#
        ),
        Transcript(
            "a late answer, with progress, and the commands behind it in their turn",
            #"""
            @ hold x
            @ client
            > M <1>\0
            = mail <1>
            > N
            = eoh
            > E
            = end
            ! seconds 5
            ! seconds 6
            < p
            ! seconds 11
            < p
            > A
            > M <2>\0
            ! answer x
            < c
            = mail <2>
            > Q
            = abort
            = disconnect
            """#
        ),
        Transcript(
            "an MTA that has said all and still listens",
            #"""
            @ hold x
            @ client
            > M <1>\0
            = mail <1>
            > N
            = eoh
            > E
            = end
            > Q
            ! shutdown-input x
            ! open x
            ! answer x
            < c
            = disconnect
            ! closed x
            """#
        ),
    ]
}
