package import AggregateReports
internal import DNS
internal import GRDB

/// The data kept about one domain.
package struct KeptPolicy: Hashable, Sendable {
    package let domain: String
    package let policy: PublishedPolicy
    package let destinations: [String]
    package let rows: Int
    package let messages: Int
    package let dropped: Int
    /// Seconds since 1970; nil if there are none.
    package let firstHour: Int64?
    package let lastHour: Int64?
}

/// A report and its deliveries.
package struct KeptReport: Hashable, Sendable {
    package struct Delivery: Hashable, Sendable {
        package let address: String
        package let state: String
        package let attempts: Int
        package let detail: String?
    }

    package let id: String
    package let domain: String
    package let period: ReportPeriod
    package let messages: Int
    package let made: Int64
    package let deliveries: [Delivery]
}

/// An address or a host to which no report is sent.
package struct Refusal: Hashable, Sendable {
    package let target: String
    package let reason: String
    package let since: Int64
}

extension ReportDatabase {
    // MARK: For display

    package func policies() throws -> [KeptPolicy] {
        try queue.read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT policy.*, (SELECT sum(count) FROM tally WHERE policy = policy.id) AS messages,
                        (SELECT sum(count) FROM dropped WHERE policy = policy.id) AS dropped,
                        (SELECT min(hour) FROM tally WHERE policy = policy.id) AS first,
                        (SELECT max(hour) FROM tally WHERE policy = policy.id) AS last
                    FROM policy ORDER BY domain, id
                    """
            ).map { row in
                KeptPolicy(
                    domain: row["domain"],
                    policy: try Self.value(row["published"]),
                    destinations: try Self.value(row["rua"]),
                    rows: row["rows"],
                    messages: row["messages"] ?? 0,
                    dropped: row["dropped"] ?? 0,
                    firstHour: row["first"],
                    lastHour: row["last"]
                )
            }
        }
    }

    package func reports() throws -> [KeptReport] {
        try queue.read { database in
            let deliveries = Dictionary(
                grouping: try Row.fetchAll(database, sql: "SELECT * FROM delivery ORDER BY report, address"),
                by: { $0["report"] as Int64 }
            )
            return try Row.fetchAll(database, sql: "SELECT * FROM report ORDER BY id").map { row in
                KeptReport(
                    id: row["report_id"],
                    domain: row["domain"],
                    period: ReportPeriod(begin: row["begin"], end: row["end"]),
                    messages: row["messages"],
                    made: row["made"],
                    deliveries: (deliveries[row["id"]] ?? []).map {
                        .init(
                            address: $0["address"],
                            state: $0["state"],
                            attempts: $0["attempts"],
                            detail: $0["detail"]
                        )
                    }
                )
            }
        }
    }

    package func refusals() throws -> [Refusal] {
        try queue.read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM refusal ORDER BY target").map {
                Refusal(target: $0["target"], reason: $0["reason"], since: $0["since"])
            }
        }
    }

    /// Messages for which no row was left, or that could not be written.
    package func lost() throws -> Int {
        try queue.read { try Int.fetchOne($0, sql: "SELECT count FROM lost") ?? 0 }
    }

    // MARK: Deletion

    /// Deletes rows that were not reported in time, and reports whose deliveries have all ended.
    func forgetOld(at now: Int64) throws {
        try queue.write { database in
            let limit = now - self.limits.age
            try database.execute(sql: "DELETE FROM tally WHERE recorded < ?", arguments: [limit])
            try database.execute(
                sql: "UPDATE policy SET rows = (SELECT count(*) FROM tally WHERE policy = policy.id)"
            )
            try database.execute(sql: "DELETE FROM report WHERE made < ?", arguments: [limit])
            try database.execute(
                sql: """
                    DELETE FROM policy WHERE rows = 0 AND reported < ?
                    AND NOT EXISTS (SELECT 1 FROM dropped WHERE policy = policy.id AND hour >= ?)
                    """,
                arguments: [limit, limit]
            )
        }
    }

    /// Deletes everything about a policy domain.
    /// - Returns: False if nothing was kept about it.
    package func forget(domain: String) throws -> Bool {
        try queue.write { database in
            try database.execute(sql: "DELETE FROM policy WHERE domain = ?", arguments: [domain])
            let policies = database.changesCount
            try database.execute(sql: "DELETE FROM report WHERE domain = ?", arguments: [domain])
            return policies + database.changesCount > 0
        }
    }

    // MARK: Refusals

    /// Stops sending to an address, or to any address of a host.
    package func refuse(_ target: String, reason: String, at now: Int64) throws {
        try queue.write { database in
            try database.execute(
                sql: "INSERT INTO refusal VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                arguments: [target.lowercased(), reason, now]
            )
        }
    }

    /// Removes a refusal; false if there was none.
    package func accept(_ target: String) throws -> Bool {
        try queue.write { database in
            try database.execute(sql: "DELETE FROM refusal WHERE target = ?", arguments: [target.lowercased()])
            return database.changesCount > 0
        }
    }

    func refusal(of destination: ReportDestination) throws -> String? {
        try queue.read { database in
            try String.fetchOne(
                database,
                sql: "SELECT reason FROM refusal WHERE target IN (?, ?)",
                arguments: [destination.address.lowercased(), destination.host.text]
            )
        }
    }
}
