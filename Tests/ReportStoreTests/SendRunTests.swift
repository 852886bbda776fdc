import AggregateReports
import DNS
import Foundation
import ReportStore
import Synchronization
import Testing

@Suite struct SendRunTests {
    /// An MTA that answers as it is told, and the DNS around it.
    final class Outside: Sendable {
        let answers: Mutex<[SendOutcome]>
        let sent = Mutex<[String]>([])
        let zone: ZoneFile

        init(_ answers: [SendOutcome] = [], zone: String = "") throws {
            self.answers = Mutex(answers)
            var file = ZoneFile()
            try file.read(Array(zone.utf8), file: "zone")
            self.zone = file
        }

        func run(_ world: borrowing StoreWorld, _ limits: SendRun.Limits = .init(), at now: Int64 = StoreWorld.now)
            async throws -> [String]
        {
            let run = SendRun(world.database, ZoneResolver(zone), from: "dmarc@example.org", limits: limits) {
                [self] _, address in
                sent.withLock { $0.append(address) }
                return answers.withLock { $0.isEmpty ? .accepted : $0.removeFirst() }
            }
            return try await run.run(at: now).map { "\($0.address) \($0.state.rawValue)" }
        }
    }

    private static func world(_ domains: [String] = ["sender.example"], rua: [String]? = nil) throws -> StoreWorld {
        let world = try StoreWorld()
        for domain in domains {
            try world.database.add([StoreWorld.observation(domain, rua: rua): 1], at: StoreWorld.now)
        }
        #expect(try world.make().count == domains.count)
        return world
    }

    @Test func `a report is sent once, however often it is run`() async throws {
        let world = try Self.world()
        let outside = try Outside()
        #expect(try await outside.run(world) == ["r@sender.example sent"])
        #expect(try await outside.run(world) == [])
        #expect(outside.sent.withLock { $0 } == ["r@sender.example"])
    }

    @Test func `a run that dies while it sends leaves no report that is sent twice`() async throws {
        let world = try Self.world()
        struct Death: Error {}
        let run = SendRun(world.database, ZoneResolver(ZoneFile()), from: "dmarc@example.org") { _, _ in
            // The process ends here: nothing after it is done.
            try? await Task.sleep(for: .seconds(3600))
            return .accepted
        }
        let dying = Task { [now = StoreWorld.now] in try await run.run(at: now) }
        while try world.database.reports().first?.deliveries.first?.state != "sending" { await Task.yield() }
        let outside = try Outside()
        #expect(try await outside.run(world) == [])
        #expect(try world.database.reports().first?.deliveries.map(\.state) == ["sending"])
        dying.cancel()
        _ = try? await dying.value
    }

    @Test func `what could not be sent is tried again, later and not for ever`() async throws {
        let world = try Self.world()
        let outside = try Outside([.temporary("450 busy"), .temporary("450 busy"), .temporary("450 busy")])
        #expect(try await outside.run(world) == ["r@sender.example due"])
        #expect(try await outside.run(world) == [])
        #expect(try await outside.run(world, at: StoreWorld.now + 3600) == ["r@sender.example due"])
        #expect(try await outside.run(world, at: StoreWorld.now + 4 * 86_400) == ["r@sender.example failed"])
        #expect(try await outside.run(world, at: StoreWorld.now + 5 * 86_400) == [])
    }

    @Test func `an address that takes no mail is not written to again`() async throws {
        let world = try Self.world()
        let outside = try Outside([.refused("550 no such user")])
        #expect(try await outside.run(world) == ["r@sender.example failed"])
        #expect(try world.database.refusals().map(\.target) == ["r@sender.example"])
        try world.database.add([StoreWorld.observation(): 1], at: StoreWorld.now)
        _ = try world.make()
        #expect(try await outside.run(world) == ["r@sender.example ignored"])
        #expect(try world.database.accept("R@sender.example"))
        try world.database.add([StoreWorld.observation(): 1], at: StoreWorld.now)
        _ = try world.make()
        #expect(try await outside.run(world) == ["r@sender.example sent"])
    }

    @Test func `who has opted out gets nothing, by address or by host`() async throws {
        for target in ["r@sender.example", "sender.example"] {
            let world = try Self.world()
            try world.database.refuse(target, reason: "opted out", at: 0)
            #expect(try await Outside().run(world) == ["r@sender.example ignored"])
        }
    }

    @Test func `addresses elsewhere are asked for, and the first of a list are enough`() async throws {
        let world = try Self.world(
            rua: [
                "mailto:a@sender.example", "https://sender.example/", "mailto:b@collector.example",
                "mailto:c@victim.example", "mailto:a@sender.example", "mailto:e@sender.example",
            ]
        )
        var limits = SendRun.Limits()
        limits.destinations = 5
        let outside = try Outside(zone: "sender.example._report._dmarc.collector.example. 60 TXT \"v=DMARC1\"\n")
        let states = try await outside.run(world, limits)
        #expect(
            states.sorted() == [
                "a@sender.example sent", "b@collector.example sent", "https://sender.example/ ignored",
                "mailto:c@victim.example ignored", "mailto:e@sender.example ignored",
            ]
        )
    }

    @Test func `one address gets so many reports in a run, and the rest in the next`() async throws {
        let world = try Self.world(["a.example", "b.example", "c.example"], rua: ["mailto:r@collector.example"])
        var zone = ""
        for domain in ["a", "b", "c"] {
            zone += "\(domain).example._report._dmarc.collector.example. 60 TXT \"v=DMARC1\"\n"
        }
        let outside = try Outside(zone: zone)
        var limits = SendRun.Limits()
        limits.reportsForAddress = 2
        #expect(try await outside.run(world, limits).count == 2)
        #expect(try await outside.run(world, limits).count == 1)
        #expect(try await outside.run(world, limits).count == 0)
    }

    @Test func `a message over the limit is not sent`() async throws {
        let world = try Self.world()
        var limits = SendRun.Limits()
        limits.messageOctets = 100
        #expect(try await Outside().run(world, limits) == ["r@sender.example failed"])
    }
}
