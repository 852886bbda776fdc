internal import Synchronization

/// What a check has read from the records of an answer: a key, a policy. It is kept with the answer and goes with it,
/// so that it is read once and not for each message that sees the answer.
///
/// A reading depends on nothing but the answer.
package protocol AnswerReading: AnyObject, Sendable {
    init(_ answer: Answer)
}

extension Answer {
    /// The reading of one kind: the one that was made before, if there is one.
    package func reading<Reading: AnswerReading>(_: Reading.Type = Reading.self) -> Reading {
        readings?.reading { Reading(self) } ?? Reading(self)
    }
}

/// The readings of one answer and its copies. Answers are the same whatever has been read from them.
final class AnswerReadings: Hashable, Sendable {
    /// There are three kinds, and rarely more than one for an answer.
    private let kept = Mutex<[any AnswerReading]>([])

    func reading<Reading: AnswerReading>(_ make: () -> Reading) -> Reading {
        kept.withLock { kept in
            for case let reading as Reading in kept { return reading }
            let reading = make()
            kept.append(reading)
            return reading
        }
    }

    static func == (_: AnswerReadings, _: AnswerReadings) -> Bool { true }

    func hash(into hasher: inout Hasher) {}
}
