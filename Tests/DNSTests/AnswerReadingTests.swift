import DNS
import Testing

@Suite struct AnswerReadingTests {
    /// Counts the octets of the texts.
    final class Length: AnswerReading {
        let octets: Int

        init(_ answer: Answer) {
            octets = answer.texts.reduce(0) { $0 + $1.count }
        }
    }

    /// The same as words; another kind.
    final class Count: AnswerReading {
        let texts: Int

        init(_ answer: Answer) {
            texts = answer.texts.count
        }
    }

    static let texts = Answer(.records([.txt([[1, 2]]), .txt([[3]])]))

    @Test func `An answer and its copies are read once by each kind of reading`() {
        let copy = Self.texts
        let length: Length = Self.texts.reading()
        let count: Count = copy.reading()
        #expect(length.octets == 3)
        #expect(count.texts == 2)
        #expect(copy.reading(Length.self) === length)
        #expect(Self.texts.reading(Count.self) === count)
    }

    @Test func `Another answer has its own readings, though it is equal`() {
        let other = Answer(.records([.txt([[1, 2]]), .txt([[3]])]))
        let length: Length = Self.texts.reading()
        #expect(other == Self.texts)
        #expect(other.hashValue == Self.texts.hashValue)
        #expect(other.reading(Length.self) !== length)
    }

    @Test(arguments: [Answer(.noData), Answer(.nameError), .failure(.timeout)])
    func `An answer without records can be read`(_ answer: Answer) {
        #expect(answer.reading(Length.self).octets == 0)
    }
}
