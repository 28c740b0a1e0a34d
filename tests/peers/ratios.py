"""A table of palier's figures beside its peers', as Markdown: one row for what was measured in turn, round by round."""
import statistics

UNSETTLED = 0.1


def header(*what):
    columns = [*what, "palier", "peer", "peer's name", "palier/peer", "least to most"]
    print("| " + " | ".join(columns) + " |")
    print("|" + "---|" * len(columns))


def row(what, pairs, show, peer):
    """The median of the pairs' ratios; None where they are too far apart, or one."""
    ours, theirs = (statistics.median(values) for values in zip(*pairs))
    ratios = [a / b for a, b in pairs]
    ratio = statistics.median(ratios)
    settled = len(ratios) > 1 and statistics.median(abs(r - ratio) for r in ratios) <= UNSETTLED * ratio
    cells = [*map(str, what), show(ours), show(theirs), peer, f"{ratio:.2f}{'' if settled else ' (unsettled)'}",
             f"{min(ratios):.2f} to {max(ratios):.2f}"]
    print("| " + " | ".join(cells) + " |", flush=True)
    return ratio if settled else None
