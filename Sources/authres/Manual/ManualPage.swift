/// A page for man(1), in the macros of man(7).
struct ManualPage {
    private(set) var text: String

    /// - Parameter summary: the text beside the name, also in whatis(1).
    init(_ name: String, section: Int, summary: String) {
        text = ".TH \"\(name)\" \"\(section)\" \"\" \"authres \(Build.version)\" \"\"\n"
        heading("NAME")
        text += "\(Self.escaped(name)) \\- \(Self.escaped(summary))\n"
    }

    mutating func heading(_ title: String) {
        text += ".SH \"\(title.uppercased())\"\n"
    }

    mutating func subheading(_ title: String) {
        text += ".SS \"\(Self.escaped(title))\"\n"
    }

    /// Text in paragraphs, separated by blank lines.
    mutating func paragraphs(_ content: String) {
        for paragraph in content.split(separator: "\n\n") {
            text += ".PP\n" + Self.escaped(String(paragraph)) + "\n"
        }
    }

    /// A term, as it is typed, and its meaning.
    mutating func item(_ term: String, _ meaning: String) {
        text += ".TP\n\\fB\(Self.escaped(term))\\fR\n\(Self.escaped(meaning))\n"
    }

    /// Lines that are printed as they are.
    mutating func example(_ lines: String) {
        text += ".PP\n.nf\n" + Self.escaped(lines) + "\n.fi\n"
    }

    /// Escapes the text so that nothing in it is a request or an escape, and hyphens can be copied.
    private static func escaped(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            let plain = line.replacing("\\", with: "\\e").replacing("-", with: "\\-")
            return plain.hasPrefix(".") || plain.hasPrefix("'") ? "\\&" + plain : plain
        }.joined(separator: "\n")
    }
}
