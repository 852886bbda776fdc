import Metrics
import Testing

@Suite struct ExpositionTests {
    private enum Fruit: String, MetricWord {
        case apple, pear

        static let labelName = "fruit"
    }

    @Test func `families are written as Prometheus reads them`() {
        let fruit = CounterFamily<Fruit>("fruit_total", "Eaten \\ counted.\nTwice.")
        fruit.add(.pear)
        fruit.add(.pear, 2)
        let histogram = Histogram("wait_seconds", "Waiting.", bounds: [.milliseconds(1), .seconds(2)])
        histogram.record(.milliseconds(1))
        histogram.record(.microseconds(1500))
        histogram.record(.seconds(3))
        let odd = MetricFamily("odd", .gauge, "Odd.", [.init(1.5, [.init("a", "x\"y\\z\n"), .init("b", "")])])
        let exposition = Exposition([fruit.family, histogram.family, odd])
        #expect(
            exposition.text == """
                # HELP fruit_total Eaten \\\\ counted.\\nTwice.
                # TYPE fruit_total counter
                fruit_total{fruit="apple"} 0
                fruit_total{fruit="pear"} 3
                # HELP wait_seconds Waiting.
                # TYPE wait_seconds histogram
                wait_seconds_bucket{le="0.001"} 1
                wait_seconds_bucket{le="2"} 2
                wait_seconds_bucket{le="+Inf"} 3
                wait_seconds_sum 3.0025
                wait_seconds_count 3
                # HELP odd Odd.
                # TYPE odd gauge
                odd{a="x\\"y\\\\z\\n",b=""} 1.5

                """
        )
    }

    @Test func `what is written is read back`() throws {
        let fruit = CounterFamily<Fruit>("fruit_total", "Eaten \\ counted.\nTwice.")
        fruit.add(.apple, 7)
        let histogram = Histogram("wait_seconds", "Waiting.")
        histogram.record(.milliseconds(3))
        let odd = MetricFamily(
            "odd",
            .gauge,
            "Odd: {} \"quotes\" # sign.",
            [.init(-0.25, [.init("a", "}x\"y\\z\n, b=")]), .init(.infinity), .init(-.infinity), .init(1e300)]
        )
        let exposition = Exposition([fruit.family, histogram.family, odd, .counter("n", "N.", 0)])
        var parser = ExpositionParser(exposition.text)
        #expect(try parser.exposition() == exposition)
    }

    @Test func `other programs' files are read too`() throws {
        var parser = ExpositionParser(
            "# a remark\n\n# TYPE x counter\nx{ } 1\nx{a=\"1\",} 2 1700000000\n#TYPE y gauge\ny\t3\nz 4"
                .replacing("{ }", with: "{}")
        )
        let exposition = try parser.exposition()
        #expect(exposition.sum("x") == 3)
        #expect(exposition.sum("x", [.init("a", "1")]) == 2)
        #expect(exposition.sum("y") == 3)
        #expect(exposition.families.map(\.name) == ["x", "y"])
    }

    @Test(arguments: [
        "x{a=\"1 2", "x{a=1} 2", "x{a=\"1\"b=\"2\"} 3", "x{a=\"1\"}", "x", "{a=\"1\"} 2", "x{a=\"\\", "x one",
    ])
    func `broken files are refused`(line: String) {
        var parser = ExpositionParser("# TYPE x counter\n" + line)
        #expect(throws: ExpositionParser.SyntaxError.self) { try parser.exposition() }
    }
}
