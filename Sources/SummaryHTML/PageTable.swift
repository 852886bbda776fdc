internal import Files

/// A table of the page, which a reader can sort and filter.
struct PageTable {
    let caption: String
    let columns: [Column]
    let rows: [Row]
    /// What is not in it; nil if everything is.
    let rest: String?

    struct Column {
        let title: String
        let isNumber: Bool
    }

    struct Row {
        /// What the row is about: its first cell, a text.
        let name: String
        let cells: [Cell]

        init(_ cells: [Cell]) {
            name = cells.first?.text ?? ""
            self.cells = Array(cells.dropFirst())
        }
    }

    struct Cell {
        let text: String
        let isNumber: Bool
        /// The number that a reader sorts by.
        let value: String

        /// A stranger's text, or one of ours.
        static func text(_ text: String) -> Cell {
            Cell(text: VisibleText.of(text), isNumber: false, value: "")
        }

        static func number(_ number: Int) -> Cell {
            Cell(text: number.grouped, isNumber: true, value: "\(number)")
        }
    }

    /// Rows of a page; the JSON has all of them.
    static let rowLimit = 1000

    /// - Parameters:
    ///   - columns: titles, those of numbers with `#` before them.
    ///   - others: of what there are more rows, and how many things a summary did not tell apart.
    init(_ caption: String, _ columns: [String], _ rows: [[Cell]], others: (name: String, count: Int)? = nil) {
        self.caption = caption
        self.columns = columns.map { Column(title: String($0.drop { $0 == "#" }), isNumber: $0.hasPrefix("#")) }
        self.rows = rows.prefix(Self.rowLimit).map(Row.init)
        let notShown = rows.count - self.rows.count
        var rest: [String] = []
        if notShown > 0 { rest.append("\(notShown.grouped) more rows are in the JSON of the summary") }
        if let others, others.count > 0 {
            rest.append("\(others.count.grouped) \(others.name) are not told apart: there are too many different ones")
        }
        self.rest = rest.isEmpty ? nil : rest.joined(separator: "; ") + "."
    }
}
