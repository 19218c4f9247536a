"""The figures as Markdown."""

#: How many times as fast as the fastest configuration of another program.
TARGETS = (
    ('plimsoll ingest rpc --proof logs', 'cryo', 1.0),
    ('plimsoll ingest rpc --proof sampled', 'cryo', 0.8),
    ('plimsoll ingest rpc --proof logs', 'ethereum-etl', 10.0),
)
#: Bytes received relative to the bare logs.
BYTES_TARGET = 2.0


def render(results):
    ours = results['programs'][0]
    blocks, contracts = results['chain']['blocks'], results['chain']['contracts']
    lines = [
        f"{results['logs']:,} logs of {contracts} contracts in {blocks:,} blocks; "
        f"{results['rounds']} runs each; {results['machine']['cores']} cores.",
        '',
        '| | median, s | least, s | times as long | processor time, s | peak memory, MiB | logs kept | calls | received, MiB |',
        '|---|---|---|---|---|---|---|---|---|',
        *(row(program, ours) for program in results['programs']),
        '',
        *verdicts(results['programs']),
    ]
    return '\n'.join(lines)


def row(program, ours):
    cells = [
        program['name'],
        f"{program['median_s']:.2f}",
        f"{program['min_s']:.2f}",
        f"{program['median_s'] / ours['median_s']:.2f}",
        f"{program['cpu_s']:.2f}",
        f"{program['peak_mib']:.0f}",
        f"{program['logs_kept']:,}",
        f"{program['calls']:,}",
        f"{program['received_mib']:.1f}",
    ]
    return f"| {' | '.join(cells)} |"


def verdict(ours, other, factor):
    """Compares one way of running plimsoll with the fastest configuration of another program."""
    ratio = other['median_s'] / ours['median_s']
    word = 'met' if ratio >= factor else 'missed'
    return f"- {ours['name']}: {ratio:.2f} times as fast as {other['name']} (target {factor:g}): {word}"


def verdicts(programs):
    def fastest(kind):
        return min((program for program in programs if program['kind'] == kind), key=lambda p: p['median_s'])

    by_name = {program['name']: program for program in programs}
    for name, kind, factor in TARGETS:
        yield verdict(by_name[name], fastest(kind), factor)
    logs, bare = by_name['plimsoll ingest rpc --proof logs'], by_name['eth_getLogs, 1 call']
    ratio = logs['received_mib'] / bare['received_mib']
    word = 'met' if ratio <= BYTES_TARGET else 'missed'
    yield f"- {logs['name']}: {ratio:.2f} times the bytes of {bare['name']} (target {BYTES_TARGET:g}): {word}"
