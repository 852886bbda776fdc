extension [UInt8] {
    /// How many octets at the beginning are well-formed UTF-8.
    var validUTF8Prefix: Int {
        var decoder = Unicode.UTF8.ForwardParser()
        var iterator = makeIterator()
        var length = 0
        while case .valid(let scalar) = decoder.parseScalar(from: &iterator) { length += scalar.count }
        return length
    }
}
