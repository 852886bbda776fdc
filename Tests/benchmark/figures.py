"""The figures of a run as the tables of the README, and as a chart."""

COLORS = {"authres": "#3465a4", "opendkim": "#f57900", "rspamd": "#73d216", "floor": "#888a85"}


def number(value):
    """Three digits, as no figure here is known better."""
    if value >= 100:
        return f"{round(value, -max(0, len(str(int(value))) - 3)):,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def milliseconds(microseconds):
    return number(microseconds / 1000) + " ms"


def table(found):
    machine, milters = found["machine"], found["milters"]
    loads = list(next(iter(milters.values()))["loads"])
    lines = [f"Measured on {machine['date']} at {machine['commit']} ({machine['cores']} cores, {machine['processor']}).", "",
             "CPU time of the milter a message (user + system), and how many times the floor's:", "",
             "| body | " + " | ".join(milters) + " |", "|---" * (1 + len(milters)) + "|"]
    for load in loads:
        cells = []
        for milter in milters.values():
            figures = milter["loads"][load]
            ratio = f", {figures['ratio']:.1f}x" if "ratio" in figures and figures["ratio"] != 1 else ""
            cells.append(f"{milliseconds(figures['cpu_us'])} ({figures['user_us']:.0f} + {figures['system_us']:.0f} us{ratio})")
        lines.append(f"| {load} | " + " | ".join(cells) + " |")
    lines += ["", "Messages a second with eight clients on the same machine, and the latency of half of them and of all but 1 %:", "",
              "| body | " + " | ".join(milters) + " |", "|---" * (1 + len(milters)) + "|"]
    for load in loads:
        cells = []
        for milter in milters.values():
            figures = milter["loads"][load]
            if "failed" in figures:
                cells.append(f"{figures['failed']:.0%} of the messages failed")
                continue
            cells.append(f"{number(figures['messages_a_second'])}/s, {figures['p50_ms']:.2f} and {figures['p99_ms']:.2f} ms")
        lines.append(f"| {load} | " + " | ".join(cells) + " |")
    lines += ["", "; ".join(f"{name}: {milter['what']}, {milter['resident_mib']:.0f} MiB" for name, milter in milters.items()) + "."]
    memory, archives = found["memory_mib"], found["archives"]
    lines += ["", f"authres listens {memory['start_ms']:.0f} ms after its start. Memory: {memory['at_rest']:.0f} MiB at rest, "
              f"{memory['idle_10000']:.0f} with 10,000 idle connections, {memory['middle_of_5_mb_1000']:.0f} with 1,000 in the "
              "middle of a message of 5 MB.", "",
              f"Archive of {archives['messages']:,} messages of 2 KB, three quarters of them signed:", "",
              "| | messages a second | CPU a message | memory |", "|---|---|---|---|"]
    for key, words in (("output", "`--output`"), ("report", "`--report json`"),
                       ("report_name_server", "`--report json`, with a name server")):
        figures = archives[key]
        lines.append(f"| {words} | {number(figures['messages_a_second'])} | {milliseconds(figures['cpu_us'])} | "
                     f"{figures['resident_mib']:.0f} MiB |")
    lines.append(f"| dkimpy and pyspf, one core | {number(archives['dkimpy_and_pyspf']['messages_a_second'])} | | |")
    return "\n".join(lines) + "\n"


def chart(found):
    """CPU time a message by load and milter: a bar each, in one scale for each load, as SVG."""
    milters = found["milters"]
    loads = list(next(iter(milters.values()))["loads"])
    row, gap, left, width = 16, 14, 190, 700
    lines, y = [], 34
    for load in loads:
        greatest = max(milter["loads"][load]["cpu_us"] for milter in milters.values())
        lines.append(f'<text x="{left - 10}" y="{y + row * len(milters) / 2 + 4}" text-anchor="end">{load}</text>')
        for name, milter in milters.items():
            value = milter["loads"][load]["cpu_us"]
            length = max(1, value / greatest * (width - left - 150))
            lines.append(f'<rect x="{left}" y="{y}" width="{length:.1f}" height="{row - 3}" fill="{COLORS[name]}"/>')
            lines.append(f'<text x="{left + length + 5:.1f}" y="{y + 11}">{name} {milliseconds(value)}</text>')
            y += row
        y += gap
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{y}" viewBox="0 0 {width} {y}" '
            'font-family="sans-serif" font-size="12">\n'
            f'<rect width="{width}" height="{y}" fill="white"/>\n'
            '<text x="10" y="20" font-size="14">CPU time a message, by size of the body (each size has its own scale)</text>\n'
            + "\n".join(lines) + "\n</svg>\n")
