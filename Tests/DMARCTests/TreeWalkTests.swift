import DMARC
import DNS
import Mail
import Testing

/// What a walk asks, and when (RFC 9989, 4.10).
@Suite struct TreeWalkTests {
    /// The names of the TXT questions for a message from `author`, without `_dmarc`.
    private func asked(_ author: String, spf: String = "", dkim: String = "", _ zone: [String: World.Entry] = [:])
        throws
        -> [String]
    {
        var world = World(zone)
        _ = try world.judge(from: "a@" + author, spf: spf, dkim: dkim)
        #expect(Set(world.asked).count == world.asked.count)
        return world.asked.map { question in
            #expect(question.type == .txt)
            let name = question.name.text
            return name.hasPrefix("_dmarc.") ? String(name.dropFirst(7)) : "= " + name
        }
    }

    @Test(arguments: [
        ("com", ["com"]),
        ("example.com", ["example.com", "com"]),
        ("a.mail.example.com", ["a.mail.example.com", "mail.example.com", "example.com", "com"]),
        (
            "a.b.c.d.e.f.example.com",
            [
                "a.b.c.d.e.f.example.com", "b.c.d.e.f.example.com", "c.d.e.f.example.com", "d.e.f.example.com",
                "e.f.example.com", "f.example.com", "example.com", "com",
            ]
        ),
        (
            "mail.a.b.c.d.e.f.g.example.com",
            [
                "mail.a.b.c.d.e.f.g.example.com", "c.d.e.f.g.example.com", "d.e.f.g.example.com", "e.f.g.example.com",
                "f.g.example.com", "g.example.com", "example.com", "com",
            ]
        ),
        (
            "a.b.c.d.e.f.g.h.i.j.mail.example.com",
            [
                "a.b.c.d.e.f.g.h.i.j.mail.example.com", "g.h.i.j.mail.example.com", "h.i.j.mail.example.com",
                "i.j.mail.example.com", "j.mail.example.com", "mail.example.com", "example.com", "com",
            ]
        ),
    ])
    func `a walk visits the names of the standard`(_ author: String, _ names: [String]) throws {
        #expect(try asked(author) == names)
    }

    @Test(arguments: 1...60)
    func `a name of any length takes eight queries at most`(_ labels: Int) throws {
        let author = (1...labels).map { "l\($0)" }.joined(separator: ".")
        #expect(try asked(author).count == min(labels, 8))
    }

    @Test func `a message takes one round trip`() throws {
        var world = World(["_dmarc.example.com": "v=DMARC1; p=reject"])
        _ = try world.judge(
            from: "a@a.b.example.com",
            spf: "+bounce.example.com",
            dkim: "+x.y.example.com +example.net"
        )
        #expect(world.rounds == 1)
    }

    @Test func `np= takes a second one, and no policy without it does`() throws {
        var world = World(["_dmarc.example.com": "v=DMARC1; p=none; np=reject"])
        _ = try world.judge(from: "a@a.example.com")
        #expect(world.rounds == 2)
        #expect(try asked("a.example.com", world.zone) == ["a.example.com", "example.com", "com", "= a.example.com"])
        #expect(try asked("example.com", world.zone) == ["example.com", "com"])
        #expect(
            try asked("a.example.com", ["_dmarc.example.com": "v=DMARC1; p=none; sp=reject; np=reject"])
                == ["a.example.com", "example.com", "com"]
        )
    }

    @Test func `identifiers equal to the author domain ask nothing`() throws {
        let names = try asked(
            "example.com",
            spf: "+example.com",
            dkim: "+example.com",
            ["_dmarc.example.com": "v=DMARC1; p=none"]
        )
        #expect(names == ["example.com", "com"])
    }

    @Test func `strangers ask nothing`() throws {
        let names = try asked(
            "example.com",
            spf: "+mail.example.net",
            dkim: "+other.com",
            ["_dmarc.example.com": "v=DMARC1; p=none"]
        )
        #expect(names == ["example.com", "com"])
    }

    @Test func `a subdomain asks for what is between`() throws {
        let names = try asked("example.com", dkim: "+a.b.example.com", ["_dmarc.example.com": "v=DMARC1; p=none"])
        #expect(names == ["example.com", "com", "a.b.example.com", "b.example.com"])
    }

    @Test func `any number of signatures asks a bounded number of questions`() throws {
        let signers = (0..<200).map { "+a.b.c.d.e.f.g\($0).example.com +x\($0).example.net" }.joined(separator: " ")
        let count = try asked("example.com", dkim: signers, ["_dmarc.example.com": "v=DMARC1; p=reject"]).count
        #expect(count <= 9 * 8)
    }

    @Test func `a header without author asks nothing`() throws {
        var world = World([:])
        #expect(try world.judge([], dkim: "+example.com").result == .permerror)
        #expect(world.asked.isEmpty)
    }
}
