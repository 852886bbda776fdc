import AuthResults
import Mail

/// Builds a field, puts it on a message, and reads it back. Ends with exit code 0 if both are the same.
@main
enum Consumer {
    static func main() throws {
        guard let domain = PropertyValue.value("sender.example"), let property = Property("smtp", "mailfrom", domain),
            let result = ResultInfo(method: "spf", result: "pass", properties: [property]),
            let written = AuthenticationResults(authservID: "mx.example.org", results: [result])
        else { throw Failure.notBuilt }

        let field = HeaderField(name: Array("Authentication-Results".utf8), value: written.serialized())
        let message = Message(Array("From: ann@sender.example\n\nHello\n".utf8))
        let edited = Message(message.edited(by: HeaderEdits(additions: [field])))
        guard let first = edited.header.first, first.isNamed(AuthenticationResults.fieldName) else {
            throw Failure.notOnTop
        }
        guard try AuthenticationResults(parsing: first.value) == written else { throw Failure.notTheSame }
        print(String(decoding: first.octets, as: UTF8.self))
    }

    enum Failure: Error {
        case notBuilt, notOnTop, notTheSame
    }
}
