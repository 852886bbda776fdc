internal import DNS
internal import Octets

/// What readers of an argument of MAIL FROM take for the sender, whether or not it is a Reverse-path.
///
/// MTAs accept a lot that the grammar does not: local-parts with dots anywhere, comments, missing brackets. SPF is
/// about the domain alone (RFC 7208, 4.3), so an odd local-part does not keep a domain from being judged. But if one
/// reader stops early, skips a comment or a quoted text, or takes another `@` for the one that counts, and so comes
/// to another domain, there is no domain that could be vouched for.
public enum SenderReading: Hashable, Sendable {
    /// `<>`, also with white space within: Postfix takes it for that.
    case null
    /// The local-part is the text before the `@`, unquoted only if it is valid; it may be empty.
    case mailbox(ReversePath.Mailbox)
    /// A user of the MTA itself, or nothing at all.
    case withoutDomain
    /// There is one domain, which is not a name that the DNS can have (RFC 7208, 4.3), or no address between
    /// brackets.
    case malformedDomain
    /// Readers come to different domains, or some to a domain and some to none.
    case ambiguous

    /// - Parameter argument: the text after `MAIL FROM:`, with or without angle brackets.
    public init(_ argument: [UInt8]) {
        if let path = ReversePath(argument) {
            self = path.mailbox.map { .mailbox($0) } ?? .null
        } else {
            var reader = SenderReader(argument[...])
            self = reader.reading()
        }
    }
}

/// Reads an argument that is not a Reverse-path as lenient readers do, and notes where they differ.
private struct SenderReader {
    private let octets: ArraySlice<UInt8>
    private var index: Int
    /// Where the local-part begins: after the innermost `<` and a source route.
    private var localPartStart: Int
    /// Every `@` that some reader could take for the one before the domain.
    private var ats: [Int] = []
    /// A reader that respects quotes, comments, escapes or brackets does not see the rest as the others do.
    private var isSplit = false
    private let lastAt: Int?

    init(_ argument: ArraySlice<UInt8>) {
        octets = argument.trimmingBlanks
        lastAt = octets.lastIndex(of: UInt8(ascii: "@"))
        index = octets.startIndex
        localPartStart = octets.startIndex
    }

    mutating func reading() -> SenderReading {
        // Some readers stop at a NUL, some at a line break.
        if octets.contains(where: { $0 == 0 || $0 == .lineFeed || $0 == .carriageReturn }) { return .ambiguous }
        if octets.first == UInt8(ascii: "<"), octets.last == UInt8(ascii: ">"),
            octets.dropFirst().dropLast().allSatisfy(\.isWhiteSpace)
        {
            return .null
        }
        findAts()
        guard let last = ats.last else { return lastAt == nil ? .withoutDomain : .ambiguous }
        guard !isSplit, let end = domainEnd(after: last) else { return .ambiguous }
        let start = domainStart(after: last)
        guard let host = host(octets[start..<end]) else { return .malformedDomain }
        let isOneDomain = ats.dropLast().allSatisfy { at in
            let start = domainStart(after: at)
            return self.host(octets[start..<nameEnd(from: start)]) == host
        }
        guard isOneDomain else { return .ambiguous }
        let localPart = Array(octets[min(localPartStart, last)..<last].trimmingBlanks)
        var parser = ReversePathParser(localPart)
        return .mailbox(ReversePath.Mailbox(localPart: (try? parser.wholeLocalPart()) ?? localPart, host: host))
    }

    // MARK: Before the domain

    private mutating func findAts() {
        skipSourceRoute()
        while let octet = current {
            switch octet {
            case UInt8(ascii: "@"): ats.append(index)
            case UInt8(ascii: "\\"):
                index += 1
                if current == UInt8(ascii: "@") { isSplit = true }
            case UInt8(ascii: "\""): skipQuotedText()
            case UInt8(ascii: "("): skipComment()
            case UInt8(ascii: "<"):
                localPartStart = index + 1
                index += 1
                skipSourceRoute()
                continue
            case UInt8(ascii: ">"):
                if let lastAt, index < lastAt { isSplit = true }
            default: break
            }
            index += 1
        }
    }

    /// `@relay.example,@other.example:`, which must be accepted and ignored (RFC 5321, appendix C).
    private mutating func skipSourceRoute() {
        var rest = index
        repeat {
            guard rest < octets.endIndex, octets[rest] == UInt8(ascii: "@") else { return }
            let end = nameEnd(from: rest + 1)
            guard host(octets[(rest + 1)..<end]) != nil, end < octets.endIndex else { return }
            rest = end + 1
        } while octets[rest - 1] == UInt8(ascii: ",")
        guard octets[rest - 1] == UInt8(ascii: ":") else { return }
        index = rest
        localPartStart = rest
    }

    /// Leaves the index on the closing quote. A quoted word hides its content from every reader with a grammar (RFC
    /// 5322, 4.4: obs-local-part); quotes elsewhere hide it from some.
    private mutating func skipQuotedText() {
        let start = index
        guard let end = end(of: UInt8(ascii: "\""), from: start + 1) else {
            isSplit = true
            return
        }
        let before = start > localPartStart ? octets[start - 1] : UInt8(ascii: ".")
        let after = end + 1 < octets.endIndex ? octets[end + 1] : 0
        let isWord =
            before == UInt8(ascii: ".") && (after == UInt8(ascii: ".") || after == UInt8(ascii: "@")) && ats.isEmpty
        if !isWord, octets[start..<end].contains(UInt8(ascii: "@")) { isSplit = true }
        index = end
    }

    /// Leaves the index on the closing parenthesis, if there is one.
    private mutating func skipComment() {
        let start = index
        var depth = 0
        while let octet = current {
            if octet == UInt8(ascii: "(") { depth += 1 }
            if octet == UInt8(ascii: ")") { depth -= 1 }
            if octet == UInt8(ascii: "\\") { index += 1 }
            if depth == 0 { break }
            index += 1
        }
        if depth > 0 || index >= octets.endIndex || octets[start..<index].contains(UInt8(ascii: "@")) { isSplit = true }
    }

    /// Where the unescaped octet comes next.
    private func end(of octet: UInt8, from start: Int) -> Int? {
        var index = start
        while index < octets.endIndex {
            if octets[index] == octet { return index }
            index += octets[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        return nil
    }

    private var current: UInt8? { index < octets.endIndex ? octets[index] : nil }

    // MARK: The domain

    /// Octets of a name that may be one: a letter of a U-label takes up to four.
    private static let nameLimit = 4 * Domain.lengthLimit

    /// Skips white space and complete comments.
    private func domainStart(after at: Int) -> Int {
        passBlanks(from: at + 1, isLast: false)
    }

    /// Where the name or the literal ends, if nothing follows that a reader could take for more of it.
    private func domainEnd(after at: Int) -> Int? {
        let start = domainStart(after: at)
        var end = nameEnd(from: start)
        if start < octets.endIndex, octets[start] == UInt8(ascii: "[") {
            guard let bracket = octets[start...].firstIndex(of: UInt8(ascii: "]")) else { return nil }
            end = bracket + 1
        }
        return passBlanks(from: end, isLast: true) == octets.endIndex ? end : nil
    }

    private func nameEnd(from start: Int) -> Int {
        octets[start...].firstIndex { !$0.isNameOctet } ?? octets.endIndex
    }

    /// Skips white space and comments in which no reader could see a name; after the last domain also the end of a
    /// path or a list.
    private func passBlanks(from start: Int, isLast: Bool) -> Int {
        var index = start
        while index < octets.endIndex {
            if octets[index] == UInt8(ascii: "(") {
                guard let close = octets[index...].firstIndex(of: UInt8(ascii: ")")),
                    octets[(index + 1)..<close].allSatisfy({ $0.isWhiteSpace || ($0.isNameOctet && $0 != .dot) })
                else { return index }
                index = close + 1
            } else if octets[index].isWhiteSpace || (isLast && ">;,".utf8.contains(octets[index])) {
                index += 1
            } else {
                break
            }
        }
        return index
    }

    private func host(_ text: ArraySlice<UInt8>) -> ReversePath.Host? {
        if text.first == UInt8(ascii: "[") {
            var parser = ReversePathParser(Array(text))
            return try? parser.heloArgument()
        }
        guard text.count <= Self.nameLimit else { return nil }
        return Domain(internationalized: text).map { .domain($0) }
    }
}

extension ArraySlice<UInt8> {
    fileprivate var trimmingBlanks: ArraySlice<UInt8> {
        var rest = drop(while: \.isWhiteSpace)
        while let last = rest.last, last.isWhiteSpace { rest.removeLast() }
        return rest
    }
}

extension UInt8 {
    fileprivate static let dot = UInt8(ascii: ".")

    /// The characters of host names in practice: letters, digits, hyphens, underscores (RFC 7208, 4.3 does not call a
    /// name malformed for one), dots, and those of U-labels.
    var isNameOctet: Bool {
        isAlphanumeric || self >= 0x80 || "-_.".utf8.contains(self)
    }
}
