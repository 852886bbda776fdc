/// A stranger's text as a page shows it: everything that is not seen, or that turns the text around it, is written out as
/// `\u{202E}`.
///
/// Mustache escapes by characters, and a `<` that a combining mark follows is another character than `<`. So marks are
/// written out where they would join what HTML gives a meaning to.
enum VisibleText {
    static func of(_ text: String) -> String {
        var shown = ""
        for scalar in text.unicodeScalars {
            if isSeen(scalar) { shown.unicodeScalars.append(scalar) } else { shown += escape(scalar) }
        }
        guard shown.contains(where: { $0.unicodeScalars.count > 1 && $0.unicodeScalars.contains(where: isMarkup) })
        else {
            return shown
        }
        return shown.reduce(into: "") { plain, character in
            let joinsMarkup = character.unicodeScalars.count > 1 && character.unicodeScalars.contains(where: isMarkup)
            guard joinsMarkup else {
                plain.append(character)
                return
            }
            for scalar in character.unicodeScalars {
                if scalar.isASCII { plain.unicodeScalars.append(scalar) } else { plain += escape(scalar) }
            }
        }
    }

    private static func isSeen(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
        case .spaceSeparator: scalar == " "
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark,
            .spacingMark, .enclosingMark, .decimalNumber, .letterNumber, .otherNumber, .connectorPunctuation,
            .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation, .finalPunctuation,
            .otherPunctuation, .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol:
            true
        @unknown default: false
        }
    }

    private static func isMarkup(_ scalar: Unicode.Scalar) -> Bool {
        "<>&\"'".unicodeScalars.contains(scalar)
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
    }
}
