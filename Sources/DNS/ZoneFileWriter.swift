extension ZoneFile {
    /// A master file that gives these answers again: one line a record, sorted by name from the right and by type.
    ///
    /// The same answers give the same octets. What came of a question without records is written as a line of our
    /// own, so that a name that did not exist and one without data stay apart, and so do the failures.
    public static func text(of answers: [Question: Answer]) -> String {
        answers.sorted { order($0.key).lexicographicallyPrecedes(order($1.key)) }
            .flatMap { lines(of: $1, to: $0) }
            .joined()
    }

    /// A domain stands before the names below it.
    private static func order(_ question: Question) -> [String] {
        question.name.labels.reversed().map(String.init) + ["", question.type.mnemonic]
    }

    private static func lines(of answer: Answer, to question: Question) -> [String] {
        let owner = written(question.name)
        let start = "\(owner) \(answer.ttl) IN "
        var lines =
            if let verdict = Verdict(answer.outcome) {
                ["\(start)\(verdict.rawValue) \(question.type.mnemonic)\n"]
            } else {
                answer.records.map { "\(start)\($0.type.mnemonic) \(written($0))\n" }
            }
        if answer.isAuthenticated { lines.append("\(start)\(authenticated) \(question.type.mnemonic)\n") }
        return lines
    }

    private static func written(_ data: RecordData) -> String {
        switch data {
        case .a(let address): IPAddress.v4(address).description
        case .aaaa(let address): IPAddress.v6(address).description
        case .mx(let preference, let exchange): "\(preference) \(exchange.map(written) ?? ".")"
        case .ptr(let name): name.map(written) ?? "."
        case .txt(let strings): strings.map(written).joined(separator: " ")
        }
    }

    /// Absolute, with a backslash before what means something in a master file, and spaces as their number.
    private static func written(_ name: Domain) -> String {
        let text = name.text.reduce(into: "") { text, character in
            if #"";()@$"#.contains(character) { text.append("\\") }
            text += character == " " ? #"\032"# : String(character)
        }
        return text + "."
    }

    /// RFC 1035, 5.1: in quotes, and what is not printable as `\DDD`.
    private static func written(_ string: [UInt8]) -> String {
        let inner = string.reduce(into: "") { text, octet in
            switch octet {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): text += "\\" + String(UnicodeScalar(octet))
            case 0x20...0x7E: text.unicodeScalars.append(UnicodeScalar(octet))
            default:
                let digits = String(octet)
                text += "\\" + String(repeating: "0", count: 3 - digits.count) + digits
            }
        }
        return "\"\(inner)\""
    }
}
