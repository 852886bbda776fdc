import Mail
import Testing

@Suite struct HeaderEditsTests {
    @Test func `deletions go from the highest index down, then the insertions`() {
        let name = Array("Authentication-Results".utf8)
        let top = HeaderField("A", " 1")
        let second = HeaderField("B", " 2")
        let edits = HeaderEdits(
            removals: [1, 3, 2].map { HeaderEdits.Removal(name: name, occurrence: $0) },
            additions: [top, second]
        )
        #expect(
            edits.commands == [
                .delete(name: name, index: 3), .delete(name: name, index: 2), .delete(name: name, index: 1),
                .insertOnTop(second), .insertOnTop(top),
            ]
        )
    }
}
