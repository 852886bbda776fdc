import Mail
import MailSignature
import Testing

@Suite struct HeaderCanonicalizationTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let field: HeaderField
        let simple: String
        let relaxed: String
        var testDescription: String { String(decoding: field.octets, as: UTF8.self).debugDescription }

        init(_ name: String, _ value: String, simple: String, relaxed: String) {
            field = HeaderField(name, value)
            self.simple = simple
            self.relaxed = relaxed
        }
    }

    static let cases = [
        /// RFC 6376, 3.4.5.
        Case("A", " X", simple: "A: X", relaxed: "a:X"),
        Case("B ", " Y\t\n\tZ  ", simple: "B : Y\t\r\n\tZ  ", relaxed: "b:Y Z"),
        Case("Subject", "", simple: "Subject:", relaxed: "subject:"),
        Case("Subject", " \n \n\t", simple: "Subject: \r\n \r\n\t", relaxed: "subject:"),
        Case("Subject\t ", "x", simple: "Subject\t :x", relaxed: "subject:x"),
        Case("X", " a\n b", simple: "X: a\r\n b", relaxed: "x:a b"),
        Case("X", " a\rb", simple: "X: a\rb", relaxed: "x:a\rb"),
        Case("X", " a \u{B}\u{C} b", simple: "X: a \u{B}\u{C} b", relaxed: "x:a \u{B}\u{C} b"),
        Case("X", " Ä\u{A0} b", simple: "X: Ä\u{A0} b", relaxed: "x:Ä\u{A0} b"),
        Case("ÄX", " a", simple: "ÄX: a", relaxed: "Äx:a"),
        Case("X", " a : b", simple: "X: a : b", relaxed: "x:a : b"),
    ]

    @Test(arguments: cases) func `a field is brought into canonical form`(_ form: Case) {
        #expect(Canonicalization.simple.octets(of: form.field) == Array(form.simple.utf8))
        #expect(Canonicalization.relaxed.octets(of: form.field) == Array(form.relaxed.utf8))
    }
}

@Suite struct SignedFieldsTests {
    private static let header = ["A", "b", "B ", "a", "C"].map { HeaderField($0, " x") }

    private static func selection(_ names: String, except own: Int = -1) -> [Int] {
        let names = names.split(separator: ":").map { Array($0.utf8) }
        return SignedFields(header).selected(by: names, except: own)
    }

    @Test func `names take fields from the bottom`() {
        #expect(Self.selection("a") == [3])
        #expect(Self.selection("A:B:a:b") == [3, 2, 0, 1])
        #expect(Self.selection("a:a:a:a:c:d:c") == [3, 0, 4])
        #expect(Self.selection("d") == [])
    }

    @Test func `a signature does not take itself`() {
        #expect(Self.selection("a:a", except: 3) == [0])
        #expect(Self.selection("a:a", except: 0) == [3])
        #expect(Self.selection("c", except: 4) == [])
    }

    @Test func `fields are counted by name`() {
        #expect(SignedFields(Self.header).count(of: FieldName("B ")) == 2)
        #expect(SignedFields(Self.header).count(of: FieldName("d")) == 0)
    }
}
