import AuthResults
import Mail

/// The other way round: a field is built, put on a message, and read back.
enum Written {
    static func check() throws {
        let spf = try ResultInfo(
            method: "spf",
            result: "pass",
            properties: [Property("smtp", "mailfrom", .value("sender.example"))]
        )
        let written = try AuthenticationResults(authservID: "mx.example.org", results: [spf])
        let field = HeaderField(name: Array(AuthenticationResults.fieldName.utf8), value: written.serialized())
        let message = Message(Array("From: ann@sender.example\n\nHello\n".utf8))
        let edited = Message(message.edited(by: HeaderEdits(additions: [field])))
        guard let first = edited.header.first, first.isNamed(AuthenticationResults.fieldName) else {
            throw Consumer.Failure.notOnTop
        }
        guard try AuthenticationResults(parsing: first.value) == written else { throw Consumer.Failure.notTheSame }
        print(String(decoding: first.octets, as: UTF8.self))
    }
}
