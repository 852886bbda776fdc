internal import ARCSealing
internal import Authentication
internal import Configuration
internal import DNS
internal import Discovery
internal import Logging
internal import Observability
internal import ReportStore

extension FilterDaemon {
    /// Takes the new configuration if it has no mistake and makes sense; if not, that is reported and the old one
    /// stays.
    ///
    /// - Parameter socket: where the filter listens.
    func reload(
        _ states: CurrentServiceState,
        _ inForce: inout EffectiveConfiguration,
        listeningAt socket: String
    ) {
        let old = states.value
        // Until it has been taken.
        metrics.configuration.refuse()
        if let file = source.fileReadOnce() {
            // An empty pipe would be a configuration without settings, and a FIFO would never end.
            old.logger.error("SIGHUP: the configuration stays as it was: \(file) is not a file that can be read again")
            return
        }
        do {
            let new = try source.read()
            let change = ConfigurationChange(from: inForce, to: new)
            if let refusal = change.refusal {
                old.logger.error("SIGHUP: the configuration stays as it was: \(refusal)")
                return
            }
            let configuration = new.configuration
            let state = try ServiceState(configuration, after: old)
            states.replace(by: state)
            metrics.configuration.take()
            // Messages in flight keep the old state; what they add is written at the recorder's next turn.
            if state.recorder !== old.recorder { old.recorder?.retire() }
            Task { await Self.checkKey(of: state) }
            inForce = new
            let settings = change.settings
            old.logger.notice(
                "SIGHUP: configuration reloaded: \(settings.isEmpty ? "no setting has changed" : settings.joined(separator: "; "))"
            )
            if let (id, newID) = change.authservID {
                old.logger.warning(
                    """
                    SIGHUP: the authserv-id was \(id ?? "the MTA's name") and is now \(newID ?? "the MTA's name"): fields that \
                    claim the old one are kept, unless own-ids lists it
                    """
                )
            }
            watchAnnouncements(states)
            report(new, to: old.logger)
            if configuration.metrics != old.configuration.metrics {
                old.logger.warning("SIGHUP: metrics are served as before; another place takes a restart")
            }
            if configuration.socket != socket {
                old.logger.warning("SIGHUP: listening at \(socket) as before; to change the socket, restart the filter")
            }
        } catch let error as ConfigurationError {
            for mistake in error.mistakes { old.logger.error("SIGHUP: \(mistake)") }
            old.logger.error("SIGHUP: the configuration stays as it was, because of the mistakes listed above")
        } catch {
            old.logger.error("SIGHUP: the configuration stays as it was: \(error)")
        }
    }

    /// What a postmaster should know about a configuration that has come into force.
    func report(_ effective: EffectiveConfiguration, to logger: Logger) {
        for warning in effective.warnings { logger.warning("\(warning)") }
        if effective.configuration.isDryRun {
            logger.notice("dry-run: messages are judged and logged, and not changed")
        }
    }

    /// Nothing waits for it: mail is handled whatever it finds.
    func watchAnnouncements(_ states: CurrentServiceState) {
        let watch = AnnouncementWatch(states.value)
        Task { await watch.look() }
    }

    /// Warns if verifiers will not find the key of our ARC Sets. The filter runs nevertheless: a record that is
    /// published late, or a name server that is down, is no reason to hold back mail.
    static func checkKey(of state: ServiceState) async {
        guard let sealer = state.configuration.policy.arcSealing?.sealer else { return }
        let answer = await state.resolver.answer(to: sealer.keyQuestion)
        guard let problem = sealer.problem(with: answer) else { return }
        state.logger.warning("arc-seal: \(problem): \(sealer.keyQuestion.name); publish TXT \"\(sealer.keyRecord)\"")
    }
}
