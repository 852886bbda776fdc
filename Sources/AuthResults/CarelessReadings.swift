/// What readers make of a field who know no grammar: they take comments, quotes or white space away, in any order, cut at
/// the first semicolon or white space, and have an id.
struct CarelessReadings {
    /// The first word when comments have been taken away.
    let first: [UInt8]
    /// True if nothing stands behind it.
    let isFirstAtEnd: Bool
    /// Every id that is found so, `first` among them; quotes that are left are no part of one.
    let all: [[UInt8]]

    init(_ value: [UInt8]) {
        let value = value.relevantToID
        let withoutComments = value.withoutComments
        let word = withoutComments.firstWord
        first = Array(word.prefix { $0 != UInt8(ascii: ";") })
        isFirstAtEnd = word.endIndex == withoutComments.endIndex && word.count == first.count
        let texts = [
            value, withoutComments, value.withoutQuotes, value.withoutQuotes.withoutComments,
            withoutComments.withoutQuotes,
        ]
        all = texts.flatMap { text in
            [text.firstWord.beforeSemicolon, text.beforeSemicolon.withoutSpace[...]].map(\.withoutQuotes)
        }
    }
}

extension [UInt8] {
    /// What stands behind the first semicolon matters only if a comment or a quote begins before it, or seems to.
    fileprivate var relevantToID: [UInt8] {
        let special = firstIndex { octet in
            octet == UInt8(ascii: ";") || octet == UInt8(ascii: "(") || octet == UInt8(ascii: "\"")
                || octet == UInt8(ascii: "\\")
        }
        guard let special, self[special] == UInt8(ascii: ";") else { return self }
        return Array(self[...special])
    }
}

extension Collection<UInt8> where SubSequence: Collection<UInt8> {
    fileprivate var beforeSemicolon: SubSequence {
        prefix { $0 != UInt8(ascii: ";") }
    }

    fileprivate var firstWord: SubSequence {
        let start = firstIndex { !$0.isSpaceOrBreak } ?? endIndex
        let rest = self[start...]
        return self[start..<(rest.firstIndex { $0.isSpaceOrBreak } ?? endIndex)]
    }

    fileprivate var withoutSpace: [UInt8] {
        filter { !$0.isSpaceOrBreak }
    }

    fileprivate var withoutQuotes: [UInt8] {
        filter { $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
    }

    /// Comments as they are to somebody who does not know of quotes and quoted-pairs.
    fileprivate var withoutComments: [UInt8] {
        var depth = 0
        var rest: [UInt8] = []
        for octet in self {
            if octet == UInt8(ascii: "(") { depth += 1 }
            if depth == 0 { rest.append(octet) }
            if octet == UInt8(ascii: ")"), depth > 0 { depth -= 1 }
        }
        return rest
    }
}
