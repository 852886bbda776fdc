internal import Octets

/// Reads a macro-string (RFC 7208, 7.1), one method per production.
struct MacroStringParser {
    /// Where a macro-string breaks its grammar.
    struct Defect: Error {
        /// In octets from the start of the text.
        let offset: Int
        let expected: String
    }

    /// Which macros and characters are allowed in this place.
    enum Place {
        case domainSpec
        case unknownModifier
        case explanation
    }

    private let octets: ArraySlice<UInt8>
    private let place: Place
    private var index: Int
    private var pieces: [MacroString.Piece] = []
    /// Where the current literal run begins.
    private var literalStart: Int

    init(_ octets: ArraySlice<UInt8>, _ place: Place) {
        self.octets = octets
        self.place = place
        index = octets.startIndex
        literalStart = octets.startIndex
    }

    /// ```
    /// macro-string   = *( macro-expand / macro-literal )
    /// macro-literal  = %x21-24 / %x26-7E
    /// explain-string = *( macro-string / SP )
    /// ```
    mutating func macroString() throws(Defect) -> MacroString {
        while index < octets.endIndex {
            switch octets[index] {
            case UInt8(ascii: "%"):
                endLiteral()
                try macroExpand()
                literalStart = index
            case 0x21...0x7E:
                index += 1
            case UInt8(ascii: " ") where place == .explanation:
                index += 1
            default:
                throw Defect(offset: index, expected: "a visible ASCII character")
            }
        }
        endLiteral()
        return MacroString(pieces: pieces)
    }

    private mutating func endLiteral() {
        if index > literalStart { pieces.append(.literal(octets[literalStart..<index])) }
    }

    /// ```
    /// macro-expand = ( "%{" macro-letter transformers *delimiter "}" ) / "%%" / "%_" / "%-"
    /// ```
    private mutating func macroExpand() throws(Defect) {
        index += 1
        guard index < octets.endIndex else { throw Defect(offset: index, expected: "{, %, _ or - after the %") }
        let octet = octets[index]
        index += 1
        switch octet {
        case UInt8(ascii: "%"): pieces.append(.escape(Array("%".utf8)))
        case UInt8(ascii: "_"): pieces.append(.escape(Array(" ".utf8)))
        case UInt8(ascii: "-"): pieces.append(.escape(Array("%20".utf8)))
        case UInt8(ascii: "{"): pieces.append(.macro(try macro()))
        default: throw Defect(offset: index - 1, expected: "{, %, _ or - after the %")
        }
    }

    private mutating func macro() throws(Defect) -> Macro {
        let letterOctet = try next("a macro letter")
        guard letterOctet.isLetter, let letter = Macro.Letter(rawValue: letterOctet | 0x20),
            place != .domainSpec || !letter.isForExplanations
        else { throw Defect(offset: index - 1, expected: "a macro letter") }
        var octet = try next("} after the macro")
        var partLimit: Int?
        while octet.isDigit {
            /// A number larger than that of a name's parts means all of them; it must not overflow.
            partLimit = min((partLimit ?? 0) * 10 + Int(octet - UInt8(ascii: "0")), 1_000_000)
            octet = try next("} after the macro")
        }
        guard partLimit != 0 else { throw Defect(offset: index - 1, expected: "a number that is not zero") }
        let isReversed = octet | 0x20 == UInt8(ascii: "r")
        if isReversed { octet = try next("} after the macro") }
        var delimiters: [UInt8] = []
        /// delimiter = "." / "-" / "+" / "," / "/" / "_" / "="
        while ".-+,/_=".utf8.contains(octet) {
            if !delimiters.contains(octet) { delimiters.append(octet) }
            octet = try next("} after the macro")
        }
        guard octet == UInt8(ascii: "}") else { throw Defect(offset: index - 1, expected: "} after the macro") }
        return Macro(
            letter: letter,
            isEscaped: letterOctet & 0x20 == 0,
            partLimit: partLimit,
            isReversed: isReversed,
            delimiters: delimiters
        )
    }

    private mutating func next(_ expected: String) throws(Defect) -> UInt8 {
        guard index < octets.endIndex else { throw Defect(offset: index, expected: expected) }
        defer { index += 1 }
        return octets[index]
    }
}
