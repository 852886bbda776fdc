extension ZoneFile {
    /// The answers that the file states by records or lines of its own: of a file that ``text(of:)`` has written, those
    /// that it was written from.
    public var answers: [Question: Answer] {
        var answers: [Question: Answer] = [:]
        for (name, node) in nodes {
            for type in RecordType.allCases where node.sets[type] != nil || node.verdicts[type] != nil {
                answers[Question(name, type)] = node.answer(to: type, ttl: .max)
            }
        }
        return answers
    }
}
