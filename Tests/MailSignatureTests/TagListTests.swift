import MailSignature
import Testing

@Suite struct TagListTests {
    @Test func `a list is read`() throws {
        let list = try TagList(Array("v=1; a=b".utf8))
        #expect(list.tags.map(\.name) == ["v", "a"])
    }
}
