/// Writes XML: elements and escaped text, nothing else.
struct ReportXML {
    private(set) var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    private var depth = 0

    mutating func element(_ name: String, attributes: String = "", _ content: (inout ReportXML) -> Void) {
        line("<\(name)\(attributes)>")
        depth += 1
        content(&self)
        depth -= 1
        line("</\(name)>")
    }

    /// An element with a text; nothing if there is no text.
    mutating func element(_ name: String, _ value: String?) {
        guard let value else { return }
        line("<\(name)>\(Self.escaped(value))</\(name)>")
    }

    private mutating func line(_ markup: String) {
        text += String(repeating: "  ", count: depth) + markup + "\n"
    }

    /// Char of XML 1.0, section 2.2; other characters become a question mark, because they cannot be written.
    private static func escaped(_ value: String) -> String {
        var text = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "\"": text += "&quot;"
            case "\u{20}"..."\u{D7FF}", "\u{E000}"..."\u{FFFD}", "\u{10000}"..."\u{10FFFF}":
                text.unicodeScalars.append(scalar)
            default: text += "?"
            }
        }
        return text
    }
}
