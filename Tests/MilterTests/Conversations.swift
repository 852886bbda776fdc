/// Conversations between an MTA and a filter; see ``Transcript`` for how they are written.
enum Conversations {
    static let all = [
        Transcript(
            "as Postfix speaks to a filter that needs replies nowhere but at the end",
            #"""
            @ show i mail_addr j
            @ edits
            @ quarantine x
            @ nomacros x
            > O \0\0\0\x06\0\0\x01\xff\0\x1f\xff\xff
            < O \0\0\0\x06\0\0\0\x31\0\x1f\xf3\x88
            > D Cj\0mx.example\0{daemon_name}\0smtpd\0
            > C localhost\04\xc0\x01127.0.0.1\0
            = connect localhost 4 49153 127.0.0.1 j=mx.example
            > D H
            > H client.example\0
            = helo client.example j=mx.example
            > D M{mail_addr}\0a@b.example\0
            > M <a@b.example>\0SIZE=100\0BODY=8BITMIME\0
            = mail <a@b.example> SIZE=100 BODY=8BITMIME mail_addr=a@b.example j=mx.example
            > D Li\04ABC\0
            > L From\0 a@b.example\0
            = header From: a@b.example
            > D Li\04ABC\0
            > L Fold\0 x\r\n\ty\0
            = header Fold: x\n	y
            > D Ni\04ABC\0
            > N
            = eoh i=4ABC mail_addr=a@b.example j=mx.example
            > D Bi\04ABC\0
            > B Hello\r\n
            = body Hello\r\n
            > D Ei\04ABC\0
            > E
            = end i=4ABC mail_addr=a@b.example j=mx.example
            < m \0\0\0\x03a-r\0\0
            < m \0\0\0\x01A-R\0\0
            < i \0\0\0\0A-R\0 x;\n\tnone\0
            < q why\0
            < c
            > A
            > A
            > D M
            > M <>\0
            = mail <> j=mx.example
            > A
            = abort
            > A
            > Q
            = disconnect
            ! closed
            """#
        ),
        Transcript(
            "macros are asked for without losing the MTA's own",
            #"""
            > O \0\0\0\x06\0\0\x01\xff\0\x1f\xff\xff
            < O \0\0\0\x06\0\0\x01\x11\0\x1f\xf3\x88\0\0\0\0j _ v {daemon_name} {daemon_addr} {if_name} {if_addr} {client_addr} {client_name} {client_ptr} {client_resolve}\0\0\0\0\x01{tls_version} {cipher} {cipher_bits} {cert_subject} {cert_issuer}\0\0\0\0\x02i {auth_type} {auth_authen} {auth_author} {auth_ssf} {mail_addr} {mail_host} {mail_mailer} {tls_version} {cipher} {cipher_bits} {client_addr}\0\0\0\0\x06i\0\0\0\0\x05i\0
            """#
        ),
        Transcript(
            "an MTA that takes no macro list, and no command without a reply",
            #"""
            > O \0\0\0\x06\0\0\0\x3f\0\x10\0\x7f
            < O \0\0\0\x06\0\0\0\x11\0\x10\0\x08
            > C a\0U
            = connect a U
            < c
            > H b\0
            = helo b
            < c
            > M <>\0
            = mail <>
            < c
            > R <x@y.example>\0
            < c
            > T
            < c
            > U VRFY\0
            < c
            > L A\0 b\0
            = header A: b
            < c
            > N
            = eoh
            < c
            > B x
            = body x
            < c
            > E y
            = body y
            = end
            < c
            """#
        ),
        Transcript(
            "families 4, 6, L and U, and one connection for several clients",
            #"""
            @ nomacros x
            @ show j
            > O \0\0\0\x06\0\0\x01\xff\0\x1f\xff\xff
            < O \0\0\0\x06\0\0\0\x11\0\x1f\xf3\x88
            > C [192.0.2.7]\04\0\x19192.0.2.7\0
            = connect [192.0.2.7] 4 25 192.0.2.7
            > K
            = disconnect
            > D Cj\0other\0
            > C [2001:db8::1]\06\0\x19IPv6:2001:db8::1\0
            = connect [2001:db8::1] 6 25 IPv6:2001:db8::1 j=other
            > M <a@b>\0
            = mail <a@b> j=other
            > K
            = abort
            = disconnect
            > C localhost\0L\0\0/run/x\0
            = connect localhost L /run/x
            > K
            = disconnect
            > C localhost\0U
            = connect localhost U
            > K
            = disconnect
            > C localhost\0Uleft over\0
            = connect localhost U
            """#
        ),
        Transcript(
            "a second EHLO, MAIL without HELO, MAIL again, and EHLO in the middle of a message",
            #"""
            @ show tls_version i
            @ client
            > M <1>\0
            = mail <1>
            > D Mi\0Q2\0
            > M <2>\0
            = abort
            = mail <2> i=Q2
            > A
            = abort
            > D H
            > H one\0
            = helo one
            > A
            > D Htls_version\0TLSv1.3\0
            > H two\0
            = helo two tls_version=TLSv1.3
            > M <3>\0
            = mail <3> tls_version=TLSv1.3
            > L A\0\0
            = header A:
            > H three\0
            = abort
            = helo three tls_version=TLSv1.3
            """#
        ),
    ]
}
