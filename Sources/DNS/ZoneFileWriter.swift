/// Writes answers as a master file (RFC 1035, section 5).
struct ZoneFileWriter {
    private(set) var octets: [UInt8] = []

    mutating func write(_ answer: Answer, to question: Question) {
        let start = line(question.name, ttl: answer.ttl)
        let type = question.type.mnemonic
        if let verdict = ZoneFile.Verdict(answer.outcome) {
            octets += start + "\(verdict.rawValue) \(type)\n".utf8
        }
        for record in answer.records {
            octets += start + "\(type) ".utf8
            data(record)
            octets.append(UInt8(ascii: "\n"))
        }
        if answer.isAuthenticated { octets += start + "\(ZoneFile.authenticated) \(type)\n".utf8 }
    }

    /// The part of a line that is the same for all data of a question.
    private func line(_ name: Domain, ttl: UInt32) -> [UInt8] {
        written(name) + " \(ttl) IN ".utf8
    }

    private mutating func data(_ data: RecordData) {
        switch data {
        case .a(let address): octets += IPAddress.v4(address).description.utf8
        case .aaaa(let address): octets += IPAddress.v6(address).description.utf8
        case .mx(let preference, let exchange): octets += "\(preference) ".utf8 + written(exchange)
        case .ptr(let name): octets += written(name)
        case .txt(let strings):
            for (index, string) in strings.enumerated() {
                if index > 0 { octets.append(UInt8(ascii: " ")) }
                characterString(string)
            }
        }
    }

    /// Absolute, with a backslash before characters that are special in a master file, and spaces as their number.
    /// The root replaces a name that is not a ``Domain``.
    private func written(_ name: Domain?) -> [UInt8] {
        guard let name else { return [UInt8(ascii: ".")] }
        return name.text.utf8.flatMap { octet -> [UInt8] in
            switch octet {
            case UInt8(ascii: "\""), UInt8(ascii: ";"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "@"),
                UInt8(ascii: "$"):
                [UInt8(ascii: "\\"), octet]
            case UInt8(ascii: " "): Array(#"\032"#.utf8)
            default: [octet]
            }
        } + [UInt8(ascii: ".")]
    }

    /// RFC 1035, 5.1: in quotes, with unprintable octets as `\DDD`.
    private mutating func characterString(_ string: [UInt8]) {
        octets.append(UInt8(ascii: "\""))
        for octet in string {
            switch octet {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                octets.append(UInt8(ascii: "\\"))
                octets.append(octet)
            case 0x20...0x7E:
                octets.append(octet)
            default:
                octets.append(UInt8(ascii: "\\"))
                for divisor: UInt8 in [100, 10, 1] { octets.append(0x30 + octet / divisor % 10) }
            }
        }
        octets.append(UInt8(ascii: "\""))
    }
}

extension ZoneFile {
    /// A master file that gives these answers again: one line per record, sorted by name from the right and by type.
    ///
    /// The same answers give the same octets. The outcome of a question without records is written as a line of our
    /// own format, so that a name that did not exist, one without data, and the failures remain distinct.
    package static func text(of answers: [Question: Answer]) -> String {
        var writer = ZoneFileWriter()
        let sorted = answers.map { (key: order($0.key), entry: $0) }
            .sorted { $0.key.lexicographicallyPrecedes($1.key) }
        for (_, entry) in sorted { writer.write(entry.value, to: entry.key) }
        return String(decoding: writer.octets, as: UTF8.self)
    }

    /// The labels from the right, and the type last. A zero sorts before every octet of a name, so a domain comes
    /// before the names below it, and these before its neighbours.
    private static func order(_ question: Question) -> [UInt8] {
        question.name.text.utf8.split(separator: UInt8(ascii: ".")).reversed().flatMap { Array($0) + [0] }
            + [0] + question.type.mnemonic.utf8
    }
}
