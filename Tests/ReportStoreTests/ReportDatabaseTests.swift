import AggregateReports
import DMARC
import DNS
import Foundation
import ReportStore
import Synchronization
import Testing

/// A database in a folder of its own.
struct StoreWorld: ~Copyable {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    let database: ReportDatabase
    /// Midnight.
    static let day: Int64 = 1_699_920_000
    /// An hour after the end of that day.
    static let now: Int64 = day + 90_000
    static let reporter = AggregateReport.Reporter(
        organization: "Example",
        email: "dmarc@example.org",
        submitter: "example.org"
    )

    init(_ limits: ReportDatabase.Limits = .init()) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        database = try ReportDatabase(path: folder.appendingPathComponent("reports.db").path, limits: limits)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    static func observation(
        _ domain: String = "sender.example",
        hour: Int64 = 0,
        ip: String = "192.0.2.7",
        policy: String = "none",
        rua: [String]? = nil
    ) throws -> Observation {
        let record = try #require(DMARCRecord(Array("v=DMARC1; p=\(policy); rua=mailto:r@\(domain)".utf8)))
        return Observation(
            policy: PublishedPolicy(record, at: try #require(Domain(domain))),
            destinations: rua ?? record.aggregateReportURIs,
            hour: day + hour * 3600,
            row: ReportRow(sourceIP: ip, dkimAligned: false, spfAligned: true, headerFrom: domain)
        )
    }

    func make(until end: Int64 = now, isForced: Bool = false, limit: Int = 1000) throws -> [AggregateReport] {
        try database.makeReports(by: Self.reporter, until: end, isForced: isForced, at: Self.now, limit: limit)
            .map(\.report)
    }
}

@Suite struct ReportDatabaseTests {
    final class Notices: Sendable {
        let texts = Mutex<[String]>([])
    }

    @Test func `messages that are alike are one row, whatever the hour of the day and the batch`() throws {
        let world = try StoreWorld()
        let one = try StoreWorld.observation(hour: 1)
        try world.database.add([one: 2, StoreWorld.observation(hour: 23): 3], at: StoreWorld.now)
        try world.database.add([one: 4, StoreWorld.observation(hour: 1, ip: "192.0.2.8"): 1], at: StoreWorld.now)
        let reports = try world.make()
        #expect(reports.map { $0.records.map(\.count) } == [[9, 1]])
        #expect(reports.first?.records.map(\.row.sourceIP) == ["192.0.2.7", "192.0.2.8"])
        #expect(reports.first?.period == ReportPeriod(begin: StoreWorld.day, end: StoreWorld.day + 86_400))
        #expect(try world.make().isEmpty)
    }

    @Test func `a day is reported when it is over, or when that is asked for`() throws {
        let world = try StoreWorld()
        try world.database.add(
            [StoreWorld.observation(hour: 1): 1, StoreWorld.observation(hour: 25): 1],
            at: StoreWorld.now
        )
        #expect(try world.make(until: StoreWorld.day + 86_399).isEmpty)
        #expect(try world.make(until: StoreWorld.day + 86_400).count == 1)
        #expect(try world.make().isEmpty)
        let now = StoreWorld.day + 25 * 3600 + 60
        #expect(try world.make(until: now, isForced: true).map(\.period.end) == [now])
        // What comes later the same day is told by a report that begins there.
        try world.database.add(
            [StoreWorld.observation(hour: 25): 1, StoreWorld.observation(hour: 30): 1],
            at: StoreWorld.now
        )
        let rest = try world.make(until: StoreWorld.day + 2 * 86_400)
        #expect(rest.map(\.period) == [ReportPeriod(begin: now, end: StoreWorld.day + 2 * 86_400)])
        #expect(rest.map(\.messages) == [2])
    }

    @Test func `what comes to light after a report has one of its own`() throws {
        let world = try StoreWorld()
        try world.database.add([StoreWorld.observation(): 1], at: StoreWorld.now)
        let first = try world.make()
        try world.database.add([StoreWorld.observation(): 1], at: StoreWorld.now)
        let second = try world.make()
        #expect(first.map(\.period) == second.map(\.period))
        #expect(Set((first + second).map(\.id)).count == 2)
    }

    @Test func `each policy that was in force has its report, sent to where the last record says`() throws {
        let world = try StoreWorld()
        try world.database.add([StoreWorld.observation(): 1], at: StoreWorld.now)
        try world.database.add([StoreWorld.observation(policy: "reject"): 2], at: StoreWorld.now)
        try world.database.add([StoreWorld.observation(rua: ["mailto:new@sender.example"]): 4], at: StoreWorld.now)
        let made = try world.database.makeReports(
            by: StoreWorld.reporter,
            until: StoreWorld.now,
            isForced: false,
            at: StoreWorld.now,
            limit: 10
        )
        #expect(made.map(\.report.policy.policy) == ["none", "reject"])
        #expect(made.map(\.report.messages) == [5, 2])
        #expect(made.map(\.destinations) == [["mailto:new@sender.example"], ["mailto:r@sender.example"]])
    }

    @Test func `a preview is what would be made, and changes nothing`() throws {
        let world = try StoreWorld()
        try world.database.add([StoreWorld.observation(): 7], at: StoreWorld.now)
        for _ in 0..<2 {
            let preview = try world.database.previewReports(
                by: StoreWorld.reporter,
                until: StoreWorld.now,
                isForced: false,
                at: StoreWorld.now,
                limit: 10
            )
            #expect(preview.map(\.report.messages) == [7])
        }
        #expect(try world.make().map(\.messages) == [7])
    }

    @Test func `a flood fills no more rows than there may be, and the rest is counted`() throws {
        var limits = ReportDatabase.Limits()
        (limits.rows, limits.rowsOfPolicy) = (20, 10)
        let world = try StoreWorld(limits)
        let flood = try (0..<15).map { try StoreWorld.observation(ip: "192.0.2.\($0)") }
        #expect(
            try world.database.add(Dictionary(uniqueKeysWithValues: flood.map { ($0, 2) }), at: StoreWorld.now) == 10
        )
        // What has its row is counted all the same.
        let known = try #require(try world.make(until: StoreWorld.now).first)
        #expect(known.records.count == 10 && known.dropped == 10 && known.messages == 20)

        for number in 0..<40 {
            try world.database.add([StoreWorld.observation("made-up\(number).example"): 1], at: StoreWorld.now)
        }
        #expect(try world.database.policies().filter { $0.rows > 0 }.count == 20)
        #expect(try world.database.lost() == 20)
        try world.database.add([StoreWorld.observation("made-up3.example"): 5], at: StoreWorld.now)
        #expect(try world.database.policies().first { $0.domain == "made-up3.example" }?.messages == 6)
    }

    @Test func `rows that nobody reports are forgotten`() throws {
        let world = try StoreWorld()
        let later = StoreWorld.now + 31 * 86_400
        try world.database.add([StoreWorld.observation("old.example"): 1], at: StoreWorld.now)
        try world.database.add([StoreWorld.observation("new.example"): 1], at: later)
        let made = try world.database.makeReports(
            by: StoreWorld.reporter,
            until: later,
            isForced: false,
            at: later,
            limit: 10
        )
        #expect(made.map(\.report.policy.domain) == ["new.example"])
    }

    @Test func `what is forgotten by name is gone`() throws {
        let world = try StoreWorld()
        try world.database.add(
            [StoreWorld.observation(): 1, StoreWorld.observation("b.example"): 1],
            at: StoreWorld.now
        )
        #expect(try world.database.forget(domain: "sender.example"))
        #expect(try !world.database.forget(domain: "sender.example"))
        #expect(try world.database.policies().map(\.domain) == ["b.example"])
        #expect(try world.make().map(\.policy.domain) == ["b.example"])
    }

    @Test func `a recorder writes in batches, and at its end`() throws {
        let world = try StoreWorld()
        let path = world.folder.appendingPathComponent("recorded.db").path
        let recorder = ReportRecorder(
            path: path,
            every: 3600,
            clock: { StoreWorld.now },
            notify: { Issue.record("\($0)") }
        )
        let observation = try StoreWorld.observation()
        for _ in 0..<10 { recorder.record(observation) }
        recorder.close()
        #expect(try ReportDatabase(path: path).policies().map(\.messages) == [10])
    }

    @Test func `a disk that takes nothing costs rows, which are counted`() throws {
        let world = try StoreWorld()
        let notices = Notices()
        let path = world.folder.appendingPathComponent("missing/reports.db").path
        let recorder = ReportRecorder(
            path: path,
            every: 3600,
            clock: { 0 },
            notify: { notice in notices.texts.withLock { $0.append("\(notice)") } }
        )
        for _ in 0..<3 { recorder.record(try StoreWorld.observation()) }
        recorder.close()
        #expect(notices.texts.withLock { $0.first }?.hasPrefix("reports: 3 messages are not recorded: ") == true)
    }
}
