extension Conversations {
    /// What Postfix 3.7 was seen to say, odd values included.
    static let ofPostfix = [
        Transcript(
            "every command of a session, each with its macros; the queue ID comes with the second recipient",
            #"""
            @ nomacros x
            @ unwanted none
            @ show i mail_addr rcpt_addr
            > O \0\0\0\x06\0\0\x01\xff\0\x1f\xff\xff
            < O \0\0\0\x06\0\0\0\x11\0\x1f\xf0\x80
            > D Cj\0mx.example\0{daemon_name}\0smtpd\0{daemon_addr}\0192.0.2.25\0v\0Postfix 3.7.11\0_\0[192.0.2.7]\0
            > C [192.0.2.7]\04\xc0\x01192.0.2.7\0
            = connect [192.0.2.7] 4 49153 192.0.2.7
            > D H
            > H client.example\0
            = helo client.example
            > D M{mail_mailer}\0smtp\0{mail_host}\0b.example\0{mail_addr}\0a@b.example\0
            > M <a@b.example>\0SIZE=100\0BODY=8BITMIME\0
            = mail <a@b.example> SIZE=100 BODY=8BITMIME mail_addr=a@b.example
            > D R{rcpt_mailer}\0local\0{rcpt_host}\0test.example\0{rcpt_addr}\0u@test.example\0
            > R <u@test.example>\0NOTIFY=NEVER\0
            = rcpt <u@test.example> NOTIFY=NEVER mail_addr=a@b.example rcpt_addr=u@test.example
            > D Ri\04ABC\0{rcpt_mailer}\0local\0{rcpt_host}\0test.example\0{rcpt_addr}\0v@test.example\0
            > R v@test.example\0
            = rcpt v@test.example i=4ABC mail_addr=a@b.example rcpt_addr=v@test.example
            > D Ti\04ABC\0
            > T
            = data i=4ABC mail_addr=a@b.example rcpt_addr=v@test.example
            > D Li\04ABC\0
            > L A\0 b\0
            = header A: b
            > D Ni\04ABC\0
            > N
            = eoh i=4ABC mail_addr=a@b.example rcpt_addr=v@test.example
            > D Bi\04ABC\0
            > B x\r\n
            = body x\r\n
            > D Ei\04ABC\0
            > E
            = end i=4ABC mail_addr=a@b.example rcpt_addr=v@test.example
            < c
            > A
            > A
            > Q
            = disconnect
            ! closed x
            """#
        ),
        Transcript(
            "the value of a field is all that is after the colon",
            #"""
            @ nomacros x
            > O \0\0\0\x06\0\0\x01\xff\0\x1f\xff\xff
            < O \0\0\0\x06\0\0\0\x11\0\x1f\xf3\x88
            > C localhost\0U
            = connect localhost U
            > M <>\0
            = mail <>
            > D L
            > L A\02\0
            = header A:2
            > L B\0 2\0
            = header B: 2
            > L C\0  3\0
            = header C:  3
            > L D\0\t4\0
            = header D:\#t4
            > L F\0\0
            = header F:
            > L G\0\n mx;\n none\0
            = header G:\n mx;\n none
            > L H\0 \xc3\xbc\0
            = header H: ü
            > N
            = eoh
            > E
            = end
            < c
            """#
        ),
        Transcript(
            "a message from sendmail(1): port 0, paths without brackets, no ABORT",
            #"""
            @ nomacros x
            > O \0\0\0\x06\0\0\x01\xff\0\x1f\xff\xff
            < O \0\0\0\x06\0\0\0\x11\0\x1f\xf3\x88
            > C localhost\04\0\0127.0.0.1\0
            = connect localhost 4 0 127.0.0.1
            > H localhost\0
            = helo localhost
            > M \0
            = mail
            > M u@test.example\0
            = abort
            = mail u@test.example
            > L A\0 b\0
            = header A: b
            > N
            = eoh
            > E
            = end
            < c
            > Q
            = disconnect
            ! closed x
            """#
        ),
        Transcript(
            "arguments of HELO and MAIL are what the client typed, whatever the macro makes of them",
            #"""
            @ nomacros x
            @ show mail_addr
            > O \0\0\0\x06\0\0\x01\xff\0\x1f\xff\xff
            < O \0\0\0\x06\0\0\0\x11\0\x1f\xf3\x88
            > C [192.0.2.7]\04\0\x19192.0.2.7\0
            = connect [192.0.2.7] 4 25 192.0.2.7
            > H a (good.example [192.0.2.1])\0
            = helo a (good.example [192.0.2.1])
            > H a;spf=pass\0
            = helo a;spf=pass
            > H two  words\0
            = helo two  words
            > D M{mail_addr}\0any@legitimate.com\0
            > M <any@legitimate.com(.attack.com>\0
            = mail <any@legitimate.com(.attack.com> mail_addr=any@legitimate.com
            > A
            = abort
            > D M{mail_addr}\0\0
            > M <(any@legitimate.com>\0
            = mail <(any@legitimate.com> mail_addr=
            > A
            = abort
            > D M{mail_addr}\0"any@legitimate.com'"@a.attack.com\0
            > M <any@legitimate.com'@a.attack.com>\0
            = mail <any@legitimate.com'@a.attack.com> mail_addr="any@legitimate.com'"@a.attack.com
            > A
            = abort
            > D M{mail_addr}\0any@attack.com\0
            > M <@legitimate.com:any@attack.com>\0
            = mail <@legitimate.com:any@attack.com> mail_addr=any@attack.com
            > A
            = abort
            > D M{mail_addr}\0a@x.example\0
            > M (c)<a@x.example>\0
            = mail (c)<a@x.example> mail_addr=a@x.example
            > A
            = abort
            > D M{mail_addr}\0a@mx.test.example\0
            > M <a>\0
            = mail <a> mail_addr=a@mx.test.example
            > A
            = abort
            > D M{mail_addr}\0\xc3\xbc@x.example\0
            > M <\xc3\xbc@x.example>\0
            = mail <ü@x.example> mail_addr=ü@x.example
            """#
        ),
    ]
}
