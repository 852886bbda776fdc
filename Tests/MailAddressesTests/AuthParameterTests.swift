import DNS
import Mail
import MailAddresses
import Testing

@Suite struct AuthParameterTests {
    @Test(arguments: [
        ("ann@a.example", "ann", "a.example"), ("e+3Dmc2@example.com", "e=mc2", "example.com"),
        ("ann+2Blists@a.example", "ann+lists", "a.example"), ("+22a+20b+22@a.example", "a b", "a.example"),
        ("\"a+20b\"@A.Example", "a b", "a.example"), ("j+C3+B6rg@a.example", "jörg", "a.example"),
        ("ann+40a.example", "ann", "a.example"), ("root@localhost", "root", "localhost"),
    ])
    func `the value is a mailbox in xtext`(_ value: String, _ localPart: String, _ domain: String) {
        guard case .mailbox(let mailbox) = AuthParameter(Array(value.utf8)) else {
            Issue.record("no mailbox")
            return
        }
        #expect(mailbox.localPart == Array(localPart.utf8))
        #expect(mailbox.host == Domain(domain).map(ReversePath.Host.domain))
    }

    @Test(arguments: [
        "", "ann", "+", "a+3", "a+zz@a.example", "a+3d@a.example", "a=b@a.example", "a b@a.example", "<ann@a.example>",
        "ann@a.example,b@b.example", "a..b@a.example", "ann@a.example.", "ann@a_b.example", "+3C+3E", "a+0Ab@a.example",
        "a+00@a.example", "ann@a.example+0D+0ARCPT", "jörg@a.example", "+FF@a.example", "@r.example:ann@a.example",
        "ann@a.example+20", "ann@@a.example", String(repeating: "a", count: 500) + "@a.example",
    ])
    func `anything else vouches for nobody`(_ value: String) {
        #expect(AuthParameter(Array(value.utf8)) == .invalid)
    }

    @Test func `the sign that nobody is vouched for is no mailbox`() {
        #expect(AuthParameter(Array("<>".utf8)) == .nobody)
    }

    @Test(arguments: [
        (["SIZE=100", "AUTH=ann@a.example", "BODY=8BITMIME"], true), (["auth=ann@a.example"], true),
        (["AUTH=ann@a.example", "AUTH=ann@a.example"], false), (["AUTH=ann@a.example", "Auth=<>"], false),
    ])
    func `a command gives it once`(_ parameters: [String], isMailbox: Bool) {
        let parameter = AuthParameter(in: parameters.map { Array($0.utf8) })
        #expect(parameter == AuthParameter(Array((isMailbox ? "ann@a.example" : "invalid").utf8)))
    }

    @Test(arguments: [[], ["SIZE=1"], ["AUTH"], ["XAUTH=ann@a.example"]])
    func `a command may be without`(_ parameters: [String]) {
        #expect(AuthParameter(in: parameters.map { Array($0.utf8) }) == nil)
    }
}
