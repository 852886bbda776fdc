package import AggregateReports
internal import GRDB

/// A report that was made, and is kept until all its deliveries have ended.
package struct MadeReport: Sendable {
    package let number: Int64
    package let report: AggregateReport
    /// When it was made, in seconds since 1970.
    package let made: Int64
    /// The URIs of `rua=`.
    package let destinations: [String]
}

extension ReportDatabase {
    /// Makes the reports of all periods that are over at `end`, or of the data until then: the tallies become reports
    /// in one transaction each, so that a run that dies leaves one or the other.
    /// - Parameters:
    ///   - end: seconds since 1970.
    ///   - isForced: true to include a period that is not over.
    ///   - limit: the maximum number of reports in one run; the others are left for the next.
    package func makeReports(
        by reporter: AggregateReport.Reporter,
        until end: Int64,
        isForced: Bool,
        at now: Int64,
        limit: Int
    ) throws -> [MadeReport] {
        try forgetOld(at: now)
        return try due(until: end, isForced: isForced, limit: limit).compactMap { due in
            try queue.write { try self.make(due, by: reporter, at: now, $0) }
        }
    }

    /// The same reports without making them: nothing is changed.
    package func previewReports(
        by reporter: AggregateReport.Reporter,
        until end: Int64,
        isForced: Bool,
        at now: Int64,
        limit: Int
    ) throws -> [MadeReport] {
        try due(until: end, isForced: isForced, limit: limit).compactMap { due in
            try queue.read { try self.compose(due, by: reporter, at: now, $0) }
        }
    }

    private struct Due: Sendable {
        let policy: Int64
        let period: ReportPeriod
    }

    private func due(until end: Int64, isForced: Bool, limit: Int) throws -> [Due] {
        let days = try queue.read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT DISTINCT policy, hour - hour % 86400 AS day, reported
                    FROM (SELECT policy, hour FROM tally UNION SELECT policy, hour FROM dropped)
                    JOIN policy ON policy.id = policy
                    WHERE hour < ?
                    ORDER BY day, policy
                    """,
                arguments: [end]
            ).map { (policy: $0["policy"] as Int64, day: $0["day"] as Int64, reported: $0["reported"] as Int64) }
        }
        let all = days.compactMap { found -> Due? in
            let day = ReportPeriod(dayOf: found.day)
            guard day.end <= end || isForced else { return nil }
            let begin = day.begin < found.reported && found.reported < day.end ? found.reported : day.begin
            guard begin < min(day.end, end) else { return nil }
            return Due(policy: found.policy, period: ReportPeriod(begin: begin, end: min(day.end, end)))
        }
        return Array(all.prefix(limit))
    }

    private func compose(
        _ due: Due,
        by reporter: AggregateReport.Reporter,
        at now: Int64,
        _ database: Database
    ) throws -> MadeReport? {
        guard let policy = try Row.fetchOne(database, sql: "SELECT * FROM policy WHERE id = ?", arguments: [due.policy])
        else { return nil }
        let hours: StatementArguments = [due.policy, ReportPeriod(dayOf: due.period.begin).begin, due.period.end]
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT row, sum(count) AS count FROM tally WHERE policy = ? AND hour >= ? AND hour < ?
                GROUP BY row ORDER BY count DESC, row
                """,
            arguments: hours
        )
        let dropped = try Int.fetchOne(
            database,
            sql: "SELECT sum(count) FROM dropped WHERE policy = ? AND hour >= ? AND hour < ?",
            arguments: hours
        )
        let before = try Int.fetchOne(
            database,
            sql: "SELECT count(*) FROM report WHERE domain = ? AND published = ? AND begin = ? AND end = ?",
            arguments: [
                policy["domain"] as String, policy["published"] as String, due.period.begin, due.period.end,
            ]
        )
        // A report has at least one record (RFC 9990).
        guard !rows.isEmpty else { return nil }
        let report = AggregateReport(
            reporter,
            try Self.value(policy["published"]),
            due.period,
            try rows.map { AggregateReport.Record(try Self.value($0["row"]), count: $0["count"]) },
            part: (before ?? 0) + 1,
            dropped: dropped ?? 0
        )
        return MadeReport(number: 0, report: report, made: now, destinations: try Self.value(policy["rua"]))
    }

    private func make(
        _ due: Due,
        by reporter: AggregateReport.Reporter,
        at now: Int64,
        _ database: Database
    ) throws -> MadeReport? {
        guard let composed = try compose(due, by: reporter, at: now, database) else { return nil }
        let report = composed.report
        try database.execute(
            sql: """
                INSERT INTO report (report_id, domain, published, begin, end, made, messages, content, rua)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                report.id, report.policy.domain, try Self.json(report.policy), report.period.begin, report.period.end,
                now,
                report.messages + report.dropped, try Self.json(report), try Self.json(composed.destinations),
            ]
        )
        let number = database.lastInsertedRowID
        let hours: StatementArguments = [due.policy, ReportPeriod(dayOf: due.period.begin).begin, due.period.end]
        try database.execute(sql: "DELETE FROM tally WHERE policy = ? AND hour >= ? AND hour < ?", arguments: hours)
        try database.execute(
            sql: "UPDATE policy SET rows = rows - ?, reported = max(reported, ?) WHERE id = ?",
            arguments: [database.changesCount, due.period.end, due.policy]
        )
        try database.execute(sql: "DELETE FROM dropped WHERE policy = ? AND hour >= ? AND hour < ?", arguments: hours)
        return MadeReport(number: number, report: report, made: now, destinations: composed.destinations)
    }
}
