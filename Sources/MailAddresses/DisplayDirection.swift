/// The direction in which text is shown, if its writer sets it (Unicode, UAX #9): after U+202E, the octets
/// `elpmaxe.knab@evil.com` are shown as `moc.live@bank.example` (Shen et al., "Weak Links", 2021, A14).
extension [UInt8] {
    /// True if it contains U+202D or U+202E, which set the direction in which everything after them is shown.
    var overridesDirection: Bool {
        contains(0xE2) && String(decoding: self, as: UTF8.self).unicodeScalars.contains(where: \.overridesDirection)
    }

    /// The text with everything after the first of them reversed, and without characters that set directions.
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
