"""The figures as Markdown."""

TARGETS = {'cryo': 1.0, 'ethereum-etl': 10.0}


def render(results):
    ours, *others = results['contenders']
    blocks, contracts = results['chain']['blocks'], results['chain']['contracts']
    lines = [
        f"{results['logs']:,} logs of {contracts} contracts in {blocks:,} blocks; "
        f"{results['rounds']} runs each; {results['machine']['cores']} cores.",
        '',
        '| | median, s | least, s | times as long | processor time, s | peak memory, MiB | logs kept | calls | received, MiB |',
        '|---|---|---|---|---|---|---|---|---|',
        *(row(racer, ours) for racer in results['contenders']),
        '',
        *(verdict(ours, others, kind, factor) for kind, factor in TARGETS.items()),
    ]
    return '\n'.join(lines)


def row(racer, ours):
    cells = [
        racer['name'],
        f"{racer['median_s']:.2f}",
        f"{racer['min_s']:.2f}",
        f"{racer['median_s'] / ours['median_s']:.2f}",
        f"{racer['cpu_s']:.2f}",
        f"{racer['peak_mib']:.0f}",
        f"{racer['logs_kept']:,}",
        f"{racer['calls']:,}",
        f"{racer['received_mib']:.1f}",
    ]
    return f"| {' | '.join(cells)} |"


def verdict(ours, others, kind, factor):
    """Held against the best that the peer can do."""
    best = min((racer for racer in others if racer['kind'] == kind), key=lambda racer: racer['median_s'])
    ratio = best['median_s'] / ours['median_s']
    word = 'met' if ratio >= factor else 'missed'
    return f"- {ratio:.2f} times as fast as {best['name']} (target {factor:g}): {word}"
