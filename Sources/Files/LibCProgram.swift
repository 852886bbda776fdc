internal import Glibc

/// The code of the program and its libraries in memory.
package enum LibCProgram {
    /// Gives back the pages of code that the start has touched: relocations, symbols, commands. They are half of the
    /// memory of a program that has done nothing yet. What is needed again comes from the file.
    package static func releaseCode() {
        guard let maps = try? InputFile.contents(of: "/proc/self/maps") else { return }
        for line in maps.split(separator: UInt8(ascii: "\n")) {
            // Addresses, permissions, offset, device, inode, path.
            let fields = line.split(separator: UInt8(ascii: " "), maxSplits: 5)
            guard fields.count == 6, fields[1].elementsEqual("r-xp".utf8), fields[5].contains(UInt8(ascii: "/")) else {
                continue
            }
            let ends = fields[0].split(separator: UInt8(ascii: "-")).compactMap {
                Int(String(decoding: $0, as: UTF8.self), radix: 16)
            }
            guard ends.count == 2 else { continue }
            // Never written to: the kernel reads them again. What was written to, such as relocated data, is not here.
            unsafe madvise(UnsafeMutableRawPointer(bitPattern: ends[0]), ends[1] - ends[0], MADV_DONTNEED)
        }
    }
}
