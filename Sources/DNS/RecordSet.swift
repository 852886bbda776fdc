/// The records of one name and type (RFC 2181, 5).
package struct RecordSet: Sendable {
    /// In the order in which they came.
    package private(set) var records: [RecordData] = []
    /// Seconds: the records of a set have one TTL; if they differ, the lowest counts (RFC 2181, 5.2).
    package private(set) var ttl = UInt32.max
    /// The records as a set, once there are many.
    private var known: Set<RecordData> = []

    package init() {}

    /// Adds a record, unless it is present: a set has no duplicates, however often a record is sent or written.
    package mutating func insert(_ record: RecordData, ttl: UInt32) {
        self.ttl = min(self.ttl, ttl)
        if record.isDistinct || isNew(record) { records.append(record) }
    }

    private mutating func isNew(_ record: RecordData) -> Bool {
        if records.count < 16 { return !records.contains(record) }
        if known.isEmpty { known = Set(records) }
        return known.insert(record).inserted
    }
}

extension RecordData {
    /// True for a name that is not a ``Domain``: two of them look equal here but are not.
    fileprivate var isDistinct: Bool {
        switch self {
        case .mx(_, exchange: nil), .ptr(nil): true
        case .a, .aaaa, .mx, .ptr, .txt: false
        }
    }
}
