/// The direction in which text is shown, where its writer sets it (Unicode, UAX #9): behind U+202E, the octets
/// `elpmaxe.knab@evil.com` are shown as `moc.live@bank.example` (Shen et al., "Weak Links", 2021, A14).
extension [UInt8] {
    /// True if U+202D or U+202E is in it, which set the direction in which all that follows is shown.
    var overridesDirection: Bool {
        contains(0xE2) && String(decoding: self, as: UTF8.self).unicodeScalars.contains(where: \.overridesDirection)
    }

    /// The text with all that follows the first of them backwards, and without what sets directions.
    var shownFromRightToLeft: [UInt8] {
        let text = String(decoding: self, as: UTF8.self).unicodeScalars
        let before = text.prefix { !$0.overridesDirection }
        let behind = text.dropFirst(before.count).filter { !(0x202A...0x202E).contains($0.value) }
        return Array(String(String.UnicodeScalarView(before + behind.reversed())).utf8)
    }
}

extension Unicode.Scalar {
    fileprivate var overridesDirection: Bool { value == 0x202D || value == 0x202E }
}
