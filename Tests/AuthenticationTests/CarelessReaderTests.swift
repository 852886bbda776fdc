import AuthResults
import Authentication
import FieldClaims
import Mail
import TestSupport
import Testing

/// What is kept must not be taken for ours by the programs behind us, and many of them know no grammar.
@Suite struct CarelessReaderTests {
    static let ownID = "mx.own.example"

    /// Ways to read the id that are in use.
    static let readers: [(name: String, read: @Sendable (String) -> String)] = [
        ("up to the semicolon, first word", { firstWord(beforeSemicolon($0)) }),
        ("first word, up to the semicolon", { beforeSemicolon(firstWord($0)) }),
        ("comments away first", { firstWord(beforeSemicolon(withoutComments($0))) }),
        ("quotes away first", { firstWord(beforeSemicolon(withoutQuotes($0))) }),
        ("quotes, then comments away", { firstWord(beforeSemicolon(withoutComments(withoutQuotes($0)))) }),
        ("comments, then quotes away", { firstWord(beforeSemicolon(withoutQuotes(withoutComments($0)))) }),
        ("white space away", { beforeSemicolon($0.filter { !$0.isWhitespace }) }),
        ("comments and white space away", { beforeSemicolon(withoutComments($0).filter { !$0.isWhitespace }) }),
        ("all of them away", { beforeSemicolon(withoutQuotes(withoutComments($0)).filter { !$0.isWhitespace }) }),
        ("comments that do not nest away", { firstWord(beforeSemicolon(withoutFlatComments($0))) }),
        ("folds away first", { firstWord(beforeSemicolon(withoutFolds($0))) }),
        ("folds, then quotes away", { firstWord(beforeSemicolon(withoutQuotes(withoutFolds($0)))) }),
        ("controls, then quotes away", { firstWord(beforeSemicolon(withoutQuotes(withoutControls($0)))) }),
        (
            "controls, comments and quotes away",
            { firstWord(beforeSemicolon(withoutQuotes(withoutComments(withoutControls($0))))) }
        ),
        ("word by word", wordByWord),
    ]

    static func withoutFolds(_ text: String) -> String {
        text.replacing("\n\t", with: "")
    }

    static func withoutControls(_ text: String) -> String {
        text.filter { $0.isWhitespace || $0 > "\u{1F}" && $0 != "\u{7F}" }
    }

    /// As `\([^)]*\)` does it.
    static func withoutFlatComments(_ text: String) -> String {
        var rest = text
        while let open = rest.firstIndex(of: "("), let close = rest[open...].firstIndex(of: ")") {
            rest.removeSubrange(open...close)
        }
        return rest
    }

    /// As OpenDKIM and OpenDMARC do it: words are unquoted first, and what then begins with a parenthesis is a comment.
    static func wordByWord(_ text: String) -> String {
        var words: [String] = []
        var word: String?
        var depth = 0
        var isQuoted = false
        var isEscaped = false
        func end() {
            if let ended = word { words.append(ended) }
            word = nil
        }
        for character in text {
            if isEscaped {
                word = (word ?? "") + String(character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character == "\"", depth == 0 {
                isQuoted.toggle()
                word = word ?? ""
            } else if character == "(", !isQuoted {
                depth += 1
                word = (word ?? "") + "("
            } else if character == ")", !isQuoted {
                if depth == 1 { end() }
                depth = max(0, depth - 1)
            } else if isQuoted || depth > 0 {
                word = (word ?? "") + String(character)
            } else if character.isWhitespace {
                end()
            } else if ";=.".contains(character) {
                end()
                words.append(String(character))
            } else {
                word = (word ?? "") + String(character)
            }
        }
        end()
        let spoken = words.filter { $0.first != "(" }
        var id = ""
        for (index, word) in spoken.enumerated() {
            guard (word == ".") == (index % 2 == 1) else { break }
            id += word
        }
        return id
    }

    static func beforeSemicolon(_ text: String) -> String {
        String(text.prefix { $0 != ";" })
    }

    static func firstWord(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).first.map(String.init) ?? ""
    }

    static func withoutQuotes(_ text: String) -> String {
        text.filter { $0 != "\"" && $0 != "\\" }
    }

    /// As a regular expression does it: quotes and quoted-pairs unseen.
    static func withoutComments(_ text: String) -> String {
        var depth = 0
        var rest = ""
        for character in text {
            if character == "(" { depth += 1 }
            if depth == 0 { rest.append(character) }
            if character == ")", depth > 0 { depth -= 1 }
        }
        return rest
    }

    static func isOwn(_ id: String) -> Bool {
        var id = id.lowercased().filter { $0 != "\"" }
        id = String(id.prefix { $0 != "/" })
        if id.hasSuffix(".") { id.removeLast() }
        return id == ownID
    }

    static let pieces = [
        " ", " ", "\n\t", "\"", "\"", "\\", "(", ")", "(x)", "(\")", "()", ";", "1", " 1", " 2", "/", ".", "=", "a",
        "/x",
        "\t", "x.example", " x.example", "mx.", "own.example", "(a(b)", "\"(x\"", "\"(", "x)", "\\(", "'",
        "\u{1}", "\u{7F}",
    ]

    @Test func `no reader finds our id in a field that is kept`() {
        var generator = SplitMix64(seed: 8601)
        let ownIDs = OwnIdentifiers([Self.ownID])
        var kept = 0
        for round in 0..<8_000 {
            var value = round % 3 == 0 ? Self.ownID : round % 3 == 1 ? "\"\(Self.ownID)\"" : "x \(Self.ownID)"
            for _ in 0..<Int.random(in: 0...5, using: &generator) {
                let place = value.indices.randomElement(using: &generator) ?? value.startIndex
                value.insert(contentsOf: Self.pieces.randomElement(using: &generator) ?? "", at: place)
            }
            value += Bool.random(using: &generator) ? "; spf=pass" : ""
            var search = ForgedFields(ownIDs: ownIDs, foreignFields: .keep, alsoRemove: [])
            search.inspect(HeaderField("Authentication-Results", " " + value))
            guard search.removals.isEmpty else { continue }
            kept += 1
            for reader in Self.readers {
                #expect(!Self.isOwn(reader.read(value)), "\(reader.name): \(value.debugDescription)")
            }
        }
        #expect(kept > 500)
    }

    @Test func `what the strict parser takes for the id is among the claims`() {
        var generator = SplitMix64(seed: 2045)
        var read = 0
        for _ in 0..<8_000 {
            var value = Self.ownID
            for _ in 0..<Int.random(in: 0...4, using: &generator) {
                let place = value.indices.randomElement(using: &generator) ?? value.startIndex
                value.insert(contentsOf: Self.pieces.randomElement(using: &generator) ?? "", at: place)
            }
            let octets = Array((value + "; none").utf8)
            guard let results = try? AuthenticationResults(parsing: octets) else { continue }
            read += 1
            switch ClaimedAuthservID(octets) {
            case .claims(let ids):
                let id = results.authservID.lowercased()
                #expect(ids.contains(id) || ids.contains(Self.firstWord(id)), "\(value.debugDescription)")
                #expect((results.version ?? 1) == 1, "\(value.debugDescription)")
            case .otherVersion: #expect(results.version != nil && results.version != 1, "\(value.debugDescription)")
            case .unreadable: #expect(!Self.isOwn(results.authservID), "\(value.debugDescription)")
            }
        }
        #expect(read > 500)
    }
}
