extension Registry {
    /// All registered methods, by name.
    public static let methods = [
        method(
            "arc",
            "RFC 8617, 6",
            results: "fail none pass",
            [active("smtp.remote-ip"), active("header.oldest-pass", .number)]
        ),
        method(
            "auth",
            "RFC 8601, 2.7.4",
            results: "fail none pass permerror temperror",
            [active("smtp.auth"), active("smtp.mailfrom")]
        ),
        method(
            "dkim",
            "RFC 8601, 2.7.1",
            results: "fail neutral none pass permerror policy temperror",
            [
                active("header.d", .domain), active("header.i"), active("header.b", .signature), active("header.a"),
                active("header.s"),
            ]
        ),
        method(
            "dkim-adsp",
            "RFC 5617; RFC 7601",
            .deprecated,
            deprecatedResults: "discard fail none nxdomain pass permerror temperror unknown",
            [deprecated("header.from")]
        ),
        method(
            "dkim-atps",
            "RFC 6541, 8.3",
            results: "fail none pass permerror temperror",
            [active("header.from")]
        ),
        method(
            "dmarc",
            "RFC 9989",
            results: "fail none pass permerror temperror",
            [active("header.from", .domain), active("policy.dmarc", .oneOf(["none", "quarantine", "reject"]))]
        ),
        method(
            "dnswl",
            "RFC 8904",
            results: "none pass permerror temperror",
            [
                active("dns.zone", .domain), active("policy.ip"), active("policy.txt"),
                active("dns.sec", .oneOf(["yes", "no", "na"])),
            ]
        ),
        // `fail` is no longer in the registry, but RFC 7601 had it.
        method(
            "domainkeys",
            "RFC 4870; RFC 7601",
            .deprecated,
            deprecatedResults: "fail neutral none pass permerror policy temperror",
            [deprecated("header.d"), deprecated("header.from"), deprecated("header.sender")]
        ),
        method(
            "iprev",
            "RFC 8601, 2.7.3 and 3",
            results: "fail pass permerror temperror",
            [active("policy.iprev")]
        ),
        method(
            "rrvs",
            "RFC 7293",
            results: "fail none pass permerror temperror unknown",
            [active("smtp.rcptto")]
        ),
        method(
            "sender-id",
            "RFC 4406; RFC 7601",
            .deprecated,
            deprecatedResults: "fail hardfail neutral none pass permerror policy softfail temperror",
            [],
            openType: "header"
        ),
        // Registered without the second i of "identifier".
        method(
            "smime",
            "RFC 7281",
            results: "fail neutral none pass permerror policy temperror",
            [
                active("body.smime-part"), active("body.smime-identifer"), active("body.smime-serial"),
                active("body.smime-issuer"),
            ]
        ),
        method(
            "spf",
            "RFC 8601, 2.7.2",
            results: "fail neutral none pass permerror policy softfail temperror",
            deprecatedResults: "hardfail",
            [active("smtp.mailfrom", .domain), active("smtp.helo")]
        ),
        method(
            "vbr",
            "RFC 6212",
            results: "fail none pass permerror temperror",
            [active("header.md", .domain), active("header.mv", .domain)]
        ),
    ]

    private static func method(
        _ name: String,
        _ reference: String,
        _ status: Status = .active,
        results: String = "",
        deprecatedResults: String = "",
        _ properties: [Property],
        openType: String? = nil
    ) -> Method {
        Method(
            name: name,
            status: status,
            reference: reference,
            results: results.split(separator: " ").map { Result(name: String($0), status: .active) }
                + deprecatedResults.split(separator: " ").map { Result(name: String($0), status: .deprecated) },
            properties: properties,
            openType: openType
        )
    }

    private static func active(_ name: String, _ value: ValueKind = .any) -> Property {
        property(name, .active, value)
    }

    private static func deprecated(_ name: String) -> Property {
        property(name, .deprecated, .any)
    }

    /// - Parameter name: `type.name`
    private static func property(_ name: String, _ status: Status, _ value: ValueKind) -> Property {
        Property(
            type: String(name.prefix { $0 != "." }),
            name: String(name.drop { $0 != "." }.dropFirst()),
            status: status,
            value: value
        )
    }
}
