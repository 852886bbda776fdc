internal import Authentication
internal import Configuration
internal import DNS
internal import Metrics
internal import Milter
internal import NIOCore
internal import Observability

/// The questions that a message causes: asked, counted for its client, and waited for until a deadline.
extension MessageFilter {
    /// Has the questions answered that came up: those whose answers are not at hand.
    func ask() {
        guard let message else { return }
        let resolver = message.state.resolver
        let questions = message.examination.newQuestions()
        count(questions.count, message.state)
        for question in questions {
            message.openCount += 1
            eventLoop.makeFutureWithTask { await resolver.answer(to: question) }.assumeIsolated()
                .whenSuccess { answer in self.take(answer, to: question, message) }
        }
    }

    /// The client, if the questions that it causes are counted: a host of our own sends mail of many.
    private func stranger(_ state: ServiceState) -> IPAddress? {
        let policy = state.configuration.policy
        return client.isIn(policy.localNetworks) || client.isIn(policy.trustedRelays) ? nil : client.address
    }

    func count(_ questions: Int, _ state: ServiceState) {
        guard questions > 0, let stranger = stranger(state) else { return }
        states.clientQuestions.add(questions, from: stranger, at: clock())
    }

    /// The answer to a client that has caused too many questions in this minute; nil for any other.
    func tooManyQuestions(_ macros: Macros, _ state: ServiceState) -> Response? {
        let limit = state.configuration.clientQuestions
        guard let stranger = stranger(state), states.clientQuestions.areOver(limit, from: stranger, at: clock()) else {
            return nil
        }
        metrics.limits.add(.clientQuestions)
        let log = MessageLog(queueID: macros["i"], client: client)
        guard let response = Deferral.questions(beyond: limit).response(log, state) else { return nil }
        metrics.messages.add(.tempfail)
        return response
    }

    private func take(_ answer: Answer, to question: Question, _ message: FilteredMessage) {
        guard message === self.message else { return }
        message.openCount -= 1
        message.examination.learn([(question, answer)])
        ask()
        finish()
    }

    /// Ensures that the message does not wait for the DNS forever. One that has all its answers needs no timer.
    func watchDeadline() {
        guard let message, message.deadline == nil, message.openCount > 0,
            let deadline = message.examination.deadline
        else { return }
        let wait = ContinuousClock.now.duration(to: deadline)
        message.deadline = eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(wait)) {
            self.expire(message)
        }
    }

    private func expire(_ message: FilteredMessage) {
        guard message === self.message else { return }
        metrics.limits.add(.deadline)
        message.examination.expire(at: .now)
        finish()
    }
}
