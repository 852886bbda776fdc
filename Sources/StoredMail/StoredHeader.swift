internal import Authentication
internal import Mail
internal import Trace

/// The header of a stored message, field by field from the top.
struct StoredHeader {
    private(set) var trace = TraceFields()
    /// Nil if they are too many to be held.
    private(set) var fields: [HeaderField]? = []
    private var octets = 0

    /// Octets of fields that are held: more than any header of mail has.
    private static let limit = 1 << 20

    mutating func append(_ field: HeaderField) {
        trace.append(field)
        octets += field.name.count + field.value.count
        if octets <= Self.limit { fields?.append(field) } else { fields = nil }
    }
}

/// The fields of a header that tell of the envelope.
struct TraceFields: Sendable {
    private(set) var fields: [HeaderField] = []
    /// Where each of them is in the header: 0 is the first field.
    private(set) var positions: [Int] = []
    /// The value of the topmost Message-ID field.
    private(set) var messageID: [UInt8]?
    private var count = 0
    private var octets = 0

    /// Octets of fields that are kept.
    private static let limit = 4 << 20

    mutating func append(_ field: HeaderField) {
        defer { count += 1 }
        if field.isNamed("Received") || field.isNamed("Return-Path") {
            octets += field.value.count
            guard octets <= Self.limit else { return }
            fields.append(field)
            positions.append(count)
        } else if messageID == nil, field.isNamed("Message-ID") {
            messageID = field.value
        }
    }
}

/// An examination that has been told the envelope, and takes what the message has.
struct BegunExamination {
    private(set) var examination: Examination
    let envelope: RecoveredEnvelope
    /// Seconds since 1970: when signatures have to be valid.
    let time: Int64
    private var isPastHeader = false

    init(examination: Examination, envelope: RecoveredEnvelope, time: Int64) {
        self.examination = examination
        self.envelope = envelope
        self.time = time
    }

    /// - Returns: False if it wants to see no more of the message.
    mutating func take(_ event: MessageScanner.Event) -> Bool {
        switch event {
        case .field(let scanned): examination.header(scanned.field)
        case .endOfHeader:
            isPastHeader = true
            examination.endOfHeader(at: .now)
            return examination.wantsBody
        case .body(let octets): examination.body(octets.span)
        }
        return true
    }

    mutating func end() {
        if !isPastHeader { examination.endOfHeader(at: .now) }
        examination.endOfMessage()
    }
}
