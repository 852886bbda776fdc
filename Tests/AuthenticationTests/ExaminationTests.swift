import AuthResults
import Authentication
import DNS
import FieldClaims
import Mail
import MailAddresses
import Testing

@Suite struct ExaminationTests {
    static let pass = "iprev=pass policy.iprev=192.0.2.7; spf=pass smtp.mailfrom=sender.example"

    @Test func `of more signatures than are reported one result tells`() throws {
        let outcome = try #require(World().judge(String(repeating: "DKIM-Signature: x\n", count: 60) + World.plain))
        let results = try #require(outcome.judgement.results).results.filter { $0.method == "dkim" }
        #expect(results.count == 51)
        #expect(results.last?.reason == "10 more signatures: not reported")
    }

    @Test func `a stranger's message gets every check, in the order of the design`() throws {
        let outcome = try #require(World(zone: World.records).judge())
        #expect(
            outcome.field
                == "mx.example.org; \(Self.pass); dkim=none; arc=none; dmarc=none header.from=sender.example"
        )
        #expect(outcome.judgement.edits.removals.isEmpty)
        #expect(
            outcome.judgement.edits.additions.map { String(decoding: $0.name, as: UTF8.self) } == [
                "Authentication-Results"
            ]
        )
    }

    @Test func `the same events and answers give the same octets, however the body is cut`() throws {
        let whole = try #require(World(zone: World.records).judge()).judgement.edits
        for chunk in [1, 2, 3, 7] {
            #expect(World(zone: World.records, chunk: chunk).judge()?.judgement.edits == whole)
        }
    }

    @Test func `questions go out as early as they can be known`() throws {
        let client = Client(address: IPAddress("192.0.2.7"))
        var examination = try #require(Examination(policy: Policy(), authservID: "mx.example.org", client: client))
        #expect(examination.newQuestions().map(\.description) == ["7.2.0.192.in-addr.arpa PTR"])
        examination.helo(Array("mail.sender.example".utf8))
        examination.begin(mailFrom: Array("<ann@sender.example>".utf8), receivedAt: 0)
        #expect(examination.newQuestions().map(\.description).contains("sender.example TXT"))
        examination.header(HeaderField("From", " ann@sender.example"))
        examination.endOfHeader(at: .now)
        #expect(examination.newQuestions().map(\.description).contains("_dmarc.sender.example TXT"))
        #expect(examination.newQuestions().isEmpty, "nothing is asked twice")
    }

    struct Exempt: CustomTestStringConvertible {
        let name: String
        let world: World
        let field: String?

        var testDescription: String { name }
    }

    static let exempt: [Exempt] = {
        var relay = World(zone: World.records)
        relay.policy.trustedRelays = [IPNetwork("192.0.2.0/24")].compactMap(\.self)
        var checkedRelay = relay
        checkedRelay.policy.checkTrustedRelays = true
        var submission = World(zone: World.records)
        submission.submission = Submission(identity: Array("ann".utf8), mechanism: Array("PLAIN".utf8))
        var told = submission
        told.policy.showsMechanism = true
        var checkedSubmission = submission
        checkedSubmission.policy.checkAuthenticated = true
        var silentSubmission = submission
        silentSubmission.policy.checks.remove(.auth)
        var odd = submission
        odd.submission = Submission(identity: Array("ann\r\nX: y".utf8))
        func says(_ parameter: String, of world: World) -> World {
            var world = world
            let author = AuthParameter(Array(parameter.utf8))
            world.submission = Submission(identity: Array("ann".utf8), author: author)
            return world
        }
        var spaced = submission
        spaced.submission = Submission(identity: Array("ann lee".utf8))
        return [
            Exempt(name: "a trusted relay", world: relay, field: nil),
            Exempt(
                name: "a trusted relay that is checked",
                world: checkedRelay,
                field: "mx.example.org; \(pass); dkim=none; arc=none; dmarc=none header.from=sender.example"
            ),
            Exempt(
                name: "a client of our own",
                world: World(zone: World.records, client: "127.0.0.1"),
                field: "mx.example.org; dkim=none; arc=none"
            ),
            Exempt(
                name: "IPv4 loopback mapped into IPv6",
                world: World(zone: World.records, client: "::ffff:127.0.0.1"),
                field: "mx.example.org; dkim=none; arc=none"
            ),
            Exempt(
                name: "no address at all",
                world: World(zone: World.records, client: nil),
                field: "mx.example.org; dkim=none; arc=none"
            ),
            Exempt(name: "SMTP AUTH", world: submission, field: "mx.example.org; auth=pass smtp.auth=ann"),
            Exempt(name: "its mechanism", world: told, field: "mx.example.org; auth=pass (PLAIN) smtp.auth=ann"),
            Exempt(
                name: "SMTP AUTH that is checked",
                world: checkedSubmission,
                field:
                    "mx.example.org; auth=pass smtp.auth=ann; \(pass); dkim=none; arc=none; dmarc=none header.from=sender.example"
            ),
            Exempt(name: "SMTP AUTH that is not told", world: silentSubmission, field: "mx.example.org; none"),
            Exempt(name: "an identity with a line break", world: odd, field: "mx.example.org; auth=pass"),
            Exempt(
                name: "an identity that a careless reader would split",
                world: spaced,
                field: "mx.example.org; auth=pass"
            ),
            Exempt(
                name: "the AUTH parameter of MAIL",
                world: says("e+3Dmc2@Example.com", of: submission),
                field: "mx.example.org; auth=pass smtp.auth=ann smtp.mailfrom=e=mc2@example.com"
            ),
            Exempt(
                name: "the AUTH parameter beside SPF",
                world: says("ann@a.example", of: checkedSubmission),
                field: "mx.example.org; auth=pass smtp.auth=ann smtp.mailfrom=ann@a.example; \(pass); dkim=none; "
                    + "arc=none; dmarc=none header.from=sender.example"
            ),
        ]
            // What vouches for nobody, what is no mailbox, and what no value can show without risk.
            + [
                "<>", "", "ann", "ann@localhost", "ann@[192.0.2.1]", "a+3@a.example", "+22a+20b+22@a.example",
                "+22dmarc+3Dpass+22@a.example", "dmarc+3Dpass@a.example", "a+3Bb@a.example", "j+C3+B6rg@a.example",
                "a'b@a.example", "+22a+40b+22@a.example", "ann@a_b.example",
            ].map {
                let world = says($0, of: submission)
                return Exempt(name: "AUTH=\($0)", world: world, field: "mx.example.org; auth=pass smtp.auth=ann")
            }
    }()

    @Test(arguments: exempt)
    func `what is not a stranger's delivery is not judged as one`(_ exempt: Exempt) throws {
        #expect(try #require(exempt.world.judge()).field == exempt.field)
    }

    static let forged = "Authentication-Results: mx.example.org; spf=pass\n" + World.plain

    @Test func `nothing but a trusted relay's address saves a forged field`() throws {
        for case let exempt in Self.exempt {
            let removed = try #require(exempt.world.judge(Self.forged)).judgement.removed
            #expect(removed.count == (exempt.name.contains("trusted relay") ? 0 : 1), "\(exempt.name)")
        }
    }

    @Test func `a trusted relay's message that is not checked is left as it is, and asks nothing`() throws {
        let outcome = try #require(Self.exempt[0].world.judge(Self.forged))
        #expect(outcome.judgement.edits.isEmpty)
        #expect(outcome.questions.isEmpty)
    }

    @Test func `a check that is switched off is not made and not told`() throws {
        for (check, method) in zip(Policy.Check.allCases, ["auth", "iprev", "spf", "dkim", "arc", "dmarc"]) {
            var world = World(zone: World.records)
            world.policy.checks = [check]
            let field = try #require(world.judge()?.field)
            #expect(check == .auth ? field == "mx.example.org; none" : field.contains("; \(method)="))
            #expect(field.split(separator: ";").count == 2, "\(field)")
        }
        var world = World(zone: World.records)
        world.policy.checks = []
        let outcome = try #require(world.judge())
        #expect(outcome.field == "mx.example.org; none")
        #expect(outcome.questions.isEmpty)
    }

    @Test func `without SPF or DKIM a message may pass DMARC, but is not said to fail it`() throws {
        var world = World(zone: World.records)
        world.zone["_dmarc.sender.example TXT"] = ["v=DMARC1; p=reject"]
        world.policy.checks = [.spf, .dkim, .dmarc]
        let properties = "header.from=sender.example policy.dmarc=reject"
        #expect(world.judge()?.field?.hasSuffix("dkim=none; dmarc=pass \(properties)") == true)

        var unknown = world
        unknown.mailFrom = nil
        #expect(
            unknown.judge()?.field
                == #"mx.example.org; dkim=none; dmarc=permerror reason="MAIL FROM is not known" \#(properties)"#
        )
        world.policy.checks = [.dkim, .dmarc]
        #expect(
            world.judge()?.field
                == #"mx.example.org; dkim=none; dmarc=permerror reason="SPF is not checked" \#(properties)"#
        )
        world.policy.checks = [.spf, .dmarc]
        #expect(
            world.judge()?.field == "mx.example.org; spf=pass smtp.mailfrom=sender.example; dmarc=pass \(properties)"
        )
        world.client = "198.51.100.1"
        #expect(
            world.judge()?.field == "mx.example.org; spf=fail smtp.mailfrom=sender.example; "
                + #"dmarc=permerror reason="DKIM is not checked" \#(properties)"#
        )
    }

    @Test func `a DNS that does not answer is a temporary error when the deadline is over`() throws {
        var world = World(zone: World.records)
        world.silent = ["7.2.0.192.in-addr.arpa", "sender.example", "_dmarc.sender.example", "_dmarc.example"]
        let field = try #require(world.judge()?.field)
        #expect(
            field
                == #"mx.example.org; iprev=temperror reason="PTR: deadline passed" policy.iprev=192.0.2.7; "#
                + #"spf=temperror reason="TXT of sender.example: deadline passed" smtp.mailfrom=sender.example; dkim=none; arc=none; "#
                + #"dmarc=temperror reason="policy: deadline passed" header.from=sender.example"#
        )
    }

    @Test func `before the deadline there is no judgement, and expiry before it changes nothing`() throws {
        let client = Client(address: IPAddress("192.0.2.7"))
        var examination = try #require(Examination(policy: Policy(), authservID: "mx.example.org", client: client))
        examination.begin(mailFrom: Array("<a@sender.example>".utf8), receivedAt: 0)
        let now = ContinuousClock.now
        examination.endOfHeader(at: now)
        examination.endOfMessage()
        let atOnce = examination.judgement
        #expect(atOnce == nil)
        examination.expire(at: now.advanced(by: .seconds(19)))
        let early = examination.judgement
        #expect(early == nil)
        #expect(examination.deadline == now.advanced(by: .seconds(20)))
        examination.expire(at: now.advanced(by: .seconds(20)))
        let late = examination.judgement
        #expect(late != nil)
    }

    @Test func `a header over the limits is searched for forged fields to its end and not checked`() throws {
        var octets = World(zone: World.records)
        octets.policy.limits.headerOctets = 4096
        var fields = World(zone: World.records)
        fields.policy.limits.headerFields = 16
        let filler = (0..<100).map { "X-Filler-\($0): \(String(repeating: "x", count: 60))\n" }.joined()
        for (world, reason) in [
            (octets, "header over 4096 octets: not checked"), (fields, "more than 16 header fields: not checked"),
        ] {
            let outcome = try #require(world.judge(Self.forged.prefix(50) + filler + Self.forged))
            #expect(
                outcome.field == #"mx.example.org; \#(Self.pass); dkim=policy reason="\#(reason)"; "#
                    + #"dmarc=permerror reason="\#(reason)""#
            )
            #expect(outcome.judgement.removed.map(\.occurrence) == [1, 2])
        }
    }

    @Test func `a name that no field can bear is refused at the start`() {
        for name in ["", "mx\nexample", "mx\u{7F}"] {
            #expect(Examination(policy: Policy(), authservID: name, client: Client(address: nil)) == nil)
        }
    }

    @Test func `a second message on the connection starts from what the first knew of the client`() throws {
        let client = Client(address: IPAddress("192.0.2.7"))
        var connection = try #require(Examination(policy: Policy(), authservID: "mx.example.org", client: client))
        let question = try #require(connection.newQuestions().first)
        connection.learn(Answer(.nameError), to: question)
        var first = connection
        first.begin(mailFrom: Array("<>".utf8), submission: Submission(identity: [65]), receivedAt: 0)
        var second = connection
        second.begin(mailFrom: Array("<>".utf8), receivedAt: 0)
        second.endOfHeader(at: .now)
        second.endOfMessage()
        second.expire(at: .now.advanced(by: .seconds(30)))
        let verdicts = second.judgement?.verdicts
        #expect(verdicts?.reverseDNS?.result == .permerror)
        #expect(verdicts?.submission == nil)
    }

    /// MAIL FROM and HELO, and what is told of them.
    private static let toldByReceivedSPF: [(String, String, String?, String?)] = [
        ("<ann@sender.example>", "mail.sender.example", "ann@sender.example", "mail.sender.example"),
        ("<ann@sender.example>", "[IPv6:::1]", "ann@sender.example", #""[IPv6:::1]""#),
        ("<ann@sender.example>", #"a";identity=(b)"#, "ann@sender.example", nil),
        ("<ann@sender.example>", "a=b.example", "ann@sender.example", nil),
        ("<@bank.example,@bank.example:ann@sender.example>", "a.example", "ann@sender.example", "a.example"),
        (#"<"a;envelope-from=x@bank.example;"@sender.example>"#, "a.example", nil, "a.example"),
        (#"<"a\"(b"@sender.example>"#, "a.example", nil, "a.example"),
        ("<prvs=1=ann@sender.example>", "a.example", "prvs=1=ann@sender.example", "a.example"),
        ("<Receiver=mx.example.org@sender.example>", "a.example", nil, "a.example"),
        ("<spf=pass@sender.example>", "a.example", nil, "a.example"),
        (#"<"ann@bank.example"@sender.example>"#, "a.example", nil, "a.example"),
    ]

    @Test(arguments: toldByReceivedSPF)
    func `Received-SPF is written if it is asked for, and nothing in it can be split`(
        mailFrom: String,
        helo: String,
        toldAddress: String?,
        toldHELO: String?
    ) throws {
        var world = World(zone: World.records)
        world.policy.writesReceivedSPF = true
        world.mailFrom = mailFrom
        world.helo = helo
        let additions = try #require(world.judge()).judgement.edits.additions
        #expect(
            additions.map { String(decoding: $0.name, as: UTF8.self) } == ["Authentication-Results", "Received-SPF"]
        )
        #expect(
            String(decoding: additions[1].value, as: UTF8.self)
                == " pass\n\tclient-ip=192.0.2.7;" + (toldAddress.map { "\n\tenvelope-from=\"\($0)\";" } ?? "")
                + "\n\tidentity=mailfrom;" + (toldHELO.map { "\n\thelo=\($0);" } ?? "") + "\n\treceiver=mx.example.org"
        )
    }
}
