/// What a postmaster asks beyond options and keys. Longer in `Monitoring`'s article on operation.
extension Manual {
    /// For authres-milter(8).
    static func describeOperation(on page: inout ManualPage) {
        page.heading("Postfix")
        page.paragraphs(
            """
            With authres.socket the filter is at a path that a chrooted smtpd sees too. It goes before the milters that are \
            there (see postconf smtpd_milters):
            """
        )
        page.example(
            """
            postconf -e "smtpd_milters = unix:authres/milter.sock $(postconf -h smtpd_milters)"
            postconf -e milter_default_action=tempfail smtpd_forbid_bare_newline=normalize
            postfix reload
            """
        )
        page.paragraphs(
            """
            Another chrooted instance (postmulti) does not see that path: use socket: inet:8891@127.0.0.1 and \
            smtpd_milters = inet:127.0.0.1:8891. To remove the filter, take it out of smtpd_milters and reload Postfix \
            first; in the other order mail waits at its senders.
            """
        )
        page.heading("Sendmail")
        page.example("INPUT_MAIL_FILTER(`authres', `S=inet:8891@127.0.0.1, F=T, T=S:5m;R:5m;E:10m')dnl")
        page.heading("The first week")
        page.paragraphs(
            """
            With dry-run: true everything is judged and logged, and nothing is changed; set milter_default_action=accept in \
            Postfix for that time. To go live, take dry-run out, systemctl reload authres, and set milter_default_action \
            back to tempfail.
            """
        )
        page.heading("What a 451 means")
        page.paragraphs("While the filter cannot do its work, mail is deferred: the sender tries again.")
        page.item(
            "451 4.7.1 Service unavailable - try again later",
            """
            Postfix's own words: the filter was not reached, closed the connection, or failed. systemctl status authres; \
            journalctl -u authres -p warning says why. Is the socket where smtpd_milters says? More connections than \
            limits.connections?
            """
        )
        page.item(
            "451 4.7.0 The message has more than N header fields that are to be removed",
            "limits.removals; no honest message has as many."
        )
        page.item("451 4.5.3 The message has more than N recipients", "limits.recipients.")
        page.item(
            "451 4.7.0 Mail from your host causes too many questions of the DNS; try again in a minute",
            "limits.client-questions, for the mail of one client."
        )
        page.item(
            "451 4.3.0 The rules of this site have just changed; try again later",
            "A rule that quarantines is newer than the connection."
        )
        page.item("another 4xx", "A rule with action: tempfail, whose name is in the log.")
        page.heading("Watching it")
        page.paragraphs(
            """
            journalctl -u authres has a line for each message, with results, removed fields and times.

            With metrics: inet:9791@127.0.0.1 (or unix:/run/authres/metrics) the filter serves /metrics for Prometheus, and \
            /healthz, which is 200 if it is of use and 503 if no name server answers. authres status shows the figures as a \
            table; authres status --check exits 69 if the filter is not reached or not of use.

            If no name server answers for twice dns.timeout, one warning says so, and one notice that one answers again. \
            Checks are temperror meanwhile; mail is not deferred for that.
            """
        )
    }

    /// For authres.yaml(5).
    static func describeRules(on page: inout ManualPage) {
        page.heading("Rules")
        page.paragraphs(
            """
            policy.rules is a list, of which the first rule that matches decides. Without rules nothing is refused. A rule has:
            """
        )
        for (key, meaning) in [
            ("name", "Shown in the log; letters, digits, dot, hyphen and underscore."),
            ("when, except", "Conditions. All of when must be fulfilled, and not all of except."),
            (
                "action",
                "accept (no later rule is asked), reject (5xx), tempfail (4xx), quarantine (the MTA holds the message)."
            ),
            ("dry-run", "What the rule would do is logged and not done, and later rules are asked."),
            ("code, enhanced-code, text, spf-explanation", "The reply, in place of the usual one."),
        ] {
            page.item(key, meaning)
        }
        page.paragraphs("A condition is one value or a list, of which one must fit:")
        for (key, meaning) in [
            ("auth, iprev, spf, dkim, arc, dmarc", "The result of that check; of several signatures the best."),
            ("dmarc-policy", "none, quarantine or reject."),
            ("from, mail-from, helo, arc-sealer", "A domain, or *.DOMAIN for all below it."),
            ("clients", "A network."),
            ("tls, null-sender, forged-fields", "true or false."),
            (
                "peer",
                "stranger, authenticated, local or trusted-relay; without it, rules are about strangers, those with auth: pass about authenticated clients."
            ),
        ] {
            page.item(key, meaning)
        }
        page.example(
            """
            policy:
              rules:
                - {name: lists, when: {arc: pass, arc-sealer: [lists.example.org]}, action: accept}
                - {name: dmarc, when: {dmarc: fail, dmarc-policy: reject}, action: reject}
            """
        )
        page.paragraphs("authres check --explain shows for a message why each rule matched or not.")
    }
}
