/// A summary in pieces with few names each. To encode all of its names at once takes several times their memory.
extension Summary {
    private static let pieceNames = 500

    /// The first piece has what has no name.
    package func pieces(_ take: (Summary) throws -> Void) rethrows {
        var nameless = self
        nameless.domains = [:]
        nameless.sources = [:]
        nameless.forgeries = [:]
        nameless.dnsFailures = [:]
        nameless.slowAnswers = [:]
        try take(nameless)
        try Self.pieces(of: domains, \.domains, take)
        try Self.pieces(of: sources, \.sources, take)
        try Self.pieces(of: forgeries, \.forgeries, take)
        try Self.pieces(of: dnsFailures, \.dnsFailures, take)
        try Self.pieces(of: slowAnswers, \.slowAnswers, take)
    }

    private static func pieces<Name, Count>(
        of counts: [Name: Count],
        _ place: WritableKeyPath<Summary, [Name: Count]>,
        _ take: (Summary) throws -> Void
    ) rethrows {
        var piece = Summary()
        for (name, count) in counts {
            piece[keyPath: place][name] = count
            guard piece[keyPath: place].count == pieceNames else { continue }
            try take(piece)
            piece = Summary()
        }
        if !piece[keyPath: place].isEmpty { try take(piece) }
    }

    /// Puts one of the later pieces back.
    package mutating func add(_ piece: Summary) {
        domains.merge(piece.domains) { $1 }
        sources.merge(piece.sources) { $1 }
        forgeries.merge(piece.forgeries) { $1 }
        dnsFailures.merge(piece.dnsFailures) { $1 }
        slowAnswers.merge(piece.slowAnswers) { $1 }
    }
}
