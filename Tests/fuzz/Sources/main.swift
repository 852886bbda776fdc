// libFuzzer around one of the readers of hostile input.
//
//     fuzz READER [libFuzzer's options and corpus folders]
import CFuzzer
import Foundation
import HostileInput

let names = HostileReader.all.map(\.name).joined(separator: ", ")
guard CommandLine.arguments.count > 1, let reader = HostileReader.named(CommandLine.arguments[1]) else {
    FileHandle.standardError.write(Data("usage: fuzz READER [OPTIONS] [FOLDERS]; readers: \(names)\n".utf8))
    exit(64)
}
LibFuzzer.reader = reader
exit(LibFuzzer.run([CommandLine.arguments[0]] + CommandLine.arguments.dropFirst(2)))
