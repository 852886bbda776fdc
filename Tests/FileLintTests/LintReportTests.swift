import AuthResults
import AuthResultsLint
import Authentication
import Configuration
import Mail
import Mailboxes
import Testing

@testable import FileLint

@Suite struct LintReportTests {
    /// `line:column rule` of each finding.
    static func places(_ findings: [PlacedFinding]) -> [String] {
        findings.map { "\($0.line):\($0.column) \($0.finding.rule.rawValue)" }
    }

    static func rules(ownHosts: [String]? = nil, authservID: String? = nil) -> LintRules {
        var configuration = ServiceConfiguration()
        configuration.ownHosts = ownHosts
        configuration.policy.authservID = authservID
        return LintRules(lint: Lint(), position: PositionCheck(configuration))
    }

    /// However the octets are chopped, the findings are the same.
    static func message(_ text: String, _ rules: LintRules = rules(), chop: Int = 7) -> [String] {
        var linter = MessageLinter(rules: rules, firstLine: 1)
        let octets = Array(text.utf8)
        for start in stride(from: 0, to: octets.count, by: chop) {
            linter.take(octets[start..<min(start + chop, octets.count)])
        }
        return places(linter.end())
    }

    static let header = """
        Subject: a
         b
        Authentication-Results: a.example; none;
        authentication-results : a.example;
        \tspf=pass smtp.helo=::1;
          dkim=pass header.b=/

        Authentication-Results: in the body

        """

    @Test(arguments: [1, 2, 3, 50, 1000], ["\n", "\r\n"])
    func `a finding in a message has its line and column`(_ chop: Int, _ lineBreak: String) {
        let text = Self.header.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: lineBreak)
        #expect(
            Self.message(text, chop: chop) == ["3:40 trailing-semicolon", "5:21 value-unquoted", "6:22 value-unquoted"]
        )
    }

    @Test(arguments: [1, 5, 64, 1000])
    func `a finding in an mbox has its line and column`(_ chop: Int) {
        let text = """
            From a@b.example Mon Jan  1 00:00:00 2024
            Authentication-Results: a.example;

            body

            From a@b.example Mon Jan  1 00:00:00 2024
            Subject: x
            Authentication-Results: a.example; none
            Authentication-Results: a.example; none;

            """
        var linter = MboxLinter(rules: Self.rules(), variant: .mboxrd)
        let octets = Array(text.utf8)
        var findings: [PlacedFinding] = []
        for start in stride(from: 0, to: octets.count, by: chop) {
            findings += linter.take(Array(octets[start..<min(start + chop, octets.count)]))
        }
        findings += linter.end()
        #expect(Self.places(findings) == ["2:34 results-missing", "9:40 trailing-semicolon"])
    }

    @Test(arguments: [1, 5, 64, 1000], ["\n", "\r\n"])
    func `a finding in a list has its line and column`(_ chop: Int, _ lineBreak: String) {
        let text = [
            "Authentication-Results: a.example; none;", "a.example;", "  none;", "", " a.example; spf=pass;",
            "X-Other: b", "  c;", "AUTHENTICATION-RESULTS :a.example; spf", "mx.example.org",
        ].joined(separator: lineBreak)
        var linter = ListLinter(rules: Self.rules())
        let octets = Array(text.utf8)
        var findings: [PlacedFinding] = []
        for start in stride(from: 0, to: octets.count, by: chop) {
            findings += linter.take(Array(octets[start..<min(start + chop, octets.count)]))
        }
        findings += linter.end()
        #expect(
            Self.places(findings) == [
                "1:40 trailing-semicolon", "3:7 trailing-semicolon", "5:21 trailing-semicolon", "8:39 syntax",
                "9:15 results-missing",
            ]
        )
    }

    @Test(arguments: [
        ("From a@b Mon Jan  1 00:00:00 2024\n", LintFormat.mbox),
        ("Received: x\nAuthentication-Results: a\n", .message),
        ("Authentication-Results: a\nReceived: x\n", .message),
        ("Authentication-Results: a\nauthentication-results: b", .list),
        ("a.example; none\nb.example; iprev=pass policy.iprev=2001:db8::1\n", .list), ("", .list),
        ("Authentication-Results: a\n\tb\nSub", .list), ("Return-Path: <>\r\nSubject: x\r\n", .message),
        ("Authentication-Results: a\r\n\r\nHello\r\n", .message), ("a.example; none\n\nb.example; none\n", .list),
    ])
    func `what a file is is told by how it begins`(_ text: String, _ format: LintFormat) {
        #expect(LintFormat(beginning: Array(text.utf8)) == format)
    }

    static let ours = "Authentication-Results: mx.example.org; none\n"
    static let others = "Authentication-Results: b.example; none\n"
    static let border =
        "Received: from a.example (a.example [203.0.113.7])\n\tby mx.example.org (Postfix) with ESMTP id 1;\n"
        + "\tMon, 1 Jan 2024 00:00:00 +0000 (UTC)\n"
    static let inner =
        "Received: from mx.example.org (mx.example.org [10.0.0.1])\n\tby in.example.org (Postfix) with ESMTP id 2;\n"
        + "\tMon, 1 Jan 2024 00:00:01 +0000 (UTC)\n"
    static let foreign =
        "Received: from c.example (c.example [203.0.113.9])\n\tby a.example (Postfix) with ESMTP id 3;\n"
        + "\tMon, 1 Jan 2024 00:00:00 +0000 (UTC)\n"

    @Test(arguments: [
        (ours + border + foreign, []), (inner + ours + border, []), (ours + inner + border + foreign, []),
        (border + ours, ["4:1 below-received"]), (border + foreign + ours, ["7:1 below-received"]),
        (border + others, ["4:1 not-ours"]), (ours, ["1:1 position-unknown"]), (others, []),
        (foreign + ours, ["4:1 position-unknown"]), (inner + border + foreign + ours, ["10:1 below-received"]),
        ("Received: from x by mx.example.org; Mon, 1 Jan 2024 00:00:00 +0000\n" + ours, ["2:1 below-received"]),
        (inner + ours, ["4:1 below-received"]),
        (ours + border + ours.uppercased(), ["5:1 below-received"]),
    ])
    func `a field below our border came in with the message`(_ header: String, _ expected: [String]) {
        let rules = Self.rules(ownHosts: ["*.example.org"], authservID: "mx.example.org")
        #expect(
            Self.message(header + "\nbody\n", rules).map {
                $0.replacing(":24 ", with: ":1 ").replacing(":25 ", with: ":1 ")
            } == expected
        )
    }

    @Test func `who has said nothing of himself is told nothing of places`() {
        #expect(Self.message(Self.border + Self.ours + "\n") == [])
    }

    @Test func `a finding is a line of text or of JSON`() {
        let finding = Lint().finding(.noResults, "a \"b\"", hint: "c/d")
        let placed = PlacedFinding(line: 3, column: 9, finding: finding)
        #expect(LintReport.text(placed, of: "x.eml") == "x.eml:3:9: error: results-missing: a \"b\" (c/d)")
        #expect(
            LintReport.json(placed, of: "x.eml")
                == #"{"column":9,"file":"x.eml","hint":"c/d","line":3,"message":"a \"b\"","rule":"results-missing","#
                + #""severity":"error"}"#
        )
        let bare = PlacedFinding(line: 1, column: 1, finding: Lint().finding(.notOurs, "a"))
        #expect(LintReport.json(bare, of: "x").contains(#""hint":null"#))
    }

    @Test func `a header without end is examined within bounds`() {
        let field = "Authentication-Results: a.example; none (" + String(repeating: "x", count: 200_000) + ")\n"
        let findings = Self.message(String(repeating: field, count: 30), chop: 65_536)
        #expect(findings.last?.hasSuffix("too-many-findings") == true)
        #expect(findings.count { $0.hasSuffix("line-too-long") } < 30)
    }
}
