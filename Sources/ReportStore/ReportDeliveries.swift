internal import AggregateReports
internal import GRDB

/// The reports that were made, and their state at each address.
extension ReportDatabase {
    private static func made(_ row: Row) throws -> MadeReport {
        MadeReport(
            number: row["id"],
            report: try value(row["content"]),
            made: row["made"],
            destinations: try value(row["rua"])
        )
    }

    func unresolvedReports() throws -> [MadeReport] {
        try queue.read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM report WHERE NOT resolved ORDER BY id").map(Self.made)
        }
    }

    /// Reports that were made but not sent to all addresses yet.
    package func unsentReports() throws -> [MadeReport] {
        try queue.read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT * FROM report WHERE NOT resolved
                    OR id IN (SELECT report FROM delivery WHERE state IN ('due', 'unresolved')) ORDER BY id
                    """
            ).map(Self.made)
        }
    }

    func dueDeliveries(at now: Int64) throws -> [(report: MadeReport, address: String)] {
        try queue.read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT report.*, delivery.address FROM delivery JOIN report ON report.id = delivery.report
                    WHERE delivery.state = 'due' AND delivery.due <= ? ORDER BY report.id, delivery.address
                    """,
                arguments: [now]
            ).map { (try Self.made($0), $0["address"]) }
        }
    }

    /// Deliveries that failed and are tried again, but not yet: how many, and when the first is due. Nil if there are none.
    package func waitingDeliveries(at now: Int64) throws -> (count: Int, due: Int64)? {
        try queue.read { database in
            let row = try Row.fetchOne(
                database,
                sql: "SELECT COUNT(*) AS count, MIN(due) AS due FROM delivery WHERE state = 'due' AND due > ?",
                arguments: [now]
            )
            guard let row, let due: Int64 = row["due"] else { return nil }
            return (row["count"], due)
        }
    }

    /// Records the state of a report at an address, unless it is already known.
    func plan(_ made: MadeReport, _ address: String, _ state: DeliveryState, _ detail: String?) throws {
        try queue.write { database in
            try database.execute(
                sql: """
                    INSERT INTO delivery (report, address, state, detail) VALUES (?, ?, ?, ?)
                    ON CONFLICT DO UPDATE SET state = excluded.state, detail = excluded.detail
                    WHERE state = 'unresolved'
                    """,
                arguments: [made.number, address, state.rawValue, detail]
            )
        }
    }

    func forgetUnresolved(_ made: MadeReport, _ uri: String) throws {
        try queue.write { database in
            try database.execute(
                sql: "DELETE FROM delivery WHERE report = ? AND address = ? AND state = 'unresolved'",
                arguments: [made.number, uri]
            )
        }
    }

    func markResolved(_ made: MadeReport) throws {
        try queue.write { database in
            try database.execute(sql: "UPDATE report SET resolved = 1 WHERE id = ?", arguments: [made.number])
        }
    }

    /// Claims a delivery; nil if another run has. It is recorded before the message is handed over, so that an
    /// interrupted delivery is not repeated.
    func claim(_ made: MadeReport, _ address: String) throws -> Int? {
        try queue.write { database in
            try database.execute(
                sql: """
                    UPDATE delivery SET state = 'sending', attempts = attempts + 1
                    WHERE report = ? AND address = ? AND state = 'due'
                    """,
                arguments: [made.number, address]
            )
            guard database.changesCount > 0 else { return nil }
            return try Int.fetchOne(
                database,
                sql: "SELECT attempts FROM delivery WHERE report = ? AND address = ?",
                arguments: [made.number, address]
            )
        }
    }

    func settle(
        _ made: MadeReport,
        _ address: String,
        _ state: DeliveryState,
        _ detail: String?,
        due: Int64
    ) throws {
        try queue.write { database in
            try database.execute(
                sql: "UPDATE delivery SET state = ?, detail = ?, due = ? WHERE report = ? AND address = ?",
                arguments: [state.rawValue, detail, due, made.number, address]
            )
        }
    }
}
