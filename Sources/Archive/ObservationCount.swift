internal import AggregateReports
internal import Files
internal import Foundation
internal import ReportStore

/// What the messages of a run add to aggregate reports.
struct ObservationCount: CustomStringConvertible {
    private let database: ReportDatabase
    /// Not written down yet.
    private var observed: [Observation: Int] = [:]
    /// Messages that are counted, and those that are not.
    private var messages = (counted: 0, others: 0)

    init(_ database: ReportDatabase) {
        self.database = database
    }

    /// - Parameter observation: nil for a message that no report is about.
    mutating func take(_ observation: Observation?) {
        guard let observation else {
            messages.others += 1
            return
        }
        observed[observation, default: 0] += 1
        messages.counted += 1
    }

    /// Writes down what was observed since the last time; returns for how many messages there was no room.
    mutating func count() throws(ArchiveFailure) -> Int {
        guard !observed.isEmpty else { return 0 }
        defer { observed = [:] }
        do {
            return try database.add(observed, at: Int64(Date().timeIntervalSince1970))
        } catch {
            throw ArchiveFailure.reports("\(error)")
        }
    }

    /// What is not counted is told too: else a domain that asks for no reports looks like one that sends no mail.
    var description: String {
        "reports: \(messages.counted.grouped) messages are counted; \(messages.others.grouped) are not: their client is"
            + " not known, or no DMARC record that asks for reports (rua=) applies"
    }
}
