/// Finds the word that a misspelt one was meant to be.
enum Spelling {
    /// The known word that takes the fewest changes, ignoring case and the choice of `_` or `-`; nil if none is near:
    /// at most a third of the letters, and at most three, may differ.
    static func nearest(to word: String, among known: some Sequence<String>) -> String? {
        let letters = folded(word)
        let limit = min(3, max(1, letters.count / 3))
        let near = known.map { (word: $0, distance: distance(letters, folded($0))) }
            .min { ($0.distance, $0.word) < ($1.distance, $1.word) }
        guard let near, near.distance <= limit else { return nil }
        return near.word
    }

    private static func folded(_ word: String) -> [Character] {
        word.lowercased().map { $0 == "_" || $0 == "." ? "-" : $0 }
    }

    /// Letters to insert, remove, replace or swap with their neighbour (optimal string alignment).
    private static func distance(_ one: [Character], _ other: [Character]) -> Int {
        // No key is longer than this; a longer text was not meant as one.
        guard one.count <= 64, other.count <= 64 else { return .max }
        var rows = [Array(0...other.count)]
        for (i, letter) in one.enumerated() {
            var row = [i + 1]
            for (j, another) in other.enumerated() {
                let replaced = rows[i][j] + (letter == another ? 0 : 1)
                var best = min(rows[i][j + 1] + 1, row[j] + 1, replaced)
                if i > 0, j > 0, letter == other[j - 1], one[i - 1] == another {
                    best = min(best, rows[i - 1][j - 1] + 1)
                }
                row.append(best)
            }
            rows.append(row)
        }
        return rows[one.count][other.count]
    }
}
