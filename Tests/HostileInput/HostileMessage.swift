import AuthResults
import Authentication
import DNS
import FieldClaims
import Mail
import SPF

/// A message, or a zone, of a stranger's, and a name server that answers whatever is asked.
enum HostileMessage {
    private static let authservID = "mx.example.org"
    private static let sender = Domain("sender.example")

    /// All of the DNS: each name has every kind of record, and each TXT record is the same.
    private static func answer(to question: Question, text: [UInt8]) -> Answer {
        let data: RecordData =
            switch question.type {
            case .a: .a(IPv4Address(value: 0xC000_0207))
            case .aaaa: .aaaa(IPv6Address(high: 0x2001_0DB8_0000_0000, low: 7))
            case .mx: .mx(preference: 10, exchange: sender)
            case .ptr: .ptr(sender)
            case .txt: .txt([text])
            }
        return Answer(.records([data]), ttl: 60)
    }

    /// SPF by this record, which every domain has: it includes itself, if it includes.
    @Sendable static func judge(record: [UInt8]) {
        guard let client = IPAddress("192.0.2.9") else { return }
        var check = SPFCheck(
            client: client,
            helo: Array("mail.sender.example".utf8),
            mailFrom: Array("<ann@sender.example>".utf8),
            macroAddress: nil,
            voidLookupLimit: 2,
            receiver: authservID,
            receivedAt: 1_700_000_000
        )
        var answers = Answers()
        while check.evaluate(&answers) == nil {
            let questions = answers.takeNew()
            precondition(!questions.isEmpty, "SPF waits for nothing")
            for question in questions { answers.learn(answer(to: question, text: record), to: question) }
        }
    }

    /// The whole examination. It ends in a field, and in what comes out of it no other field claims to be ours.
    @Sendable static func judge(message octets: [UInt8]) {
        let client = Client(address: IPAddress("192.0.2.9"))
        guard var examination = Examination(policy: Policy(), authservID: authservID, client: client) else { return }
        func learn() {
            while case let questions = examination.newQuestions(), !questions.isEmpty {
                examination.learn(questions.map { ($0, answer(to: $0, text: record(for: $0))) })
            }
        }
        learn()
        examination.helo(Array("mail.sender.example".utf8))
        examination.begin(mailFrom: Array("<ann@sender.example>".utf8), receivedAt: 1_700_000_000)
        learn()
        scan(octets) { event in
            switch event {
            case .field(let field): examination.header(field.field)
            case .endOfHeader:
                examination.endOfHeader(at: .now)
                learn()
            case .body(let octets): examination.body(Array(octets).span)
            }
        }
        examination.endOfMessage()
        learn()
        guard let judgement = examination.judgement, let results = judgement.results else {
            preconditionFailure("no judgement")
        }
        let read = try? AuthenticationResults(parsing: results.serialized())
        precondition(read == results, "our field reads otherwise")
        check(edited(octets, by: judgement.edits))
    }

    /// The first field of a message is ours; none of the others may be.
    private static func check(_ octets: [UInt8]) {
        var fields: [HeaderField] = []
        scan(octets) { event in
            if case .field(let field) = event { fields.append(field.field) }
        }
        // Nor is what an mbox has left on top.
        let rest = fields.drop { $0.isNamed("X-Mailbox-Line") }
        precondition(rest.first?.isNamed(AuthenticationResults.fieldName) == true, "our field is not on top")
        var others = ForgedFields(ownIDs: OwnIdentifiers([authservID]), foreignFields: .keep, alsoRemove: [])
        for field in rest.dropFirst() { others.inspect(field) }
        precondition(others.removals.isEmpty, "a forged field is left")
    }

    private static func edited(_ octets: [UInt8], by edits: HeaderEdits) -> [UInt8] {
        var editor = MessageEditor(edits)
        var output: [UInt8] = []
        var input = octets[...]
        while let piece = editor.next(&input) { output += piece }
        while let piece = editor.end() { output += piece }
        return output
    }

    private static func scan(_ octets: [UInt8], _ take: (MessageScanner.Event) -> Void) {
        var scanner = MessageScanner()
        var input = octets[...]
        while let event = scanner.next(&input) { take(event) }
        while let event = scanner.end() { take(event) }
    }

    /// A key that is in good form, a policy, or SPF.
    private static func record(for question: Question) -> [UInt8] {
        let name = question.name.text
        if name.contains("._domainkey.") { return key }
        return Array((name.hasPrefix("_dmarc.") ? "v=DMARC1; p=reject" : "v=spf1 ip4:192.0.2.0/24 -all").utf8)
    }

    private static let key = Array(
        """
        v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA2lDvho1E7ZqOAOROSgUDlPbf9GHTOb0W9EHZoO/dJwtQvgN\
        G7tqGAQoX8eIvozHqiXSjpNq+8OD42t9p7MHOOb5z3XrbPNhEti1x7L2W6eULoTAUfcRvMN2Eg/V4pExv2wa4RtGy6pX3S8hCZfZ45+IBcodo\
        LEvlXPGq5JFeMCNMOY2y6jeH4jShvVO+NE0Ot8bW/YGbfIXq+yGT2sCgcMaQ2ctbPuB4a1iC0vYaRRiaSAZEMl0RP3Yfag1QpJFe7ZOsgxK3P\
        Vk/VkpTlFI51qpovU2/BwNE0g9ZFJsi1lIDN8bsBDE04rAw6BpUG+AJgKLpV06jvPSd5hGVRYsifQIDAQAB
        """.utf8
    )
}
