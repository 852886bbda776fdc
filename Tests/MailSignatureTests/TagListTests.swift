import MailSignature
import Testing

@Suite struct TagListTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let text: String
        /// The tags as `name=value`, or nothing if the list is not one.
        let tags: [String]?
        var testDescription: String { text.debugDescription }

        init(_ text: String, _ tags: [String]?) {
            self.text = text
            self.tags = tags
        }
    }

    static let lists = [
        Case("v=1", ["v=1"]),
        Case("v=1; a=b", ["v=1", "a=b"]),
        Case("v=1;", ["v=1"]),
        Case("v=1; ", ["v=1"]),
        Case("v=1;\n\t", ["v=1"]),
        Case("v=", ["v="]),
        Case("v= ;a=\t", ["v=", "a="]),
        Case(" \n v \n = \n\t1 \n ; a=b ", ["v=1", "a=b"]),
        Case("a=b c", ["a=b c"]),
        Case("a=b\n c", ["a=b\n c"]),
        Case("a=b=c==", ["a=b=c=="]),
        Case("a=:", ["a=:"]),
        Case("A=1; a=2", ["A=1", "a=2"]),
        Case("a1_Z=1", ["a1_Z=1"]),
        Case("d=bücher.example", ["d=bücher.example"]),
    ]

    @Test(arguments: lists) func `a list is read in order`(_ list: Case) throws {
        let tags = try TagList(Array(list.text.utf8))
        #expect(tags.tags.map { "\($0.name)=\(String(decoding: $0.value, as: UTF8.self))" } == list.tags)
    }

    static let defects = [
        Case("", nil), Case(" ", nil), Case(";", nil), Case("v", nil), Case("v 1", nil), Case("=1", nil),
        Case("v=1;;", nil),
        Case("v=1; ;a=2", nil), Case(";v=1", nil), Case("v=1; v=1", nil), Case("v=1; a=2; v=3", nil), Case("1v=1", nil),
        Case("_v=1", nil), Case("v-w=1", nil), Case("v w=1", nil), Case("v=1; a", nil), Case("v=a\u{0}b", nil),
        Case("v=a\u{1F}", nil), Case("v=a\u{7F}", nil), Case("v=a\rb", nil), Case("v=a\r\n b", nil),
        Case("v=a\nb", nil),
        Case("v=1\n", nil), Case("v\u{0}=1", nil), Case("é=1", nil), Case("v=1;\u{B}", nil),
    ]

    @Test(arguments: defects) func `what is no list is refused whole`(_ list: Case) {
        #expect(throws: TagList.SyntaxError.self) { try TagList(Array(list.text.utf8)) }
    }

    @Test func `an error says where it is`() {
        let error = #expect(throws: TagList.SyntaxError.self) { try TagList(Array("v=1; a=2; v=3".utf8)) }
        #expect(error?.offset == 9)
        #expect(error?.reason == "tag v= stands twice")
    }

    @Test(arguments: ["=1; a=2; ", ""]) func `an error does not repeat a long name`(_ between: String) throws {
        let name = String(repeating: "n", count: 10_000)
        let error = #expect(throws: TagList.SyntaxError.self) { try TagList(Array((name + between + name).utf8)) }
        #expect(try #require(error).reason.utf8.count < 60)
    }

    @Test func `a tag knows where its value stands, white space and all`() throws {
        let text = Array("v=1; b = abc ; x=".utf8)
        let list = try TagList(text)
        #expect(try #require(list.tag("b")).range == 8..<13)
        #expect(try #require(list.tag("x")).range == 17..<17)
    }

    @Test func `case counts in names`() throws {
        let list = try TagList(Array("A=1".utf8))
        #expect(list["a"] == nil)
        #expect(list["A"] == Array("1".utf8))
    }

    @Test func `octets above 127 are told of`() throws {
        #expect(try TagList(Array("a=b".utf8)).isASCII)
        #expect(try !TagList(Array("a=ü".utf8)).isASCII)
    }

    /// RFC 6376, 3.2: a list is read in one pass, however it is built.
    @Test func `a long list takes no long time`() throws {
        let many = (0..<20_000).map { "a\($0)=1" }.joined(separator: ";")
        #expect(try TagList(Array(many.utf8)).tags.count == 20_000)
        #expect(throws: TagList.SyntaxError.self) { try TagList([UInt8](repeating: 0x3B, count: 200_000)) }
        #expect(throws: TagList.SyntaxError.self) { try TagList([UInt8](repeating: 0x20, count: 200_000)) }
    }
}
