package import AggregateReports
internal import FoundationEssentials
internal import GRDB

/// The data for aggregate reports, in one SQLite file: tallies that are not reported yet, reports that were made,
/// their state, and the addresses that want none.
package final class ReportDatabase: Sendable {
    let queue: DatabaseQueue
    let limits: Limits

    /// Limits on what strangers can make us store.
    package struct Limits: Hashable, Sendable {
        /// Rows of all domains together.
        package var rows = 1_000_000
        /// Rows of one policy.
        package var rowsOfPolicy = 10_000
        /// Seconds after which a row that was not reported is deleted.
        package var age: Int64 = 30 * 86_400

        package init() {}
    }

    /// Seconds for which another process may lock the file.
    private static let patience = 5.0

    /// Opens the file, and creates it if it does not exist.
    package init(path: String, limits: Limits = Limits()) throws {
        var configuration = GRDB.Configuration()
        configuration.busyMode = .timeout(Self.patience)
        configuration.label = "reports"
        configuration.prepareDatabase { database in
            // Another process may read while this one writes, and a batch needs one write to the disk.
            try database.execute(sql: "PRAGMA journal_mode = WAL")
            try database.execute(sql: "PRAGMA synchronous = NORMAL")
        }
        queue = try DatabaseQueue(path: path, configuration: configuration)
        self.limits = limits
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { try $0.execute(sql: Self.schema) }
        try migrator.migrate(queue)
    }

    private static let schema = """
        CREATE TABLE policy (
            id INTEGER PRIMARY KEY,
            domain TEXT NOT NULL,
            published TEXT NOT NULL,   -- PublishedPolicy
            rua TEXT NOT NULL,         -- the URIs seen last, a JSON array
            rows INTEGER NOT NULL DEFAULT 0,
            reported INTEGER NOT NULL DEFAULT 0,   -- the end of the last report
            UNIQUE (domain, published)
        );
        CREATE TABLE tally (
            policy INTEGER NOT NULL REFERENCES policy ON DELETE CASCADE,
            hour INTEGER NOT NULL,
            row TEXT NOT NULL,         -- ReportRow
            count INTEGER NOT NULL,
            recorded INTEGER NOT NULL,
            PRIMARY KEY (policy, hour, row)
        ) WITHOUT ROWID;
        CREATE TABLE dropped (
            policy INTEGER NOT NULL REFERENCES policy ON DELETE CASCADE,
            hour INTEGER NOT NULL,
            count INTEGER NOT NULL,
            PRIMARY KEY (policy, hour)
        ) WITHOUT ROWID;
        CREATE TABLE lost (count INTEGER NOT NULL);
        INSERT INTO lost VALUES (0);
        CREATE TABLE report (
            id INTEGER PRIMARY KEY,
            report_id TEXT NOT NULL UNIQUE,
            domain TEXT NOT NULL,
            published TEXT NOT NULL,
            begin INTEGER NOT NULL,
            end INTEGER NOT NULL,
            made INTEGER NOT NULL,
            messages INTEGER NOT NULL,
            content TEXT NOT NULL,     -- AggregateReport
            rua TEXT NOT NULL,
            resolved INTEGER NOT NULL DEFAULT 0
        );
        CREATE TABLE delivery (
            report INTEGER NOT NULL REFERENCES report ON DELETE CASCADE,
            address TEXT NOT NULL,
            state TEXT NOT NULL,
            attempts INTEGER NOT NULL DEFAULT 0,
            due INTEGER NOT NULL DEFAULT 0,
            detail TEXT,
            PRIMARY KEY (report, address)
        ) WITHOUT ROWID;
        CREATE TABLE refusal (
            target TEXT PRIMARY KEY,
            reason TEXT NOT NULL,
            since INTEGER NOT NULL
        ) WITHOUT ROWID;
        """

    // MARK: Tallies

    /// Adds observations, in one transaction.
    /// - Returns: the messages for which no row was left.
    @discardableResult
    package func add(_ observed: [Observation: Int], at now: Int64) throws -> Int {
        try queue.write { database in
            var rows = try Int.fetchOne(database, sql: "SELECT sum(rows) FROM policy") ?? 0
            var dropped = 0
            for (observation, count) in observed {
                guard
                    let policy = try self.policy(of: observation, mayAdd: rows < self.limits.rows, database)
                else {
                    try database.execute(sql: "UPDATE lost SET count = count + ?", arguments: [count])
                    dropped += count
                    continue
                }
                let row = try Self.json(observation.row)
                try database.execute(
                    sql: "UPDATE tally SET count = count + ? WHERE policy = ? AND hour = ? AND row = ?",
                    arguments: [count, policy.id, observation.hour, row]
                )
                if database.changesCount > 0 { continue }
                guard rows < self.limits.rows, policy.rows < self.limits.rowsOfPolicy else {
                    try database.execute(
                        sql: """
                            INSERT INTO dropped VALUES (?, ?, ?)
                            ON CONFLICT DO UPDATE SET count = count + excluded.count
                            """,
                        arguments: [policy.id, observation.hour, count]
                    )
                    dropped += count
                    continue
                }
                try database.execute(
                    sql: "INSERT INTO tally VALUES (?, ?, ?, ?, ?)",
                    arguments: [policy.id, observation.hour, row, count, now]
                )
                try database.execute(sql: "UPDATE policy SET rows = rows + 1 WHERE id = ?", arguments: [policy.id])
                rows += 1
            }
            return dropped
        }
    }

    /// Counts messages that were observed and could not be written.
    func addLost(_ count: Int) throws {
        try queue.write { try $0.execute(sql: "UPDATE lost SET count = count + ?", arguments: [count]) }
    }

    private func policy(
        of observation: Observation,
        mayAdd: Bool,
        _ database: Database
    ) throws -> (id: Int64, rows: Int)? {
        let published = try Self.json(observation.policy)
        let rua = try Self.json(observation.destinations)
        let known = try Row.fetchOne(
            database,
            sql: "SELECT id, rows, rua FROM policy WHERE domain = ? AND published = ?",
            arguments: [observation.policy.domain, published]
        )
        if let known {
            if known["rua"] != rua {
                try database.execute(
                    sql: "UPDATE policy SET rua = ? WHERE id = ?",
                    arguments: [rua, known["id"] as Int64]
                )
            }
            return (known["id"], known["rows"])
        }
        guard mayAdd else { return nil }
        try database.execute(
            sql: "INSERT INTO policy (domain, published, rua) VALUES (?, ?, ?)",
            arguments: [observation.policy.domain, published, rua]
        )
        return (database.lastInsertedRowID, 0)
    }

    // MARK: JSON

    static func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    static func value<Value: Decodable>(_ text: String) throws -> Value {
        try JSONDecoder().decode(Value.self, from: Data(text.utf8))
    }
}
