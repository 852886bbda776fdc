internal import Mail
package import Milter
internal import NIOCore

/// A filter's changes to a message, for people: removed fields with `-`, added fields with `+`, in the order of the
/// header.
package struct EditReport {
    package let file: SendFile
    package let outcome: ClientOutcome

    package init(file: SendFile, outcome: ClientOutcome) {
        self.file = file
        self.outcome = outcome
    }

    package var text: String {
        let before = file.message.header
        let after = QueuedMessage(header: before).applied(outcome).header
        var text = ""
        for change in after.difference(from: before).sorted(by: Self.isAbove) {
            switch change {
            case .remove(_, let field, _): text += Self.lines(field, mark: "-")
            case .insert(_, let field, _): text += Self.lines(field, mark: "+")
            }
        }
        for modification in outcome.modifications {
            switch modification {
            case .addHeader, .changeHeader, .insertHeader: break
            case .replaceBody(let octets): text += "* body replaced (\(octets.readableBytes) octets)\n"
            case .addRecipient(let address): text += "* recipient added: \(Self.printable(address.argument))\n"
            case .deleteRecipient(let address): text += "* recipient deleted: \(Self.printable(address))\n"
            case .changeSender(let address): text += "* sender changed: \(Self.printable(address.argument))\n"
            case .quarantine(let reason): text += "* quarantined: \(Self.printable(reason))\n"
            }
        }
        return text + "verdict: \(Self.verdict(outcome.verdict))\n"
    }

    /// By place; a removed field comes before one added in its place.
    private static func isAbove(
        _ one: CollectionDifference<HeaderField>.Change,
        _ other: CollectionDifference<HeaderField>.Change
    ) -> Bool {
        switch (one, other) {
        case (.remove(let place, _, _), .remove(let otherPlace, _, _)): place < otherPlace
        case (.insert(let place, _, _), .insert(let otherPlace, _, _)): place < otherPlace
        case (.remove, .insert): true
        case (.insert, .remove): false
        }
    }

    private static func lines(_ field: HeaderField, mark: String) -> String {
        field.octets.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .map { "\(mark) \(printable(Array($0)))\n" }.joined()
    }

    package static func verdict(_ reply: Reply) -> String {
        switch reply {
        case .continue: "continue"
        case .accept: "accept"
        case .reject: "reject"
        case .temporaryFailure: "tempfail"
        case .discard: "discard"
        case .replyCode(let text): printable(SMTPReply.told(text))
        case .shutdown: "shutdown"
        case .connectionFailure: "connection failure"
        case .negotiate, .skip, .progress, .modification: "\(reply.code)"
        }
    }

    /// For a terminal, on which control characters would act.
    private static func printable(_ octets: [UInt8]) -> String {
        var text = ""
        for scalar in String(decoding: octets, as: UTF8.self).unicodeScalars {
            let isControl = (scalar.value < 0x20 && scalar != "\t") || (0x7F...0x9F).contains(scalar.value)
            if isControl { text += "\\x\(String(scalar.value, radix: 16))" } else { text.unicodeScalars.append(scalar) }
        }
        return text
    }
}
