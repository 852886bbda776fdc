package import Mail
internal import Milter
internal import NIOCore

/// A message in the queue of an MTA, and the result of a filter's modifications: by the rules of Postfix 3.7, each
/// observed there.
package struct QueuedMessage: Hashable, Sendable {
    /// From the top, including the MTA's own trace field.
    package private(set) var header: [HeaderField]
    package private(set) var body: [UInt8]
    /// The place of the MTA's own Received field: it counts when a field is inserted, and cannot be changed.
    private var traceIndex: Int?
    private var isBodyReplaced = false

    /// - Parameter trace: The MTA's own Received field, which the filter does not see.
    package init(header: [HeaderField], body: [UInt8] = [], trace: HeaderField? = nil) {
        self.header = (trace.map { [$0] } ?? []) + header
        self.body = body
        traceIndex = trace == nil ? nil : 0
    }

    /// The message after all modifications of the outcome; the same message if it is not delivered.
    package func applied(_ outcome: ClientOutcome) -> QueuedMessage {
        guard outcome.isDelivered else { return self }
        var message = self
        for modification in outcome.modifications {
            message.apply(modification, keepsLeadingSpace: outcome.keepsLeadingSpace)
        }
        return message
    }

    private mutating func apply(_ modification: Modification, keepsLeadingSpace: Bool) {
        switch modification {
        case .addHeader(let field):
            header.append(Self.stored(field, keepsLeadingSpace))
        case .insertHeader(let index, let field):
            // After this number of fields, counting the trace field; after the last one if there are fewer.
            let place = min(Int(index), header.count)
            header.insert(Self.stored(field, keepsLeadingSpace), at: place)
            if let traceIndex, place <= traceIndex { self.traceIndex = traceIndex + 1 }
        case .changeHeader(let index, let field):
            change(Int(max(index, 1)), field, keepsLeadingSpace)
        case .replaceBody(let octets):
            if !isBodyReplaced { body = [] }
            isBodyReplaced = true
            body += octets.readableBytesView
        case .addRecipient, .deleteRecipient, .changeSender, .quarantine: break
        }
    }

    private mutating func change(_ occurrence: Int, _ field: HeaderField, _ keepsLeadingSpace: Bool) {
        let name = String(decoding: field.name, as: UTF8.self)
        let places = header.indices.filter { $0 != traceIndex && header[$0].isNamed(name) }
        guard occurrence <= places.count else {
            // A field that does not exist is created, but not deleted.
            if !field.value.isEmpty { header.append(Self.stored(field, keepsLeadingSpace)) }
            return
        }
        let place = places[occurrence - 1]
        if field.value.isEmpty {
            header.remove(at: place)
            if let traceIndex, place < traceIndex { self.traceIndex = traceIndex - 1 }
        } else {
            header[place].value = Self.stored(field, keepsLeadingSpace).value
        }
    }

    /// A line break that is not a fold is turned into one.
    private static func stored(_ field: HeaderField, _ keepsLeadingSpace: Bool) -> HeaderField {
        var value: [UInt8] = keepsLeadingSpace ? [] : [UInt8(ascii: " ")]
        for (index, octet) in field.value.enumerated() {
            value.append(octet)
            guard octet == UInt8(ascii: "\n") else { continue }
            let next = index + 1 < field.value.count ? field.value[index + 1] : 0
            if next != UInt8(ascii: " "), next != UInt8(ascii: "\t") { value.append(UInt8(ascii: "\t")) }
        }
        return HeaderField(name: field.name, value: value)
    }
}
