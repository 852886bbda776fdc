import AuthServ
import DNS
import Testing

@Suite struct ServerURLTests {
    struct Case: CustomTestStringConvertible {
        let text: String
        let scheme: String
        let user: String?
        let host: String
        let port: UInt16
        var testDescription: String { text }
    }

    @Test(
        "A URL is read",
        arguments: [
            Case(text: "smtp://mx.example.org", scheme: "smtp", user: nil, host: "mx.example.org", port: 25),
            Case(text: "smtps://mx.example.org/", scheme: "smtps", user: nil, host: "mx.example.org", port: 465),
            Case(text: "smtp://mx.example.org:587", scheme: "smtp", user: nil, host: "mx.example.org", port: 587),
            Case(text: "IMAPS://MX.Example.ORG", scheme: "imaps", user: nil, host: "mx.example.org", port: 993),
            Case(text: "imap://localhost:10143", scheme: "imap", user: nil, host: "localhost", port: 10143),
            Case(text: "imap://ann@mx.example.org", scheme: "imap", user: "ann", host: "mx.example.org", port: 143),
            Case(
                text: "pop3s://ann@example.org@mx.example.org",
                scheme: "pop3s",
                user: "ann@example.org",
                host: "mx.example.org",
                port: 995
            ),
            Case(
                text: "pop3://ann%40example.org@127.0.0.1:110",
                scheme: "pop3",
                user: "ann@example.org",
                host: "127.0.0.1",
                port: 110
            ),
            Case(text: "imap://[::1]:143", scheme: "imap", user: nil, host: "[::1]", port: 143),
            Case(
                text: "imap://müller@bücher.example",
                scheme: "imap",
                user: "müller",
                host: "xn--bcher-kva.example",
                port: 143
            ),
        ]
    ) func reads(_ example: Case) throws {
        let url = try ServerURL(example.text)
        #expect(url.scheme == example.scheme)
        #expect(url.user == example.user)
        #expect(url.hostText == example.host)
        #expect(url.port == example.port)
        #expect(try ServerURL(url.description) == url)
    }

    @Test(
        "What is not such a URL, or could be read in two ways, is refused",
        arguments: [
            "", "mx.example.org", "http://mx.example.org", "file:///etc/passwd", "smtp:mx.example.org", "smtp://",
            "smtp://:25", "smtp://mx.example.org:0", "smtp://mx.example.org:65536", "smtp://mx.example.org:+25",
            "smtp://mx.example.org:25:26", "smtp://mx.example.org/path", "smtp://mx.example.org?x",
            "smtp://mx.example.org#x",
            "smtp://mx.example.org\\@evil.example", "imap://ann:secret@mx.example.org", "imap://:secret@mx.example.org",
            "imap://@mx.example.org", "imap://ann%0d%0aX@mx.example.org", "imap://ann%4@mx.example.org",
            "imap://ann%zz@mx.example.org", "smtp://mx example.org", "smtp://mx.example.org\r\nX", "smtp://2130706433",
            "smtp://127.1", "smtp://0x7f.1", "smtp://0177.0.0.1", "smtp://1.2.3.4.5", "smtp://[127.0.0.1]",
            "smtp://[::1",
            "smtp://[fe80::1%25eth0]", "smtp://::1", "smtp://-mx.example.org", "smtp://mx_1.example.org",
            "smtp://mx..example.org", "smtp://mx.example.org,evil.example", "imap://a\u{0}b@mx.example.org",
            "smtp://*.example.org", "smtp://mx%2eexample.org",
        ]
    ) func refuses(_ text: String) {
        #expect(throws: ServerURL.Mistake.self) { try ServerURL(text) }
    }
}
