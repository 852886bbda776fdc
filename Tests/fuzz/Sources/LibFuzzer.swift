import CFuzzer
import Foundation
import HostileInput

/// libFuzzer's loop, which takes a function without a context.
enum LibFuzzer {
    /// Set once, before the loop begins.
    nonisolated(unsafe) static var reader: HostileReader?

    static func run(_ arguments: [String]) -> Int32 {
        var count = Int32(arguments.count)
        var list = arguments.map { strdup($0) } + [nil]
        return unsafe list.withUnsafeMutableBufferPointer { list in
            var start = unsafe list.baseAddress
            return unsafe LLVMFuzzerRunDriver(&count, &start) { octets, count in
                unsafe LibFuzzer.reader?.read(Array(UnsafeBufferPointer(start: octets, count: count)))
                return 0
            }
        }
    }
}
