import AuthServ
import DNS
import Testing

/// A transcript: `C: ` and `S: ` before each line; `B: ` for a list that comes as a body.
func conversation(_ mailProtocol: MailProtocol, _ text: String) -> Conversation {
    var conversation = Conversation(mailProtocol)
    for line in text.split(separator: "\n") {
        let octets = Array(line.dropFirst(3).utf8) + Array("\r\n".utf8)
        switch line.prefix(2) {
        case "C:": conversation.take(client: octets)
        case "S:": _ = conversation.take(server: octets)
        case "B:": _ = conversation.take(body: octets)
        default: Issue.record("no line of a transcript: \(line)")
        }
    }
    conversation.endBody()
    return conversation
}

@Suite struct AnnouncementTests {
    struct Case: CustomTestStringConvertible {
        let name: String
        let transcript: String
        var conforms = true
        var ids: [String] = []
        var refused: [String] = []
        var findings: [Announcement.Finding] = []
        var phase: Announcement.Phase
        var testDescription: String { name }
    }

    private func check(_ example: Case, _ mailProtocol: MailProtocol) {
        let announcement = Announcement(conversation(mailProtocol, example.transcript), isProtected: true)
        #expect(announcement.conforms == example.conforms)
        #expect(announcement.ids.map(\.text) == example.ids)
        #expect(announcement.refused == example.refused)
        #expect(announcement.findings == example.findings)
        #expect(announcement.phase == example.phase)
    }

    @Test(
        "EHLO",
        arguments: [
            Case(
                name: "the form of RFC 5321, and that of the draft",
                transcript: """
                    S: 220 mx.example.org ESMTP
                    C: EHLO localhost
                    S: 250-mx.example.org
                    S: 250-AUTHSERV mx.example.org
                    S: 250 AUTHSERV=mx2.example.org
                    """,
                ids: ["mx.example.org", "mx2.example.org"],
                phase: .ehlo
            ),
            Case(
                name: "without a value",
                transcript: "C: EHLO x\nS: 250-mx.example.org\nS: 250-SIZE\nS: 250 AUTHSERV",
                phase: .ehlo
            ),
            Case(
                name: "in upper case, as Exim prints it",
                transcript: "C: EHLO x\nS: 250-mx.example.org\nS: 250 authserv=MX.EXAMPLE.ORG",
                ids: ["mx.example.org"],
                phase: .ehlo
            ),
            Case(
                name: "nothing",
                transcript: "C: EHLO x\nS: 250-mx.example.org\nS: 250 SIZE",
                conforms: false,
                phase: .ehlo
            ),
            Case(
                name: "the greeting is no keyword",
                transcript: "C: EHLO x\nS: 250-AUTHSERV mx.example.org\nS: 250 SIZE",
                conforms: false,
                phase: .ehlo
            ),
            Case(
                name: "a reply of one line",
                transcript: "C: EHLO x\nS: 250 AUTHSERV mx.example.org",
                conforms: false,
                phase: .ehlo
            ),
            Case(
                name: "other keywords",
                transcript: """
                    C: EHLO x
                    S: 250-mx.example.org
                    S: 250-XAUTHSERV mx.example.org
                    S: 250-AUTHSERVER mx.example.org
                    S: 250-AUTHSERV:mx.example.org
                    S: 250-SIZE AUTHSERV mx.example.org
                    S: 250 AUTH=AUTHSERV
                    """,
                conforms: false,
                phase: .ehlo
            ),
            Case(
                name: "what was said before TLS",
                transcript: """
                    C: EHLO x
                    S: 250-mx.example.org
                    S: 250-STARTTLS
                    S: 250 AUTHSERV evil.example
                    C: STARTTLS
                    S: 220 go
                    S: 250-mx.example.org
                    S: 250 AUTHSERV injected.example
                    C: EHLO x
                    S: 250-mx.example.org
                    S: 250 SIZE
                    """,
                conforms: false,
                phase: .ehlo
            ),
            Case(
                name: "a list before the command",
                transcript: "S: 250-x\nS: 250 AUTHSERV evil.example\nC: EHLO x\nS: 250-mx\nS: 250 SIZE",
                conforms: false,
                phase: .ehlo
            ),
            Case(
                name: "a list that does not end",
                transcript: "C: EHLO x\nS: 250-mx\nS: 250-AUTHSERV mx.example.org",
                conforms: false,
                phase: .ehlo
            ),
            Case(
                name: "a list with another code in it",
                transcript: "C: EHLO x\nS: 250-mx\nS: 250-AUTHSERV mx.example.org\nS: 550 no",
                conforms: false,
                phase: .ehlo
            ),
            Case(
                name: "EHLO refused",
                transcript: "C: EHLO x\nS: 502 no\nC: HELO x\nS: 250 AUTHSERV",
                conforms: false,
                phase: .ehlo
            ),
            Case(
                name: "what is no domain name",
                transcript: """
                    C: EHLO x
                    S: 250-mx.example.org
                    S: 250-AUTHSERV *
                    S: 250-AUTHSERV [192.0.2.1] 192.0.2.1
                    S: 250-AUTHSERV=a..b
                    S: 250-AUTHSERV=
                    S: 250-AUTHSERV=*.example.org
                    S: 250-AUTHSERV=mx.example.org/queue
                    S: 250-AUTHSERV="mx.example.org"
                    S: 250-AUTHSERV mail
                    S: 250-AUTHSERV b\u{FC}cher.example
                    S: 250 AUTHSERV mx.example.org
                    """,
                ids: ["mx.example.org"],
                refused: [
                    "*", "[192.0.2.1]", "192.0.2.1", "a..b", "", "*.example.org", "mx.example.org/queue",
                    "\"mx.example.org\"", "mail", "b\\xc3\\xbccher.example",
                ],
                findings: [.noDomainName],
                phase: .ehlo
            ),
        ]
    ) func ehlo(_ example: Case) {
        check(example, .smtp)
    }

    @Test(
        "CAPABILITY",
        arguments: [
            Case(
                name: "both phases, as Dovecot has them",
                transcript: """
                    S: * OK [CAPABILITY IMAP4rev1 AUTHSERV LITERAL+] ready.
                    C: A001 CAPABILITY
                    S: * CAPABILITY IMAP4rev1 AUTHSERV LITERAL+
                    S: A001 OK done
                    C: A002 LOGIN "ann" "secret"
                    S: * CAPABILITY IMAP4rev1 AUTHSERV=mx.example.org LITERAL+
                    S: A002 OK Logged in
                    C: A003 CAPABILITY
                    S: * CAPABILITY IMAP4rev1 AUTHSERV=mx.example.org LITERAL+
                    S: A003 OK done
                    """,
                ids: ["mx.example.org"],
                phase: .afterLogin
            ),
            Case(
                name: "in the reply to the login only",
                transcript: """
                    S: * OK ready
                    C: A001 AUTHENTICATE PLAIN
                    S: +
                    C: AGFubgBzZWNyZXQ=
                    S: A001 OK [CAPABILITY IMAP4rev1 AUTHSERV=mx.tenant.example] Logged in
                    """,
                ids: ["mx.tenant.example"],
                phase: .afterLogin
            ),
            Case(
                name: "without login",
                transcript: "S: * OK ready\nC: A001 CAPABILITY\nS: * CAPABILITY IMAP4rev1 AUTHSERV\nS: A001 OK done",
                phase: .beforeLogin
            ),
            Case(
                name: "an id before login",
                transcript: "C: A001 CAPABILITY\nS: * CAPABILITY IMAP4rev1 AUTHSERV=mx.example.org\nS: A001 OK done",
                refused: ["mx.example.org"],
                findings: [.idBeforeLogin],
                phase: .beforeLogin
            ),
            Case(
                name: "the same id in both phases, as Courier has it",
                transcript: """
                    C: A001 CAPABILITY
                    S: * CAPABILITY IMAP4rev1 AUTHSERV=mx.example.org
                    S: A001 OK done
                    C: A002 LOGIN x y
                    S: A002 OK
                    C: A003 CAPABILITY
                    S: * CAPABILITY IMAP4rev1 AUTHSERV=mx.example.org
                    S: A003 OK done
                    """,
                ids: ["mx.example.org"],
                findings: [.idBeforeLogin],
                phase: .afterLogin
            ),
            Case(
                name: "no id after login",
                transcript: "C: A1 LOGIN x y\nS: A1 OK [CAPABILITY IMAP4rev1 AUTHSERV] in",
                findings: [.noID],
                phase: .afterLogin
            ),
            Case(
                name: "announced before login only",
                transcript: """
                    S: * OK [CAPABILITY IMAP4rev1 AUTHSERV] ready
                    C: A1 LOGIN x y
                    S: A1 OK [CAPABILITY IMAP4rev1] in
                    """,
                conforms: false,
                findings: [.onlyBeforeLogin],
                phase: .afterLogin
            ),
            Case(
                name: "a login that is refused",
                transcript: """
                    C: A1 LOGIN x y
                    S: * CAPABILITY IMAP4rev1 AUTHSERV=mx.example.org
                    S: A1 NO [CAPABILITY IMAP4rev1 AUTHSERV=mx.example.org] no
                    """,
                conforms: false,
                phase: .beforeLogin
            ),
            Case(
                name: "another tag is no end of the login",
                transcript: """
                    C: A1 LOGIN x y
                    S: A9 OK in
                    C: A2 CAPABILITY
                    S: * CAPABILITY AUTHSERV=mx.example.org
                    S: A2 OK
                    """,
                conforms: false,
                phase: .beforeLogin
            ),
            Case(
                name: "PREAUTH",
                transcript: """
                    S: * PREAUTH [CAPABILITY IMAP4rev1 AUTHSERV=mx.example.org] hello
                    C: A1 CAPABILITY
                    S: * CAPABILITY IMAP4rev1 AUTHSERV=mx.example.org
                    S: A1 OK
                    """,
                refused: ["mx.example.org"],
                findings: [.idBeforeLogin, .preauthenticated],
                phase: .beforeLogin
            ),
            Case(
                name: "a code without an end",
                transcript: "S: * OK [CAPABILITY IMAP4rev1 AUTHSERV ready",
                conforms: false,
                phase: .beforeLogin
            ),
            Case(
                name: "words elsewhere",
                transcript: "C: A1 LOGIN x y\nS: A1 OK AUTHSERV=mx.example.org\nS: * 1 FETCH AUTHSERV=mx.example.org",
                conforms: false,
                phase: .afterLogin
            ),
            Case(
                name: "before TLS an id, after it none",
                transcript: """
                    S: * OK [CAPABILITY IMAP4rev1 STARTTLS AUTHSERV=evil.example] x
                    C: A1 STARTTLS
                    S: A1 OK go
                    C: A2 CAPABILITY
                    S: * CAPABILITY IMAP4rev1 AUTHSERV
                    S: A2 OK
                    """,
                phase: .beforeLogin
            ),
        ]
    ) func imap(_ example: Case) {
        check(example, .imap)
    }

    @Test(
        "CAPA",
        arguments: [
            Case(
                name: "after login, as a body",
                transcript: """
                    S: +OK ready
                    C: CAPA
                    S: +OK
                    S: AUTHSERV
                    S: .
                    C: AUTH PLAIN
                    S: +
                    C: AGFubgBzZWNyZXQ=
                    S: +OK Logged in
                    C: CAPA
                    S: +OK
                    B: TOP
                    B: AUTHSERV mx.example.org
                    C: QUIT
                    S: +OK bye
                    """,
                ids: ["mx.example.org"],
                phase: .afterLogin
            ),
            Case(
                name: "USER and PASS, the form of the draft's IMAP",
                transcript: """
                    C: USER ann
                    S: +OK
                    C: PASS secret
                    S: +OK
                    C: CAPA
                    S: +OK
                    S: authserv=mx.example.org
                    S: .
                    """,
                ids: ["mx.example.org"],
                phase: .afterLogin
            ),
            Case(
                name: "a user's name is no login",
                transcript: "C: USER ann\nS: +OK\nC: CAPA\nS: +OK\nS: AUTHSERV mx.example.org\nS: .",
                refused: ["mx.example.org"],
                findings: [.idBeforeLogin],
                phase: .beforeLogin
            ),
            Case(
                name: "a list that does not end",
                transcript: "C: CAPA\nS: +OK\nS: AUTHSERV",
                conforms: false,
                phase: .beforeLogin
            ),
            Case(name: "CAPA refused", transcript: "C: CAPA\nS: -ERR what?", conforms: false, phase: .beforeLogin),
            Case(
                name: "before TLS only",
                transcript: "C: CAPA\nS: +OK\nS: AUTHSERV\nS: .\nC: STLS\nS: +OK\nC: CAPA\nS: +OK\nS: TOP\nS: .",
                conforms: false,
                phase: .beforeLogin
            ),
        ]
    ) func pop3(_ example: Case) {
        check(example, .pop3)
    }

    @Test("Sixteen ids are taken of forty, and the rest is told") func limit() {
        let lines = (1...40).map { "S: 250-AUTHSERV mx\($0).example.org" }.joined(separator: "\n")
        let announcement = Announcement(
            conversation(.smtp, "C: EHLO x\nS: 250-mx\n" + lines + "\nS: 250 SIZE"),
            isProtected: true
        )
        #expect(announcement.ids.count == 16)
        #expect(announcement.refused.count == 24)
        #expect(announcement.findings == [.tooManyIDs])
    }

    @Test("Without TLS, from another host, nothing is believed") func unprotected() {
        let announcement = Announcement(
            conversation(.smtp, "C: EHLO x\nS: 250-mx\nS: 250 AUTHSERV mx.example.org"),
            isProtected: false
        )
        #expect(!announcement.conforms)
        #expect(announcement.ids.isEmpty)
        #expect(announcement.refused == ["mx.example.org"])
        #expect(announcement.findings == [.unprotected])
    }
}

@Suite struct ConversationTests {
    @Test("Of what is sent nothing but known verbs is kept") func secrets() {
        let text = """
            C: A001 LOGIN "ann" "secret"
            C: A002 AUTHENTICATE PLAIN AGFubgBzZWNyZXQ=
            C: AGFubgBzZWNyZXQ=
            C: secret
            """
        var verbs: [String] = []
        for case .client(let verb, _) in conversation(.imap, text).lines { verbs.append(verb.rawValue) }
        #expect(verbs == ["LOGIN", "AUTHENTICATE", "(response)", "(response)"])
        #expect(!"\(conversation(.imap, text))".contains("secret"))
    }

    @Test("A flood of lines is broken off") func lines() {
        var flood = Conversation(.smtp)
        let taken = (1...300).count { _ in flood.take(server: [0x61]) }
        #expect(taken == 256)
    }

    @Test("A line without end is broken off", arguments: [true, false]) func octets(isBody: Bool) {
        var flood = Conversation(.pop3)
        let piece = [UInt8](repeating: 0x61, count: 16 * 1024)
        var count = 0
        while count < 100, isBody ? flood.take(body: piece) : flood.take(server: piece) { count += 1 }
        #expect(count == 4)
    }

    @Test("A body may be cut anywhere") func pieces() {
        let text = Array("TOP\r\nAUTHSERV\r\nUIDL\r\n".utf8)
        for cut in 0...text.count {
            var whole = conversation(.pop3, "C: CAPA\nS: +OK")
            let first = whole.take(body: text[..<cut])
            let second = whole.take(body: text[cut...])
            #expect(first && second)
            whole.endBody()
            #expect(Announcement(whole, isProtected: true).conforms)
        }
    }
}
