import AuthServ
import DNS
import ServerQuery
import Testing

@Suite struct ServerInquiryTests {
    private func inquiry(_ zone: String, networks: [IPNetwork]?) throws -> ServerInquiry {
        var file = ZoneFile()
        try file.read(Array(zone.utf8), file: "zone")
        var inquiry = ServerInquiry(resolver: ZoneResolver(file), hosts: HostsFile(""))
        inquiry.rules = AddressRules(networks: networks)
        return inquiry
    }

    private func failure(_ inquiry: ServerInquiry, _ url: String) async throws -> QueryFailure? {
        guard case .failure(let failure) = await inquiry.ask(try ServerURL(url)).answer else { return nil }
        return failure
    }

    @Test("A name of ours that leads elsewhere is not asked, nor one that leads to both") func rebinding() async throws
    {
        let zone = """
            mx.example.org. 60 IN A 192.0.2.1
            mx2.example.org. 60 IN A 10.0.0.1
            mx2.example.org. 60 IN A 192.0.2.1
            mx3.example.org. 60 IN A 169.254.169.254

            """
        let inquiry = try inquiry(zone, networks: AddressRules.privateNetworks)
        for host in ["mx", "mx2", "mx3"] {
            let failure = try await failure(inquiry, "smtp://\(host).example.org:1")
            #expect(failure?.description.contains("not in a network that may be asked") == true)
        }
    }

    @Test("A name without an address, and one that nobody answers for") func noAddress() async throws {
        let inquiry = try inquiry("mx.example.org. SERVFAIL\n", networks: nil)
        #expect(try await failure(inquiry, "smtp://none.example.org")?.description == "none.example.org has no address")
        #expect(try await failure(inquiry, "smtp://mx.example.org")?.description.contains("server failure") == true)
    }

    @Test("This host's own names are known") func hosts() throws {
        let hosts = HostsFile("127.0.0.1 mx.example.org mx # a comment\n::1\tmx.example.org\nnothing x\n\n10.0.0.1")
        func texts(_ name: String) throws -> [String] {
            hosts.addresses(of: try #require(Domain(name))).map(\.description)
        }
        #expect(try texts("mx.example.org") == ["127.0.0.1", "::1"])
        #expect(try texts("localhost") == ["127.0.0.1", "::1"])
        #expect(try texts("a.localhost") == ["127.0.0.1", "::1"])
        #expect(try texts("x") == [])
    }
}
