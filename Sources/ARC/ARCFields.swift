package import Mail
internal import MailSignature

/// The ARC fields of a header, for a host that is about to add its own set (RFC 8617, 5.1).
package struct ARCFields: Sendable {
    /// The highest instance that a field names; 0 if none does. A field whose instance cannot be read has none.
    package let highestInstance: Int
    /// True if the newest ARC-Seal says `cv=fail`: no further one is added (RFC 8617, 5.1.2).
    package let isMarkedAsFailed: Bool
    /// The places of all fields of all sets, in the order in which a seal covers them (RFC 8617, 5.1.1); nil if they
    /// are not a chain (RFC 8617, 5.2, steps 1 to 3).
    package let sealedPlaces: [Int]?
    /// The places of the fields of each set, from the first set to the newest; empty if they are not a chain.
    package let sets: [[Int]]

    /// Sets that a message may have (RFC 8617, 4.2.1).
    package static let instanceLimit = ARCInstance.limit

    /// - Parameter header: the fields, from the top.
    package init(_ header: [HeaderField]) {
        var highest = 0
        var newestSeal = 0
        var isMarkedAsFailed = false
        for field in header {
            guard let kind = ARCField(field), let instance = try? kind.instance(of: field) else { continue }
            highest = max(highest, instance)
            guard kind == .seal, instance >= newestSeal else { continue }
            let saysFail = (try? SignatureField.tags(field.value))?["cv"]?.elementsEqual("fail".utf8) ?? false
            isMarkedAsFailed = saysFail || isMarkedAsFailed && instance == newestSeal
            newestSeal = instance
        }
        highestInstance = highest
        self.isMarkedAsFailed = isMarkedAsFailed
        let chain = try? ARCChain(header).sets
        sets = (chain ?? []).map { set in ARCField.allCases.compactMap { set.places[$0] } }
        sealedPlaces = chain == nil ? nil : sets.flatMap(\.self)
    }
}
