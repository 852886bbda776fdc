internal import AuthResults
package import Authentication
internal import DMARC
internal import FieldClaims
package import Metrics

/// What a running filter counts. One of them lives as long as the process, whatever configuration comes and goes.
package final class FilterMetrics: Sendable {
    package let connections = Counter()
    package let openConnections = Level()
    package let refusals = CounterFamily<ConnectionRefusal>(
        "authres_connections_refused_total",
        "Connections that were not served."
    )
    package let protocolErrors = Counter()
    package let messages = CounterFamily<MessageOutcome>("authres_messages_total", "Messages by what became of them.")
    package let messagesInFlight = Level()
    package let limits = CounterFamily<MetLimit>("authres_limit_exceeded_total", "Messages that have met a limit.")
    let afterBody = Histogram(
        "authres_after_body_seconds",
        "From the end of a message to its answer: what the filter adds to its delivery."
    )
    let wholeMessage = Histogram("authres_message_seconds", "From MAIL to the answer.")
    package let dns = DNSMetrics()
    package let configuration = ConfigurationRecord()

    private let results = CounterFamily<CheckResult>("authres_results_total", "Results that were reported.")
    private let dmarc = CounterFamily<DMARCOutcome>(
        "authres_dmarc_policy_total",
        "DMARC results by the policy that the domain's owner asks for."
    )
    private let signatures = CounterFamily<SignatureOutcome>(
        "authres_dkim_signatures_total",
        "DKIM signatures by result, algorithm and key."
    )
    private let removals = CounterFamily<RemovalReason>("authres_removed_fields_total", "Fields that were removed.")
    private let policy = CounterFamily<PolicyOutcome>(
        "authres_policy_actions_total",
        "Messages that a rule decided about."
    )

    package init() {}

    /// A message has its judgement.
    /// - Parameters:
    ///   - limits: those that it was examined under.
    ///   - policy: what the rules have decided, if they have.
    ///   - took: from MAIL to the answer.
    ///   - after: from the end of the message to the answer.
    package func count(
        _ judgement: Judgement,
        limits: Policy.Limits,
        policy decision: PolicyLog?,
        took: Duration,
        after: Duration?
    ) {
        messages.add(judgement.results == nil ? .trustedRelay : .checked)
        for result in judgement.results?.results ?? [] {
            results.add(CheckResult(method: result.method, result: result.result))
        }
        let verdicts = judgement.verdicts
        if let verdict = verdicts.dmarc {
            dmarc.add(DMARCOutcome(verdict.result, verdict.policy, isTest: verdict.record?.isTesting ?? false))
        }
        for verdict in verdicts.dkim ?? [] { signatures.add(SignatureOutcome(verdict)) }
        for removal in judgement.removed { removals.add(RemovalReason(removal.reason)) }
        if let match = decision?.match {
            policy.add(PolicyOutcome(action: match.action, isDryRun: decision?.isDryRun ?? false))
        }
        if verdicts.headerLimit != nil { self.limits.add(.header) }
        if (verdicts.dkim?.count ?? 0) > limits.signatures { self.limits.add(.signatures) }
        wholeMessage.record(took)
        if let after { afterBody.record(after) }
    }

    package var families: [MetricFamily] {
        [
            .counter("authres_connections_total", "Connections of MTAs that were served.", Double(connections.value)),
            .gauge("authres_connections", "Connections that are open.", Double(openConnections.value)),
            refusals.family,
            .counter(
                "authres_protocol_errors_total",
                "Connections that were closed because the MTA broke the protocol, or was silent.",
                Double(protocolErrors.value)
            ),
            messages.family,
            .gauge(
                "authres_messages_in_flight",
                "Messages that have begun and have no answer.",
                Double(messagesInFlight.value)
            ),
            limits.family, results.family, dmarc.family, signatures.family, removals.family, policy.family,
            afterBody.family, wholeMessage.family,
        ] + dns.families + configuration.families
    }
}
