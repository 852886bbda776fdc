import StatusCodes
import Testing

@Suite struct StatusCodeRegistryTests {
    @Test func `all 81 enumerated codes are there, each once and in order`() {
        let numbers = StatusCodeRegistry.codes.map { [$0.subject, $0.detail] }
        #expect(numbers.count == 81)
        #expect(Set(numbers).count == 81)
        #expect(numbers.map { $0[0] * 1000 + $0[1] } == numbers.map { $0[0] * 1000 + $0[1] }.sorted())
        // Details are numbered without a gap, from 0; this is the last of each subject.
        for (subject, last) in [0, 10, 4, 6, 7, 6, 10, 30].enumerated() {
            #expect(numbers.filter { $0[0] == subject }.map { $0[1] } == Array(0...last), "X.\(subject)")
        }
    }

    @Test(arguments: StatusCodeRegistry.codes)
    func `a code has a meaning, a reference, and basic codes that are some`(_ code: RegisteredCode) {
        #expect(!code.meaning.isEmpty && !code.explanation.isEmpty)
        #expect(code.explanation.hasSuffix("."))
        #expect(code.reference.hasPrefix("RFC ") || code.reference.hasPrefix("draft-"))
        #expect(code.basicCodes.listed.allSatisfy { (200...559).contains($0) })
        #expect(StatusCodeRegistry.subject(code.subject) != nil)
        #expect(StatusCodeRegistry.code(named: code.name) == code)
    }

    struct Known: Sendable, CustomTestStringConvertible {
        let name: String
        let meaning: String
        let basic: String
        let reference: String
        var testDescription: String { name }
    }

    @Test(arguments: [
        Known(name: "0.0", meaning: "Other undefined Status", basic: "any", reference: "RFC 3463"),
        Known(name: "1.10", meaning: "Recipient address has null MX", basic: "556", reference: "RFC 7505"),
        Known(name: "4.3", meaning: "Directory server failure", basic: "451, 550", reference: "RFC 3463"),
        Known(
            name: "7.15",
            meaning: "Priority Level is too low",
            basic: "450, 550 (other 4XX or 5XX codes are allowed)",
            reference: "RFC 6710"
        ),
        Known(name: "7.17", meaning: "Mailbox owner has changed", basic: "5XX", reference: "RFC 7293"),
        Known(name: "7.20", meaning: "No passing DKIM signature found", basic: "550", reference: "RFC 7372"),
        Known(name: "7.24", meaning: "SPF validation error", basic: "451, 550", reference: "RFC 7372"),
        Known(name: "7.26", meaning: "Multiple authentication checks failed", basic: "550", reference: "RFC 7372"),
        Known(name: "7.28", meaning: "Mail flood detected", basic: "not given", reference: "draft-levine"),
        Known(name: "7.29", meaning: "ARC validation failure", basic: "550", reference: "RFC 8617"),
        Known(name: "7.30", meaning: "REQUIRETLS support required", basic: "550", reference: "RFC 8689"),
    ])
    func `a code is as IANA has it`(_ known: Known) throws {
        let code = try #require(StatusCodeRegistry.code(named: known.name))
        #expect(code.meaning == known.meaning)
        #expect(code.basicCodes.description == known.basic)
        #expect(code.reference.hasPrefix(known.reference))
    }

    @Test(arguments: ["5.7.26", "X.7.26", "x.7.26", "7.26", "4.7.26", "2.7.26"])
    func `a code is found under each of its names`(_ name: String) {
        #expect(StatusCodeRegistry.code(named: name)?.name == "X.7.26")
    }

    @Test(arguments: ["", "5", "5.7", "5.7.31", "X.8.0", "3.7.26", "5.7.26.", "5.7.026", "X.7.x", "5.7.1000", "５.7.1"])
    func `what is not registered is not found`(_ name: String) {
        // 5.7 is no code of three numbers, but X.5.7 without its class, and there is none.
        #expect(StatusCodeRegistry.code(named: name) == nil)
    }

    @Test(arguments: [
        ("5.7.23", 550, true), ("5.7.23", 554, false), ("4.7.23", 451, false), ("4.7.24", 451, true),
        ("5.7.24", 550, true), ("5.7.24", 451, false), ("4.4.3", 451, true), ("5.7.5", 554, true),
        ("5.7.15", 554, true),
        ("4.7.17", 451, false), ("5.7.17", 550, true), ("2.0.0", 250, true), ("5.0.0", 250, false),
    ])
    func `a basic code goes with an enhanced one of its class that is registered for it`(
        _ enhanced: String,
        _ basic: Int,
        _ expected: Bool
    ) throws {
        let code = try #require(EnhancedCode(enhanced))
        let registered = try #require(StatusCodeRegistry.code(code))
        #expect(registered.goes(with: basic, in: code.statusClass) == expected)
    }

    @Test(arguments: [
        ("5.7.26", 550), ("4.7.24", 451), ("4.4.3", 451), ("4.7.1", 451), ("5.7.1", 550), ("5.3.4", 554),
        ("5.7.10", 523),
        ("4.7.20", nil), ("4.7.5", 451), ("4.2.4", 450), ("5.1.10", 556),
    ])
    func `the basic code of an enhanced one is the usual one, if it is registered`(
        _ enhanced: String,
        _ expected: Int?
    ) throws {
        let code = try #require(EnhancedCode(enhanced))
        #expect(StatusCodeRegistry.code(code)?.basicCode(in: code.statusClass) == expected)
    }
}

@Suite struct EnhancedCodeTests {
    @Test func `a code is read as it is written`() {
        for registered in StatusCodeRegistry.codes {
            for statusClass in EnhancedCode.Class.allCases {
                let code = EnhancedCode(statusClass, registered.subject, registered.detail)
                #expect(EnhancedCode(code.description) == code)
            }
        }
    }

    @Test(arguments: [
        "", "5", "5.7", "5.7.1.1", "1.7.1", "5.07.1", "5.7.", ".7.1", "5.7.1 ", "5.-7.1", "5.7.+1", "X.7.1",
    ])
    func `what is not a code is none`(_ text: String) {
        #expect(EnhancedCode(text) == nil)
    }
}
