internal import ARCSealing
internal import AuthResults
package import Authentication
internal import DNS
internal import FieldClaims
internal import Mail
internal import Octets

/// The one line that the log has of a message.
package struct MessageLog {
    /// The queue ID, if the MTA has told it.
    package var queueID: [UInt8]?
    package let client: Client
    package let tls: [UInt8]?
    package let cipher: [UInt8]?
    /// What the policy has decided, in words of the log; none before.
    package var policyWords: [String] = []

    /// Removals that are listed; the number of all is told.
    private static let removalLimit = 5

    package init(queueID: [UInt8]? = nil, client: Client, tls: [UInt8]? = nil, cipher: [UInt8]? = nil) {
        self.queueID = queueID
        self.client = client
        self.tls = tls
        self.cipher = cipher
    }

    /// `4F3A1C: client=192.0.2.7 temporary failure: more than 500 forged fields (limits.removals)`
    package func line(deferredFor reason: String) -> String {
        (start + ["temporary failure: \(reason)"]).joined(separator: " ")
    }

    private var start: [String] {
        ["\(LogWord(queueID ?? Array("-".utf8))):", "client=\(client.address?.description ?? "-")"]
    }

    /// `4F3A1C: client=192.0.2.7 spf=pass dkim=pass removed=1 [1: "mx.example.org" claims our authserv-id] time=2.1ms`
    /// - Parameters:
    ///   - took: from MAIL to the answer.
    ///   - after: from the end of the message to the answer: what the filter has added.
    package func line(_ judgement: Judgement, took: Duration, after: Duration?) -> String {
        var words = start
        if let tls { words.append("tls=\(LogWord(tls))" + (cipher.map { "/\(LogWord($0))" } ?? "")) }
        if let results = judgement.results {
            words += results.results.map(Self.word)
            if results.results.isEmpty { words.append("none") }
        } else {
            words.append("trusted-relay")
        }
        if let seal = judgement.arcSeal { words.append(Self.word(seal)) }
        words.append("removed=\(judgement.removed.count)")
        if !judgement.removed.isEmpty {
            let listed = judgement.removed.prefix(Self.removalLimit).map { removal in
                let id = removal.claimedID.map { "\(LogWord(quoting: $0)) " } ?? ""
                return "\(removal.index + 1): \(id)\(removal.reason)"
            }
            let rest = judgement.removed.count > listed.count ? ["..."] : []
            words.append("[" + (listed + rest).joined(separator: "; ") + "]")
        }
        words += policyWords
        words.append("time=\(took.milliseconds)")
        if let after { words.append("after-body=\(after.milliseconds)") }
        return words.joined(separator: " ")
    }

    /// `arc-seal=2 cv=pass`, or `arc-seal=none` and why.
    private static func word(_ seal: Judgement.ARCSeal) -> String {
        switch seal {
        case .added(let position): "arc-seal=\(position.instance) cv=\(position.chainValidation.rawValue)"
        case .omitted(let reason): "arc-seal=none \(LogWord(quoting: reason))"
        }
    }

    /// What failed for a while is told with its cause: name servers that are silent show in every line.
    private static func word(_ result: ResultInfo) -> String {
        let reason = result.result == "temperror" ? result.reason : nil
        return "\(result.method)=\(result.result)" + (reason.map { " \(LogWord(quoting: $0))" } ?? "")
    }
}

extension Duration {
    /// `2.1ms`
    fileprivate var milliseconds: String {
        let tenths = components.seconds * 10_000 + components.attoseconds / 100_000_000_000_000
        return "\(tenths / 10).\(tenths % 10)ms"
    }
}
