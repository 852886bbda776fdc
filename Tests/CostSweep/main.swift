// Reads files with one of the readers of hostile input, with a mark before each and after the last: run under callgrind
// with --dump-before='*beginInput*', each dump has the instructions that one file took.
//
//     cost-sweep READER FILE...
import Foundation
import HostileInput

/// Callgrind knows the place by its name.
@inline(never)
func beginInput() {}

let arguments = CommandLine.arguments.dropFirst()
guard let reader = arguments.first.flatMap(HostileReader.named(_:)) else {
    let names = HostileReader.all.map(\.name).joined(separator: ", ")
    FileHandle.standardError.write(Data("usage: cost-sweep READER FILE...; readers: \(names)\n".utf8))
    exit(64)
}
let files = try arguments.dropFirst().map { [UInt8](try Data(contentsOf: URL(filePath: $0))) }
// What is made once is made for the first.
files.first.map(reader.read)
for file in files {
    beginInput()
    reader.read(file)
}
beginInput()
