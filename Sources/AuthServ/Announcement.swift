package import DNS

/// A server's announcement about its site's Authentication-Results fields.
package struct Announcement: Hashable, Sendable {
    /// When it was made. IMAP and POP3 servers name ids only to users who have logged in.
    package enum Phase: String, Hashable, Sendable {
        case ehlo
        case beforeLogin = "before-login"
        case afterLogin = "after-login"
    }

    /// What violates the draft, or may not be trusted. The raw value is shown to people, and stable.
    package enum Finding: String, Hashable, Sendable {
        /// IMAP and POP3 servers must not: before login, a client has not reached the server that has the mail.
        case idBeforeLogin = "id before login"
        /// IMAP and POP3 servers must, after login.
        case noID = "no id after login"
        case noDomainName = "id is not a domain name"
        case tooManyIDs = "more than 16 ids"
        /// No certificate was shown, and the server is not on this host.
        case unprotected = "not over TLS"
        case preauthenticated = "the server took us for logged in (PREAUTH)"
        /// It conforms before login, but does not say so after.
        case onlyBeforeLogin = "announced before login only"
    }

    package let phase: Phase
    /// True if the site removes fields that forge its ids.
    package let conforms: Bool
    /// The ids to trust, in the order given.
    package let ids: [Domain]
    /// Texts in the place of an id that are not used.
    package let refused: [String]
    package let findings: [Finding]

    /// Ids of one server; a site with more must be asked at more than one.
    static let idLimit = 16
    /// The number of unused texts that are reported.
    static let refusedLimit = 64

    /// - Parameter isProtected: the server showed the certificate of its name, or is on this host.
    package init(_ conversation: Conversation, isProtected: Bool) {
        let reader = CapabilityReader(conversation)
        var reading = AnnouncementReading()
        switch (conversation.mailProtocol, reader.hasLoggedIn) {
        case (.smtp, _):
            phase = .ehlo
            reading.read(reader.beforeLogin, mayHaveIDs: true)
        case (.imap, true), (.pop3, true):
            phase = .afterLogin
            let before = AnnouncementReading(reader.beforeLogin, mayHaveIDs: false)
            reading.findings = before.findings
            reading.read(reader.afterLogin, mayHaveIDs: true)
            if reading.conforms, reading.ids.isEmpty, reading.refused.isEmpty { reading.findings.append(.noID) }
            if before.conforms, !reading.conforms { reading.findings.append(.onlyBeforeLogin) }
            reading.refused = before.refused.filter { !reading.refused.contains($0) } + reading.refused
            // An id that is also given where it is allowed is not refused.
            reading.refused.removeAll { text in Domain(announced: text).map(reading.ids.contains) == true }
        case (.imap, false), (.pop3, false):
            phase = .beforeLogin
            reading.read(reader.beforeLogin, mayHaveIDs: false)
        }
        if reader.isPreauthenticated { reading.findings.append(.preauthenticated) }
        if !isProtected, reading.conforms {
            reading.findings.append(.unprotected)
            reading.refused = reading.ids.map(\.text) + reading.refused
            reading.ids = []
        }
        conforms = reading.conforms && isProtected
        ids = reading.ids
        refused = reading.refused
        findings = reading.findings
    }

    /// True if there is nothing left to ask for: an id was given, or none was expected.
    package var isComplete: Bool {
        switch phase {
        case .beforeLogin: conforms
        case .afterLogin: conforms && !ids.isEmpty
        case .ehlo: conforms && (!ids.isEmpty || refused.isEmpty)
        }
    }
}

/// The AUTHSERV keywords of one list.
private struct AnnouncementReading {
    var conforms = false
    var ids: [Domain] = []
    var refused: [String] = []
    var findings: [Announcement.Finding] = []

    init() {}

    init(_ list: CapabilityReader.List?, mayHaveIDs: Bool) {
        read(list, mayHaveIDs: mayHaveIDs)
    }

    mutating func read(_ list: CapabilityReader.List?, mayHaveIDs: Bool) {
        for keyword in (list ?? []).compactMap(AuthservKeyword.init) {
            conforms = true
            for value in keyword.values { take(value, mayHaveIDs) }
        }
    }

    private mutating func take(_ value: String, _ mayHaveIDs: Bool) {
        guard mayHaveIDs else { return refuse(value, .idBeforeLogin) }
        guard let id = Domain(announced: value) else { return refuse(value, .noDomainName) }
        guard !ids.contains(id) else { return }
        guard ids.count < Announcement.idLimit else { return refuse(value, .tooManyIDs) }
        ids.append(id)
    }

    private mutating func refuse(_ value: String, _ finding: Announcement.Finding) {
        if !findings.contains(finding) { findings.append(finding) }
        guard refused.count < Announcement.refusedLimit, !refused.contains(value) else { return }
        refused.append(value)
    }
}
