/// Reads what ``Exposition`` writes, and what other programs write in the same format.
package struct ExpositionParser {
    package struct SyntaxError: Error, Hashable {
        /// Octets before what could not be read.
        package let offset: Int
    }

    private let octets: [UInt8]
    private var position = 0
    private var families: [MetricFamily] = []
    private var helps: [String: String] = [:]

    package init(_ text: String) {
        octets = Array(text.utf8)
    }

    /// Samples come after the TYPE line of their family; those without one are not taken.
    package mutating func exposition() throws(SyntaxError) -> Exposition {
        while position < octets.count {
            if take("#") {
                try comment()
            } else if !take("\n") {
                try sample()
            }
        }
        return Exposition(families)
    }

    /// # HELP name text, # TYPE name kind, or a remark
    private mutating func comment() throws(SyntaxError) {
        skipBlanks()
        let keyword = word()
        skipBlanks()
        let name = word()
        skipBlanks()
        let rest = line()
        switch keyword {
        case "HELP": helps[name] = Self.unescaped(rest)
        case "TYPE":
            if let kind = MetricFamily.Kind(rawValue: String(decoding: rest, as: UTF8.self)) {
                families.append(MetricFamily(name, kind, helps[name] ?? "", []))
            }
        default: break
        }
    }

    /// metric_name [ "{" label_name "=" '"' label_value '"' { "," ... } "}" ] value [ timestamp ]
    private mutating func sample() throws(SyntaxError) {
        let name = word()
        guard !name.isEmpty else { throw SyntaxError(offset: position) }
        var labels: [MetricFamily.Label] = []
        if take("{") {
            while !take("}") {
                labels.append(try label())
                if !take(","), position < octets.count, octets[position] != UInt8(ascii: "}") {
                    throw SyntaxError(offset: position)
                }
            }
        }
        skipBlanks()
        let start = position
        guard let value = Self.number(word()) else { throw SyntaxError(offset: start) }
        _ = line()
        guard let family = families.indices.last, name.hasPrefix(families[family].name) else { return }
        let suffix = String(name.dropFirst(families[family].name.count))
        families[family].samples.append(MetricFamily.Sample(value, labels, suffix: suffix))
    }

    private mutating func label() throws(SyntaxError) -> MetricFamily.Label {
        let start = position
        while position < octets.count, octets[position] != UInt8(ascii: "=") { position += 1 }
        let name = String(decoding: octets[start..<position], as: UTF8.self)
        guard take("="), take("\"") else { throw SyntaxError(offset: position) }
        let valueStart = position
        while position < octets.count, octets[position] != UInt8(ascii: "\"") {
            position += octets[position] == UInt8(ascii: "\\") ? 2 : 1
        }
        guard position < octets.count else { throw SyntaxError(offset: valueStart) }
        let value = Self.unescaped(octets[valueStart..<position])
        position += 1
        return MetricFamily.Label(name, value)
    }

    // MARK: Octets

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard position < octets.count, octets[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func skipBlanks() {
        while take(" ") || take("\t") {}
    }

    /// What comes before a blank, a brace or the end of the line.
    private mutating func word() -> String {
        let start = position
        while position < octets.count, !" \t\n{".utf8.contains(octets[position]) { position += 1 }
        return String(decoding: octets[start..<position], as: UTF8.self)
    }

    /// The rest of the line, whose end is taken.
    private mutating func line() -> ArraySlice<UInt8> {
        let start = position
        while position < octets.count, octets[position] != UInt8(ascii: "\n") { position += 1 }
        defer { position = min(position + 1, octets.count) }
        return octets[start..<position]
    }

    private static func number(_ text: String) -> Double? {
        switch text {
        case "+Inf": .infinity
        case "-Inf": -.infinity
        case "NaN": .nan
        default: Double(text)
        }
    }

    private static func unescaped(_ octets: ArraySlice<UInt8>) -> String {
        var result: [UInt8] = []
        var isEscaped = false
        for octet in octets {
            if isEscaped {
                result.append(octet == UInt8(ascii: "n") ? UInt8(ascii: "\n") : octet)
                isEscaped = false
            } else if octet == UInt8(ascii: "\\") {
                isEscaped = true
            } else {
                result.append(octet)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
