import AggregateReports
import DMARC
import DNS
import Foundation
import Testing

@Suite struct AggregateReportTests {
    static let reporter = AggregateReport.Reporter(
        organization: "Example & Sons <mail>",
        email: "dmarc@example.org",
        extraContact: "https://example.org/\"dmarc\"",
        submitter: "example.org"
    )

    static func policy(
        _ record: String = "v=DMARC1; p=reject; sp=quarantine; np=reject; adkim=s; fo=1:d; t=y; rua=mailto:a@b.example"
    )
        throws -> PublishedPolicy
    {
        try PublishedPolicy(#require(DMARCRecord(Array(record.utf8))), at: #require(Domain("sender.example")))
    }

    static let rows = [
        ReportRow(
            sourceIP: "192.0.2.7",
            disposition: .pass,
            dkimAligned: true,
            spfAligned: true,
            headerFrom: "sender.example",
            envelopeFrom: "sender.example",
            signatures: [.init(domain: "sender.example", selector: "s", result: "pass")],
            spf: .init(domain: "sender.example", result: "pass")
        ),
        ReportRow(
            sourceIP: "2001:db8::1",
            disposition: .none,
            dkimAligned: false,
            spfAligned: false,
            reasons: [.init(.policyTestMode), .init(.localPolicy, "not \u{1}enforced & <b>told</b>")],
            headerFrom: "x&<\">.sender.example",
            envelopeFrom: "",
            signatures: (0..<120).map {
                .init(domain: "d\($0).example", selector: "s", result: "fail", humanResult: "body hash did not verify")
            },
            spf: .init(domain: "helo.example", result: "temperror", humanResult: "time-out")
        ),
        ReportRow(sourceIP: "192.0.2.9", dkimAligned: false, spfAligned: false, headerFrom: "sender.example"),
    ]

    static func report(dropped: Int = 0, part: Int = 1, record: String? = nil) throws -> AggregateReport {
        AggregateReport(
            reporter,
            try record.map { try policy($0) } ?? policy(),
            ReportPeriod(dayOf: 1_700_000_000),
            zip(rows, [3, 2, 1]).map { AggregateReport.Record($0, count: $1) },
            part: part,
            dropped: dropped
        )
    }

    /// What xmllint says of the document by the schema; nil if it has nothing to say.
    private static func complaint(about xml: String) throws -> String? {
        let schema = try #require(Bundle.module.url(forResource: "Schema/dmarc-2.0", withExtension: "xsd"))
        let file = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString + ".xml")
        try Data(xml.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/xmllint")
        process.arguments = ["--noout", "--schema", schema.path, file.path]
        let pipe = Pipe()
        process.standardError = pipe
        try process.run()
        let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return process.terminationStatus == 0 ? nil : text
    }

    @Test(arguments: [
        "v=DMARC1; p=none; rua=mailto:a@b.example", "v=DMARC1; rua=mailto:a@b.example",
        "v=DMARC1; p=reject; sp=quarantine; np=reject; adkim=s; aspf=s; fo=1:d; t=y; rua=mailto:a@b.example",
    ]) func `a report is valid by the schema`(record: String) throws {
        let complaint = try Self.complaint(about: Self.report(dropped: 7, record: record).xml)
        #expect(complaint == nil)
    }

    @Test func `the schema finds fault with what is none`() throws {
        for (text, other) in [
            ("dmarc-2.0", "dmarc-1.0"), ("<p>reject</p>", ""), ("<count>3</count>", "<count>0</count>"),
            ("<scope>mfrom</scope>", "<scope>helo</scope>"), ("<disposition>pass</disposition>", ""),
        ] {
            let complaint = try Self.complaint(about: Self.report().xml.replacing(text, with: other))
            #expect(complaint != nil, "\(text)")
        }
    }

    @Test func `a report tells what was counted`() throws {
        let xml = try Self.report(dropped: 7).xml
        for part in [
            "<org_name>Example &amp; Sons &lt;mail&gt;</org_name>", "<begin>1699920000</begin>",
            "<end>1700006399</end>",
            "<error>7 more messages are not listed: too many kinds of them</error>", "<domain>sender.example</domain>",
            "<sp>quarantine</sp>", "<np>reject</np>", "<adkim>s</adkim>", "<aspf>r</aspf>", "<fo>1:d</fo>",
            "<testing>y</testing>", "<discovery_method>treewalk</discovery_method>", "<count>3</count>",
            "<header_from>x&amp;&lt;&quot;&gt;.sender.example</header_from>", "<envelope_from></envelope_from>",
            "<comment>not ?enforced &amp; &lt;b&gt;told&lt;/b&gt;</comment>",
        ] {
            #expect(xml.contains(part), "\(part)")
        }
        #expect(xml.ranges(of: "<dkim>\n").count == 1 + ReportRow.signatureLimit)
    }

    @Test func `the names of a report stay the same, and those of two differ`() throws {
        let report = try Self.report()
        #expect(try report.id == Self.report(dropped: 3).id)
        let others = try [
            Self.report(part: 2), Self.report(record: "v=DMARC1; p=none; rua=mailto:a@b.example"),
            Self.report(record: "v=DMARC1; p=reject; sp=quarantine; np=reject; adkim=s; fo=1; t=y; rua=mailto:a@b.c"),
        ]
        #expect(Set(([report] + others).map(\.id)).count == 4)
        #expect(report.id == "\(report.uniqueID)@example.org")
        #expect(report.fileName == "example.org!sender.example!1699920000!1700006399!\(report.uniqueID).xml.gz")
        #expect(
            report.subject == "Report Domain: sender.example Submitter: example.org Report-ID: <\(report.id)>"
        )
    }

    @Test func `the mail is made of lines that every MTA takes, and the same each time`() throws {
        let destination = try #require(ReportDestination("mailto:rua@sender.example"))
        let report = try Self.report()
        let one = try #require(ReportMessage(report, from: "dmarc@example.org", to: destination, at: 1_700_010_000))
        let two = try #require(ReportMessage(report, from: "dmarc@example.org", to: destination, at: 1_700_010_000))
        #expect(one == two)
        let text = String(decoding: one.octets, as: UTF8.self)
        let lines = text.components(separatedBy: "\r\n")
        #expect(lines.allSatisfy { $0.utf8.count <= 998 && !$0.contains("\n") && !$0.contains("\r") })
        #expect(lines.last == "")
        #expect(lines.contains("Date: Wed, 15 Nov 2023 01:00:00 +0000"))
        #expect(lines.contains("To: <rua@sender.example>"))
        #expect(lines.contains("From: \"Example & Sons <mail>\" <dmarc@example.org>"))
        #expect(text.contains("\r\nSubject: Report Domain: sender.example\r\n Submitter: example.org\r\n Report-ID: <"))
        #expect(text.contains("filename=\"\(report.fileName)\""))
        let encoded = lines.drop { !$0.hasPrefix("Content-Disposition") }.dropFirst(3).prefix { !$0.hasPrefix("--") }
        let data = try #require(Data(base64Encoded: encoded.joined()))
        #expect(try Self.gunzipped(data) == report.xml)
    }

    private static func gunzipped(_ data: Data) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/gzip")
        process.arguments = ["-dc"]
        let (input, output) = (Pipe(), Pipe())
        (process.standardInput, process.standardOutput) = (input, output)
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: data)
        try input.fileHandleForWriting.close()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: text, as: UTF8.self)
    }
}
