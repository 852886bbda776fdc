internal import ARCSealing
internal import AuthResults
package import Authentication
internal import DNS
internal import FieldClaims
package import Logging
internal import MailAddresses
internal import Octets

/// The one log line of a message.
package struct MessageLog {
    /// The queue ID, if the MTA has sent it.
    package var queueID: [UInt8]?
    package let client: Client
    package let tls: [UInt8]?
    package let cipher: [UInt8]?
    /// The policy's decision; nil before it is made, and if there is none.
    package var policy: PolicyLog?
    private let helo: [UInt8]
    private let mailFrom: [UInt8]

    /// How many removals are listed; the total is always logged.
    private static let removalLimit = 5
    /// Octets of a line of the text form.
    private static let usualLength = 256

    /// - Parameter mailFrom: the argument of MAIL; its local-part is not logged.
    package init(
        queueID: [UInt8]? = nil,
        client: Client,
        helo: [UInt8] = [],
        mailFrom: [UInt8] = [],
        tls: [UInt8]? = nil,
        cipher: [UInt8]? = nil
    ) {
        self.queueID = queueID
        self.client = client
        self.helo = helo
        self.mailFrom = mailFrom
        self.tls = tls
        self.cipher = cipher
    }

    /// `4F3A1C: client=192.0.2.7 temporary failure: more than 500 forged fields (limits.removals)`
    ///
    /// - Parameter isDryRun: whether the message goes on nevertheless.
    package func line(deferredFor reason: String, isDryRun: Bool = false) -> String {
        start + (isDryRun ? " dry-run: not deferred, though it has \(reason)" : " temporary failure: \(reason)")
    }

    /// The same as details for logfmt and JSON; the reason is their message.
    package func details(deferredIn isDryRun: Bool) -> Logger.Metadata {
        var details = startDetails
        details[.action] = isDryRun ? nil : "tempfail"
        details[.dryRun] = isDryRun ? .stringConvertible(true) : nil
        return details
    }

    private var start: String {
        let queue = queueID.map { LogWord($0).description } ?? "-"
        return queue + ": client=" + (client.address?.description ?? "-")
    }

    private var startDetails: Logger.Metadata {
        var details: Logger.Metadata = [:]
        details[.queue] = queueID.map { .string(String(decoding: $0, as: UTF8.self)) }
        details[.client] = client.address.map { .string($0.description) }
        return details
    }

    /// `4F3A1C: client=192.0.2.7 spf=pass dkim=pass removed=1 [1: "mx.example.org" claims our authserv-id] time=2.1ms`
    /// - Parameters:
    ///   - took: from MAIL to the reply.
    ///   - after: from the end of the message to the reply: the delay that the filter adds.
    package func line(_ judgement: Judgement, took: Duration, after: Duration?) -> String {
        var line = start
        line.reserveCapacity(Self.usualLength)
        func add(_ word: String, _ value: String = "") {
            line += " "
            line += word
            line += value
        }
        if let tls { add("tls=\(LogWord(tls))", cipher.map { "/\(LogWord($0))" } ?? "") }
        if let results = judgement.results {
            for result in results.results {
                add(result.method)
                line += "="
                line += result.result
                // A temperror is logged with its reason, so that silent name servers show on every line.
                if result.result == "temperror", let reason = result.reason { add("\(LogWord(quoting: reason))") }
            }
            if results.results.isEmpty { add("none") }
        } else {
            add("trusted-relay")
        }
        if let seal = judgement.arcSeal { add(Self.word(seal)) }
        add("removed=", String(judgement.removed.count))
        if !judgement.removed.isEmpty {
            let listed = judgement.removed.prefix(Self.removalLimit).map { removal in
                let id = removal.claimedID.map { "\(LogWord(quoting: $0)) " } ?? ""
                return "\(removal.index + 1): \(id)\(removal.reason)"
            }
            let rest = judgement.removed.count > listed.count ? ["..."] : []
            add("[" + (listed + rest).joined(separator: "; ") + "]")
        }
        for word in policy?.words ?? [] { add(word) }
        add("time=", took.milliseconds)
        if let after { add("after-body=", after.milliseconds) }
        return line
    }

    /// `arc-seal=2 cv=pass`, or `arc-seal=none` and why.
    private static func word(_ seal: Judgement.ARCSeal) -> String {
        switch seal {
        case .added(let position): "arc-seal=\(position.instance) cv=\(position.chainValidation.rawValue)"
        case .omitted(let reason): "arc-seal=none \(LogWord(quoting: reason))"
        }
    }

    private static func details(_ seal: Judgement.ARCSeal) -> Logger.Metadata {
        var details: Logger.Metadata = [:]
        switch seal {
        case .added(let position):
            details[.arcSeal] = .stringConvertible(position.instance)
            details[.arcSealValidation] = .string(position.chainValidation.rawValue)
        case .omitted(let reason): details[.arcSealReason] = .string(reason)
        }
        return details
    }

    /// The same as details for logfmt and JSON.
    package func details(_ judgement: Judgement, took: Duration, after: Duration?) -> Logger.Metadata {
        var details = startDetails
        details[.helo] = helo.isEmpty ? nil : .string(Self.shown(helo))
        details[.from] = senderDomain.map { .string($0) }
        details[.tls] = tls.map { .string(Self.shown($0)) }
        details[.cipher] = cipher.map { .string(Self.shown($0)) }
        if let results = judgement.results {
            details.merge(Self.details(results.results)) { $1 }
        } else {
            details[.trustedRelay] = .stringConvertible(true)
        }
        details[.removed] = .stringConvertible(judgement.removed.count)
        if !judgement.removed.isEmpty {
            let listed = judgement.removed.prefix(Self.removalLimit)
            details[.removedIDs] = .array(listed.map { .string($0.claimedID ?? "") })
            details[.removedReasons] = .array(listed.map { .string("\($0.reason)") })
        }
        if let seal = judgement.arcSeal { details.merge(Self.details(seal)) { $1 } }
        details.merge(policy?.details ?? [:]) { $1 }
        details[.milliseconds] = .stringConvertible(took.tenthsOfMilliseconds)
        details[.millisecondsAfterBody] = after.map { .stringConvertible($0.tenthsOfMilliseconds) }
        return details
    }

    /// The domain of MAIL FROM; empty for the null reverse-path, nil if it cannot be read.
    private var senderDomain: String? {
        ReversePath(mailFrom).flatMap { $0.mailbox == nil ? "" : $0.domain?.text }
    }

    /// Results by method, the domains they are about, and what went wrong. Addresses are not among them.
    private static func details(_ results: [ResultInfo]) -> Logger.Metadata {
        var details: Logger.Metadata = [:]
        var reasons: [Logger.MetadataValue] = []
        for (key, domainKey, properties) in domains {
            let own = results.filter { $0.method == key.rawValue }
            guard !own.isEmpty else { continue }
            // A message may have several signatures; the other methods have one result each.
            func value(_ texts: [String]) -> Logger.MetadataValue? {
                key == .dkim ? .array(texts.map { .string($0) }) : texts.first.map { .string($0) }
            }
            details[key] = value(own.map(\.result))
            if let domainKey {
                let found = own.map { Self.domain(of: $0, in: properties) }
                if !found.allSatisfy(\.isEmpty) { details[domainKey] = value(found) }
            }
            for result in own where result.result.hasSuffix("error") {
                if let reason = result.reason { reasons.append(.string("\(result.method): \(reason)")) }
            }
        }
        let policy = results.lazy.flatMap(\.properties).first { $0.type == "policy" && $0.name == "dmarc" }
        details[.dmarcPolicy] = policy.map { .string($0.value.text) }
        if !reasons.isEmpty { details[.reasons] = .array(reasons) }
        return details
    }

    /// The first of the properties that the result has, without a local-part; empty if it has none of them.
    private static func domain(of result: ResultInfo, in properties: [String]) -> String {
        for name in properties {
            guard let property = result.properties.first(where: { "\($0.type).\($0.name)" == name }) else { continue }
            return property.value.text.split(separator: "@").last.map(String.init) ?? ""
        }
        return ""
    }

    /// Each method, and which of its properties is the domain.
    private static let domains: [(LogKey, LogKey?, [String])] = [
        (.auth, nil, []), (.iprev, nil, []), (.spf, .spfDomain, ["smtp.mailfrom", "smtp.helo"]),
        (.dkim, .dkimDomain, ["header.d"]), (.arc, nil, []), (.dmarc, .dmarcDomain, ["header.from"]),
    ]

    /// The octets as text, cut to the length that a word of the text may have.
    private static func shown(_ octets: [UInt8]) -> String {
        String(String(decoding: octets, as: UTF8.self).unicodeScalars.prefix(255))
    }
}

extension Duration {
    /// Milliseconds, to the tenth: 2.1
    fileprivate var tenthsOfMilliseconds: Double {
        let tenths = components.seconds * 10_000 + components.attoseconds / 100_000_000_000_000
        return Double(tenths) / 10
    }

    /// `2.1ms`
    fileprivate var milliseconds: String {
        let tenths = components.seconds * 10_000 + components.attoseconds / 100_000_000_000_000
        return "\(tenths / 10).\(tenths % 10)ms"
    }
}
