import MailSignature
import Testing

@Suite struct RSAPublicKeyTests {
    /// DER by hand: what a test writes must not come from what it tests.
    private static func node(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        let length: [UInt8] =
            content.count < 0x80
            ? [UInt8(content.count)]
            : content.count < 0x100
                ? [0x81, UInt8(content.count)] : [0x82, UInt8(content.count >> 8), UInt8(content.count & 0xFF)]
        return [tag] + length + content
    }

    private static let exponent: [UInt8] = [0x01, 0x00, 0x01]
    private static let rsaEncryption: [UInt8] = [0x06, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01]

    /// An odd number of so many bits.
    private static func modulus(_ bits: Int) -> [UInt8] {
        var octets = [UInt8](repeating: 0xA5, count: (bits + 7) / 8)
        octets[0] = 1 << UInt8((bits - 1) % 8)
        octets[octets.count - 1] |= 1
        return octets
    }

    private static func key(_ modulus: [UInt8], _ exponent: [UInt8] = exponent) -> [UInt8] {
        let padded = modulus.first.map { $0 >= 0x80 } == true ? [0] + modulus : modulus
        return node(0x30, node(0x02, padded) + node(0x02, exponent))
    }

    private static func keyInfo(_ key: [UInt8], algorithm: [UInt8] = rsaEncryption + [0x05, 0]) -> [UInt8] {
        node(0x30, node(0x30, algorithm) + node(0x03, [0] + key))
    }

    @Test(arguments: [9, 512, 1016, 1017, 1020, 1023, 1024, 1025, 2048, 4096, 5600]) func `bits are counted as bits`(
        _ bits: Int
    ) throws {
        let key = Self.key(Self.modulus(bits))
        for der in [key, Self.keyInfo(key), Self.keyInfo(key, algorithm: Self.rsaEncryption)] {
            let read = try #require(RSAPublicKey(der: der))
            #expect(read.bits == bits)
            #expect(read.exponent == Self.exponent)
            #expect(read.subjectPublicKeyInfo == Self.keyInfo(key), "written anew, as everyone writes it")
        }
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let der: [UInt8]
        var testDescription: String { name }

        init(_ name: String, _ der: [UInt8]) {
            self.name = name
            self.der = der
        }
    }

    static let defects: [Case] = {
        let modulus = Self.modulus(1024)
        let key = Self.key(modulus)
        let pss: [UInt8] = [0x06, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0A]
        return [
            Case("nothing", []),
            Case("an octet", [0x30]),
            Case("an empty sequence", [0x30, 0]),
            Case("octets behind the key", key + [0]),
            Case("octets behind the key inside", keyInfo(key + [0])),
            Case("octets behind the key info", keyInfo(key) + [0]),
            Case("a length that is too large", Array(key.dropLast())),
            Case("an indefinite length", [0x30, 0x80] + key.dropFirst(4) + [0, 0]),
            Case("another algorithm", keyInfo(key, algorithm: pss + [0x05, 0])),
            Case("odd parameters", keyInfo(key, algorithm: rsaEncryption + [0x06, 0])),
            Case("two parameters", keyInfo(key, algorithm: rsaEncryption + [0x05, 0, 0x05, 0])),
            Case("unused bits", node(0x30, node(0x30, rsaEncryption + [0x05, 0]) + node(0x03, [1] + key))),
            Case("a key info inside a key info", keyInfo(keyInfo(key))),
            Case("three numbers", node(0x30, node(0x02, [0] + modulus) + node(0x02, exponent) + node(0x02, [1]))),
            Case("one number", node(0x30, node(0x02, [0] + modulus))),
            Case("a negative modulus", node(0x30, node(0x02, [0x80] + modulus.dropFirst()) + node(0x02, exponent))),
            Case("zeros in front of the modulus", node(0x30, node(0x02, [0, 0] + modulus) + node(0x02, exponent))),
            Case("an even modulus", Self.key(modulus.dropLast() + [2])),
            Case("a modulus of zero", Self.key([0])),
            Case("an empty modulus", Self.key([])),
            Case("an even exponent", Self.key(modulus, [4])),
            Case("an exponent of one", Self.key(modulus, [1])),
            Case("an exponent of zero", Self.key(modulus, [0])),
            Case("a negative exponent", Self.key(modulus, [0x83])),
            Case("an exponent of nine octets", Self.key(modulus, [1, 0, 0, 0, 0, 0, 0, 0, 1])),
        ]
    }()

    @Test(arguments: defects) func `what is no key is refused`(_ defect: Case) {
        #expect(RSAPublicKey(der: defect.der) == nil)
    }

    @Test func `no octet of a key can be cut or changed to a crash`() {
        let der = Self.keyInfo(Self.key(Self.modulus(1024)))
        for index in der.indices {
            _ = RSAPublicKey(der: Array(der[..<index]))
            for bit in 0..<8 {
                var changed = der
                changed[index] ^= 1 << UInt8(bit)
                if let key = RSAPublicKey(der: changed) { #expect(key.bits <= 1100) }
            }
        }
    }
}
