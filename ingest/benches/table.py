"""The figures as Markdown."""

TARGETS = {'cryo': 1.0, 'ethereum-etl': 10.0}


def render(results):
    ours, *others = results['programs']
    blocks, contracts = results['chain']['blocks'], results['chain']['contracts']
    lines = [
        f"{results['logs']:,} logs of {contracts} contracts in {blocks:,} blocks; "
        f"{results['rounds']} runs each; {results['machine']['cores']} cores.",
        '',
        '| | median, s | least, s | times as long | processor time, s | peak memory, MiB | logs kept | calls | received, MiB |',
        '|---|---|---|---|---|---|---|---|---|',
        *(row(program, ours) for program in results['programs']),
        '',
        *(verdict(ours, others, kind, factor) for kind, factor in TARGETS.items()),
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


def verdict(ours, others, kind, factor):
    """Compares with the fastest configuration of another program."""
    best = min((program for program in others if program['kind'] == kind), key=lambda program: program['median_s'])
    ratio = best['median_s'] / ours['median_s']
    word = 'met' if ratio >= factor else 'missed'
    return f"- {ratio:.2f} times as fast as {best['name']} (target {factor:g}): {word}"
