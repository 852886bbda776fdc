extension ZoneFile {
    /// The answers that the file gives by its own records or lines: for a file written by ``text(of:)``, the answers
    /// that it was written from.
    package var answers: [Question: Answer] {
        var answers: [Question: Answer] = [:]
        for (name, node) in nodes {
            for type in RecordType.allCases where node.sets[type] != nil || node.verdicts[type] != nil {
                answers[Question(name, type)] = node.answer(to: type, ttl: .max)
            }
        }
        return answers
    }
}
