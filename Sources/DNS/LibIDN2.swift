internal import CIDN2

/// libidn2: U-labels to A-labels. One call in, one array out; no pointer leaves this file.
enum LibIDN2 {
    /// The A-label form of a name in UTF-8, by IDNA2008 with the non-transitional mapping of UTS #46; nil if IDNA
    /// refuses it, if it is not UTF-8, or if it contains a NUL (the library would not see what follows it).
    static func aLabels(of name: [UInt8]) -> [UInt8]? {
        /// At most four octets per character: nothing longer becomes a name of 253 octets.
        guard !name.isEmpty, name.count <= 4 * Domain.lengthLimit, !name.contains(0) else { return nil }
        let terminated = name + [0]
        var result: UnsafeMutablePointer<UInt8>?
        let flags = Int32(bitPattern: UInt32(IDN2_NFC_INPUT.rawValue | IDN2_NONTRANSITIONAL.rawValue))
        let status = unsafe terminated.withUnsafeBufferPointer { buffer in
            unsafe idn2_lookup_u8(buffer.baseAddress, &result, flags)
        }
        defer { if let result = unsafe result { unsafe idn2_free(result) } }
        guard status == Int32(IDN2_OK.rawValue), let result = unsafe result else { return nil }
        var ascii: [UInt8] = []
        var index = 0
        while unsafe result[index] != 0 {
            unsafe ascii.append(result[index])
            index += 1
        }
        return ascii
    }

    /// The name with its A-labels decoded, even if IDNA would not have made them; nil if one cannot be decoded.
    static func uLabels(of name: [UInt8]) -> [UInt8]? {
        guard !name.isEmpty, name.count <= Domain.lengthLimit, !name.contains(0) else { return nil }
        let terminated = (name + [0]).map(CChar.init(bitPattern:))
        var result: UnsafeMutablePointer<CChar>?
        let status = unsafe terminated.withUnsafeBufferPointer { buffer in
            unsafe idn2_to_unicode_8z8z(buffer.baseAddress, &result, 0)
        }
        defer { if let result = unsafe result { unsafe idn2_free(result) } }
        guard status == Int32(IDN2_OK.rawValue), let result = unsafe result else { return nil }
        var text: [UInt8] = []
        while unsafe result[text.count] != 0 { unsafe text.append(UInt8(bitPattern: result[text.count])) }
        return text
    }
}
