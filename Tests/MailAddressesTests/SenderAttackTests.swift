import DNS
import Mail
import MailAddresses
import TestSupport
import Testing

/// A domain that is judged is the one that careless readers see, too, if they see any.
@Suite struct SenderAttackTests {
    /// How programs take a domain out of an argument without knowing its grammar.
    enum CarelessReader: CaseIterable {
        case behindTheFirstAt, behindTheLastAt, withoutComments, withoutQuotes, withoutWhiteSpace, betweenBrackets
        case lastNameWithADot

        /// The name seen; nil if there is none.
        func domain(_ text: String) -> Domain? {
            switch self {
            case .behindTheFirstAt:
                return text.firstIndex(of: "@").flatMap { Self.name(text[text.index(after: $0)...]) }
            case .behindTheLastAt: return Self.behindLastAt(text)
            case .withoutComments:
                var depth = 0
                return Self.behindLastAt(
                    text.filter { character in
                        if character == "(" { depth += 1 }
                        let isOutside = depth == 0
                        if character == ")" { depth = max(0, depth - 1) }
                        return isOutside
                    }
                )
            case .withoutQuotes: return Self.behindLastAt(text.filter { $0 != "\"" && $0 != "\\" })
            case .withoutWhiteSpace: return Self.behindLastAt(text.filter { $0 != " " })
            case .betweenBrackets:
                guard let open = text.firstIndex(of: "<"), let close = text[open...].firstIndex(of: ">") else {
                    return Self.behindLastAt(text)
                }
                return Self.behindLastAt(String(text[open..<close]))
            case .lastNameWithADot:
                return text.split { !Self.isInName($0) }.last { Domain($0)?.parent != nil }.flatMap { Domain($0) }
            }
        }

        private static func behindLastAt(_ text: String) -> Domain? {
            text.lastIndex(of: "@").flatMap { name(text[text.index(after: $0)...]) }
        }

        private static func name(_ text: Substring) -> Domain? {
            Domain(text.drop { $0 == " " }.prefix(while: isInName))
        }

        private static func isInName(_ character: Character) -> Bool {
            character.isLetter || character.isNumber || ".-_".contains(character)
        }
    }

    private static let pieces = [
        "a", "b", "@", "@", "@good.example", "@evil.example", ".evil.example", "(", ")", "<", ">", " ", ".", ";", ",",
        "'",
        "\\", ":", "%", "!", "x",
    ]

    @Test func `no domain is judged in which a careless reader sees another`() {
        var random = SplitMix64(seed: 4954)
        var judged = 0
        for _ in 0..<20_000 {
            var text = ""
            for _ in 0..<(1 + random.below(8)) { text += random.pick(Self.pieces) }
            if random.below(2) == 0 { text = "<" + text + ">" }
            guard case .mailbox(let mailbox) = SenderReading(Array(text.utf8)), case .domain(let domain) = mailbox.host,
                domain.parent != nil
            else { continue }
            judged += 1
            for reader in CarelessReader.allCases {
                // A source route is to be ignored (RFC 5321, appendix C), and is by all who know MAIL.
                if reader == .behindTheFirstAt, text.contains(":") { continue }
                guard let seen = reader.domain(text), seen.parent != nil else { continue }
                #expect(seen == domain, "\(text): judged for \(domain), \(reader) sees \(seen)")
            }
        }
        #expect(judged > 500)
    }
}
