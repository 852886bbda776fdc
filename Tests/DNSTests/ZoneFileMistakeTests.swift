import DNS
import Testing

@Suite struct ZoneFileMistakeTests {
    struct Mistake: CustomTestStringConvertible {
        let testDescription: String
        let file: String
        /// Line, and a part of the text.
        let expected: [(line: Int, text: String)]
        init(_ description: String, _ file: String, _ expected: (line: Int, text: String)...) {
            testDescription = description
            self.file = file
            self.expected = expected
        }
    }

    @Test(arguments: [
        Mistake("no owner", " TXT a", (1, "no owner")),
        Mistake("no type", "x.example. 60 IN", (1, "no record type")),
        Mistake(
            "all of them, and those only",
            "x. A 1\ny. A 0.0.0.1\nz. TXT\n MX a b\n",
            (1, "IPv4"),
            (3, "without data"),
            (4, "MX")
        ),
        Mistake("an address of the other family", "x. A ::1\nx. AAAA 192.0.2.1", (1, "IPv4"), (2, "IPv6")),
        Mistake("an open quote", "x. TXT \"a\ny. TXT b", (1, "does not end")),
        Mistake("an open parenthesis", "x. TXT a\n y. TXT ( b\nz. TXT c\n", (2, "not closed")),
        Mistake("a closing parenthesis", "x. TXT a )\ny. TXT b", (1, "without `(`")),
        Mistake("a number over 255", #"x. TXT \256"#, (1, "255")),
        Mistake("too few digits", #"x. TXT \25"#, (1, "255")),
        Mistake("a backslash at the end", "x. TXT a\\\ny. TXT b", (1, "escapes nothing")),
        Mistake("a string of 256", "x. TXT \(String(repeating: "a", count: 256))", (1, "256 octets")),
        Mistake("a label of 64", "\(String(repeating: "a", count: 64)). TXT a", (1, "63")),
        Mistake("a name of 254", "\(String(repeating: "a.", count: 128)) TXT a", (1, "253")),
        Mistake("an empty label", "a..b. TXT a", (1, "not a name")),
        Mistake("a U-label", "bücher.example. TXT a", (1, "xn--")),
        Mistake("class CH", "x. CH TXT a", (1, "class CH")),
        Mistake("a TTL over 2^31-1", "x. 2147483648 TXT a", (1, "2147483647")),
        Mistake("a TTL with a wrong unit", "x. 1y TXT a", (1, "not a TTL")),
        Mistake("$INCLUDE", "$INCLUDE other\nx. TXT a", (1, "not supported")),
        Mistake("$GENERATE", "$GENERATE 1-2 a A 1", (1, "not supported")),
        Mistake("CNAME and data", "x. CNAME y.\nx. TXT a", (2, "CNAME and other data")),
        Mistake("data and CNAME", "x. TXT a\nx. CNAME y.", (2, "CNAME and other data")),
        Mistake("two CNAME", "x. CNAME y.\nx. CNAME z.", (2, "second CNAME")),
        Mistake("a failure of no type", "x. SERVFAIL SOA", (1, "followed by")),
        Mistake(
            "a slip of the pen",
            "x. TEXT a\ny. TXT: b\nz. TYPE99999 c",
            (1, "TEXT"),
            (2, "TXT:"),
            (3, "TYPE99999")
        ),
        Mistake("data of RFC 3597", ##"x. TXT \# 2 0161"##, (1, "in numbers")),
        Mistake("a class that is not asked for", "x. CLASS3 TXT a", (1, "class CLASS3")),
        Mistake("DNAME without a name", "x. DNAME .", (1, "DNAME needs one name")),
        Mistake("a type that cannot be one", "x. 60 IN =txt a", (1, "not a record type")),
        Mistake("in parentheses, the line of the word", "x. MX ( 1\n\"a\" )", (2, "without quotes")),
    ])
    func `mistakes are told all at once, with the line`(_ given: Mistake) throws {
        let error = try #require(throws: ZoneFileError.self) {
            try ZoneFile(Array(given.file.utf8), file: "the/zone")
        }
        #expect(error.mistakes.count == given.expected.count, "\(error)")
        for (mistake, expected) in zip(error.mistakes, given.expected) {
            #expect(mistake.line == expected.line)
            #expect(mistake.description.hasPrefix("the/zone:\(expected.line): "))
            #expect(mistake.text.contains(expected.text))
        }
    }
}
