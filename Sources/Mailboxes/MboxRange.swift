public import Mail
internal import Octets

/// A part of an mbox: the messages whose From_ line begins in it. Together, the parts of an mbox contain each message
/// once, wherever it was cut.
public struct MboxRange: Hashable, Sendable {
    /// In octets from the beginning of the mbox.
    public let octets: Range<Int>

    /// The whole mbox.
    public static let all = MboxRange(0..<Int.max)

    public init(_ octets: Range<Int>) {
        self.octets = octets
    }

    /// Reads `A-B`, or `A-` for everything from there on; nil if it is neither.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let lower = Array(parts[0].utf8)[...].decimal else { return nil }
        guard !parts[1].isEmpty else {
            octets = lower..<Int.max
            return
        }
        guard let upper = Array(parts[1].utf8)[...].decimal, lower <= upper else { return nil }
        octets = lower..<upper
    }

    /// Octets that ``anchor(in:at:form:needsEmptyLine:)`` gets after the place before which it searches, so that the
    /// last line is whole; and octets before the first line, to show what is above it.
    public static let margin = MboxFromLine.lengthLimit + 3

    /// Where the last line in the octets begins that separates messages whatever is above the empty line before it:
    /// from there, an mbox is read as if from its beginning. Nil if there is none.
    ///
    /// - Parameters:
    ///   - octets: a part of the mbox.
    ///   - places: where the line may begin.
    ///   - form: the form of the separators.
    ///   - needsEmptyLine: see ``MboxReader``.
    public static func anchor(
        in octets: ArraySlice<UInt8>,
        at places: Range<Int>,
        form: MboxSeparatorForm,
        needsEmptyLine: Bool
    ) -> Int? {
        var place = min(places.upperBound, octets.endIndex)
        while place > places.lowerBound {
            place -= 1
            guard octets[place] == UInt8(ascii: "F"), place - 1 >= octets.startIndex, octets[place - 1] == .lineFeed
            else { continue }
            guard !needsEmptyLine || isBelowEmptyLine(place, in: octets) else { continue }
            let lineFeed = LibCSearch.firstIndex(of: .lineFeed, in: octets, from: place)
            let line = octets[place..<(lineFeed.map { $0 + 1 } ?? octets.endIndex)]
            if let fromLine = MboxFromLine(line), form.isShared(by: fromLine.form) { return place }
        }
        return nil
    }

    /// The octet before `place` is a line feed; the line that it ends is empty.
    private static func isBelowEmptyLine(_ place: Int, in octets: ArraySlice<UInt8>) -> Bool {
        var end = place - 2
        if end >= octets.startIndex, octets[end] == .carriageReturn { end -= 1 }
        return end >= octets.startIndex && octets[end] == .lineFeed
    }
}
