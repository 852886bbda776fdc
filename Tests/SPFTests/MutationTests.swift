import DNS
import Foundation
import SPF
import TestSupport
import Testing

/// Damaged records, macros and explanations: each has a verdict, and the same one when it is asked for again.
///
/// `AUTHRES_MUTATIONS=1000000` in the environment makes a million of them.
@Suite struct MutationTests {
    private static let count = ProcessInfo.processInfo.environment["AUTHRES_MUTATIONS"].flatMap(Int.init) ?? 10_000

    /// What mutations start from: every mechanism, every modifier, every shape of macro.
    private static let texts = [
        "v=spf1 a/24//64 mx/0 ptr:%{d} ip4:192.0.2.0/25 ip6:2001:db8::/32 include:i.example.com -all exp=why.example.com",
        "v=spf1 ?exists:%{ir}.%{v}._spf.%{d2} ~a:%{l1r-}.example.com. redirect=r.example.com moo=%{x}",
        "v=spf1 include:%{s}.%{o}.example.com mx:%{H}%%%_%-.example.com +all",
        "%{S} %{L} %{O} %{D} %{I} %{P} %{V} %{H} %{c} %{r} %{t} %{d128r.-+,/_=} 100%%",
        "v=spf1 -all exp=%{p}.example.com",
    ]

    private static let pieces = [
        "%", "%{", "}", "%{d}", "%{i}", "%{p}", "%{l9r-}", " ", "  ", "/", "//", "/0", "/33", ":", "=", ".", "..", "-",
        "~",
        "?", "+", "v=spf1", "redirect=", "exp=", "include:", "a", "mx", "ptr", "all", "ip4:", "ip6:", "exists:", "\0",
        "\u{7f}", "é", "99999999999999999999", "example.com", "\r\n", "\"", "\\", "(", ";",
    ].map { Array($0.utf8) }

    /// One to four changes: a piece put in, octets taken out, turned over, or repeated.
    private static func mutate(_ text: inout [UInt8], _ random: inout SplitMix64) {
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let index = Int.random(in: 0...text.count, using: &random)
            let length = Int.random(in: 0...min(8, text.count - index), using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0, 1: text.insert(contentsOf: pieces.randomElement(using: &random) ?? [], at: index)
            case 2: text.removeSubrange(index..<(index + length))
            case 3: if index < text.count { text[index] ^= 1 << UInt8.random(in: 0..<8, using: &random) }
            case 4: if index < text.count { text[index] = UInt8.random(in: 0...255, using: &random) }
            default:
                let run = Array(text[index..<(index + length)])
                for _ in 0..<Int.random(in: 1...40, using: &random) { text.insert(contentsOf: run, at: index) }
            }
        }
    }

    private static func world(_ random: inout SplitMix64) -> World {
        var world = World(
            """
            example.com A 198.51.100.1
            example.com MX h.example.com
            h.example.com A 198.51.100.2
            3.2.0.192.in-addr.arpa PTR h.example.com
            """
        )
        for name in ["example.com", "i.example.com", "r.example.com", "why.example.com", "helo.example.com"] {
            var text = Array((texts.randomElement(using: &random) ?? "").utf8)
            if name != "example.com" || Bool.random(using: &random) { mutate(&text, &random) }
            var strings: [[UInt8]] = [text]
            if Bool.random(using: &random) {
                let cut = Int.random(in: 0...text.count, using: &random)
                strings = [Array(text[..<cut]), Array(text[cut...])]
            }
            world.set(name, .txt, Answer(.records([.txt(strings)])))
        }
        return world
    }

    @Test func `a damaged zone has a verdict`() throws {
        var random = SplitMix64(seed: 7208)
        var results: [SPFResult: Int] = [:]
        for _ in 0..<Self.count {
            let world = Self.world(&random)
            var mailFrom = Array("<strong-bad@example.com>".utf8)
            if Int.random(in: 0..<8, using: &random) == 0 { Self.mutate(&mailFrom, &random) }
            let helo = Array("helo.example.com".utf8)
            let ip = Bool.random(using: &random) ? "192.0.2.3" : "2001:db8::3"
            let run = try #require(world.run(ip: ip, helo: helo, mailFrom: mailFrom))
            let again = try #require(world.run(ip: ip, helo: helo, mailFrom: mailFrom))
            #expect(run.verdict == again.verdict && run.asked == again.asked)
            let verdict = run.verdict
            results[verdict.result, default: 0] += 1
            #expect(verdict.result != .policy)
            #expect(verdict.queries <= 10 && verdict.voidLookups <= 3)
            #expect(verdict.explanation == nil || verdict.result == .fail)
            for text in [verdict.reason, verdict.explanation, verdict.mechanism] {
                #expect(text?.utf8.allSatisfy { (0x20...0x7E).contains($0) } ?? true)
            }
        }
        /// The mutations reach more than the syntax error.
        #expect(results.count >= 5 && results[.permerror, default: 0] < Self.count * 9 / 10, "\(results)")
    }
}
