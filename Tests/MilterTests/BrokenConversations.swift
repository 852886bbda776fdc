extension Conversations {
    /// The MTA breaks the protocol: the connection is of no use any more.
    static let broken = [
        Transcript(
            "a frame of length 0",
            #"""
            >> \0\0\0\0
            ! notice frame of length 0
            = disconnect
            ! closed x
            """#
        ),
        Transcript(
            "a frame of 2 GB",
            #"""
            >> \x7f\xff\xff\xffO
            ! notice frame of length 2147483647
            = disconnect
            ! closed x
            """#
        ),
        Transcript(
            "a frame one octet too long, in the middle of a message",
            #"""
            @ client
            > M <1>\0
            = mail <1>
            >> \0\x01\0\x01L
            ! notice frame of length 65537
            = abort
            = disconnect
            ! closed x
            """#
        ),
        Transcript(
            "a command that nobody knows",
            #"""
            @ nomacros x
            > O \0\0\0\x06\0\0\x01\xff\0\x1f\xff\xff
            < O \0\0\0\x06\0\0\0\x11\0\x1f\xf3\x88
            > Z
            ! notice unknown command 'Z'
            = disconnect
            ! closed x
            """#
        ),
        Transcript(
            "a client before the negotiation",
            #"""
            > C a\0U
            ! notice in state negotiating
            = disconnect
            ! closed x
            """#
        ),
        Transcript(
            "a second negotiation",
            #"""
            @ nomacros x
            > O \0\0\0\x06\0\0\x01\xff\0\x1f\xff\xff
            < O \0\0\0\x06\0\0\0\x11\0\x1f\xf3\x88
            > O \0\0\0\x06\0\0\x01\xff\0\x1f\xff\xff
            ! notice in state negotiated
            = disconnect
            ! closed x
            """#
        ),
        Transcript(
            "a body before the end of the header",
            #"""
            @ client
            > M <1>\0
            = mail <1>
            > B x
            ! notice in state mail
            = abort
            = disconnect
            ! closed x
            """#
        ),
        Transcript(
            "a family without an address",
            #"""
            @ nomacros x
            > O \0\0\0\x06\0\0\x01\xff\0\x1f\xff\xff
            < O \0\0\0\x06\0\0\0\x11\0\x1f\xf3\x88
            > C a\04
            ! notice malformed data of 'C'
            = disconnect
            ! closed x
            """#
        ),
        Transcript(
            "a string without an end",
            #"""
            @ client
            > M <1>
            ! notice malformed data of 'M'
            = disconnect
            ! closed x
            """#
        ),
    ]
}
