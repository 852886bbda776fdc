import Mail
import Milter
import MilterClient
import NIOCore
import Testing

/// The rules that were observed on Postfix 3.7.11, one by one.
struct QueuedMessageTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var keepsLeadingSpace = true
        var trace = true
        let modifications: [Modification]
        let header: [String]

        init(_ name: String, trace: Bool = true, _ modifications: [Modification], _ header: String) {
            testDescription = name
            self.trace = trace
            self.modifications = modifications
            self.header = header.split(separator: ",").map(String.init)
        }
    }

    private static func change(_ name: String, _ index: UInt32, _ value: String) -> Modification {
        .changeHeader(index: index, HeaderField(name, value))
    }

    private static func insert(_ name: String, _ index: UInt32) -> Modification {
        .insertHeader(index: index, HeaderField(name, "new"))
    }

    private static let cases = [
        Case("nothing", [], "Received:own,X-Top:,A-R:one,From:,a-r:two,Subject:,A-R:three,Received:old"),
        Case(
            "ascending deletions hit the wrong fields, as indexes shift",
            [change("A-R", 1, ""), change("A-R", 2, "")],
            "Received:own,X-Top:,From:,a-r:two,Subject:,Received:old"
        ),
        Case(
            "descending ones do not",
            [change("A-R", 3, ""), change("A-R", 1, "")],
            "Received:own,X-Top:,From:,a-r:two,Subject:,Received:old"
        ),
        Case(
            "index 0 is the first",
            [change("a-R", 0, "x")],
            "Received:own,X-Top:,A-R:x,From:,a-r:two,Subject:,A-R:three,Received:old"
        ),
        Case(
            "a field that is not there is made",
            [change("a-R", 9, "x")],
            "Received:own,X-Top:,A-R:one,From:,a-r:two,Subject:,A-R:three,Received:old,a-R:x"
        ),
        Case(
            "but not deleted",
            [change("A-R", 9, "")],
            "Received:own,X-Top:,A-R:one,From:,a-r:two,Subject:,A-R:three,Received:old"
        ),
        Case(
            "the MTA's own Received is out of reach",
            [change("Received", 2, ""), change("received", 1, "x")],
            "Received:own,X-Top:,A-R:one,From:,a-r:two,Subject:,A-R:three,Received:x"
        ),
        Case(
            "index 0 is above it",
            [insert("N", 0)],
            "N:new,Received:own,X-Top:,A-R:one,From:,a-r:two,Subject:,A-R:three,Received:old"
        ),
        Case(
            "1 is below it",
            [insert("N", 1)],
            "Received:own,N:new,X-Top:,A-R:one,From:,a-r:two,Subject:,A-R:three,Received:old"
        ),
        Case(
            "3 is after two fields of the message",
            [insert("N", 3)],
            "Received:own,X-Top:,A-R:one,N:new,From:,a-r:two,Subject:,A-R:three,Received:old"
        ),
        Case(
            "99 is at the end",
            [insert("N", 99)],
            "Received:own,X-Top:,A-R:one,From:,a-r:two,Subject:,A-R:three,Received:old,N:new"
        ),
        Case(
            "an inserted field counts in the deletions that follow",
            [insert("A-R", 0), change("A-R", 1, "")],
            "Received:own,X-Top:,A-R:one,From:,a-r:two,Subject:,A-R:three,Received:old"
        ),
        Case(
            "the edits of a filter come out as they were meant",
            Modification.modifications(
                for: HeaderEdits(
                    removals: [1, 2, 3].map { .init(name: Array("A-R".utf8), occurrence: $0) },
                    additions: [HeaderField("A-R", "fresh"), HeaderField("B", "second")]
                )
            ),
            "A-R:fresh,B:second,Received:own,X-Top:,From:,Subject:,Received:old"
        ),
    ]

    @Test(arguments: cases)
    func `a modification does what it does on Postfix`(_ example: Case) {
        let stored = QueuedMessage(
            header: [
                HeaderField("X-Top", ""), HeaderField("A-R", "one"), HeaderField("From", ""), HeaderField("a-r", "two"),
                HeaderField("Subject", ""), HeaderField("A-R", "three"), HeaderField("Received", "old"),
            ],
            trace: HeaderField("Received", "own")
        ).applied(
            ClientOutcome(verdict: .continue, modifications: example.modifications, keepsLeadingSpace: true)
        )
        #expect(stored.header.map { String(decoding: $0.octets, as: UTF8.self) } == example.header)
    }

    @Test(arguments: [
        (true, " a\n\tb", " a\n\tb"), (false, "a", " a"), (true, "none\nEvil: yes", "none\n\tEvil: yes"),
        (true, "a\n", "a\n\t"),
    ])
    func `a value is stored with its space, and no line break of it begins a field`(
        _ keepsLeadingSpace: Bool,
        _ value: String,
        _ expected: String
    ) {
        let outcome = ClientOutcome(
            verdict: .accept,
            modifications: [.insertHeader(index: 0, HeaderField("A", value))],
            keepsLeadingSpace: keepsLeadingSpace
        )
        #expect(QueuedMessage(header: []).applied(outcome).header == [HeaderField("A", expected)])
    }

    @Test func `a body is replaced by its parts, and a message that is refused stays as it is`() {
        let modifications: [Modification] = [
            .replaceBody(ByteBuffer(string: "new ")), .replaceBody(ByteBuffer(string: "body")),
        ]
        let message = QueuedMessage(header: [], body: Array("old".utf8))
        for (verdict, body) in [(Reply.continue, "new body"), (.reject, "old")] {
            let outcome = ClientOutcome(verdict: verdict, modifications: modifications, keepsLeadingSpace: true)
            #expect(message.applied(outcome).body == Array(body.utf8))
        }
    }
}
