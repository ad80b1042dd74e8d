# SPDX-License-Identifier: Apache-2.0
"""Draws the growth of cost. Its greys and colours can be read on a white and on a black page."""

from .bench import NotMeasured

GREY, TRACED, UNTRACED, ANSWERS = (
    "#7d8590",
    "#2f81f7",
    "#7d8590",
    ["#2f81f7", "#d29922", "#3fb950", "#db61a2"],
)
SPAN = 30  # from here on a time is drawn logarithmically
UNITS = [(1, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns")]


def draw(sections, path):
    """One small picture for each curve of the results."""
    try:
        import matplotlib

        matplotlib.use("svg")
        from matplotlib import pyplot
    except ImportError as reason:
        raise NotMeasured(f"{reason}: scripts/ensure-packages bench") from reason
    style = {
        name: GREY
        for name in (
            "text.color",
            "axes.labelcolor",
            "axes.edgecolor",
            "xtick.color",
            "ytick.color",
        )
    }
    style |= {
        "svg.hashsalt": "dltrace",
        "svg.fonttype": "path",
        "font.size": 8.5,
        "axes.titlesize": 8.5,
    }
    style |= {
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "grid.color": GREY,
        "grid.alpha": 0.25,
    }
    pictures = list(growth(sections)) + list(store(sections))
    if not pictures:
        raise NotMeasured("no curve was measured")
    with pyplot.rc_context(style):
        rows = -(-len(pictures) // 2)
        figure, axes = pyplot.subplots(
            rows, 2, figsize=(9, 2.5 * rows), squeeze=False, layout="constrained"
        )
        for place, picture in zip(axes.flat, pictures, strict=False):
            picture(place)
        for place in axes.flat[len(pictures) :]:
            place.set_visible(False)
        figure.savefig(path, transparent=True, metadata={"Date": None})
        pyplot.close(figure)


def growth(sections):
    from .growth import TITLES

    for name, points in sections.get("growth", {}).items():
        measured = [point for point in points if "ratio" in point]
        if not measured:
            continue
        lines = {
            way: (
                [point["count"] for point in measured],
                [point[way]["median"] / 1e9 for point in measured],
            )
            for way in ("untraced", "traced")
        }
        yield lambda place, name=name, lines=lines: curves(
            place, TITLES[name], lines, [UNTRACED, TRACED]
        )


def store(sections):
    sizes = sections.get("store", {}).get("sizes", [])
    if not sizes:
        return
    events = [size["store"]["events"] for size in sizes]
    taken = {"CPU time of dltrace": (events, [size["store"]["cpu"] for size in sizes])}
    compared = [size for size in sizes if "insert" in size]
    if compared:
        by_c = [size["insert"]["cpu"] for size in compared]
        taken["of a C program's inserts"] = ([size["store"]["events"] for size in compared], by_c)
    answers = {
        way: (events, [size["report"][way]["median"] for size in sizes])
        for way in sizes[0]["report"]
    }
    yield lambda place: curves(place, "events taken in", taken, [TRACED, UNTRACED])
    yield lambda place: curves(place, "events in the database, until the answer", answers, ANSWERS)


def curves(place, title, lines, colours):
    """Lines over a logarithmic number; the time is logarithmic too where it spans much."""
    every = [second for _, seconds in lines.values() for second in seconds]
    size, unit = next(((size, unit) for size, unit in UNITS if max(every) >= size), UNITS[-1])
    for (name, (counts, seconds)), colour in zip(lines.items(), colours, strict=False):
        place.plot(
            counts,
            [second / size for second in seconds],
            marker="o",
            markersize=3,
            color=colour,
            label=name,
        )
    place.set_xscale("log")
    place.set_xticks(counts, [label(count) for count in counts])
    place.minorticks_off()
    if max(every) > SPAN * min(every):
        place.set_yscale("log")
        place.yaxis.set_major_formatter("{x:g}")
    else:
        place.set_ylim(bottom=0)
    place.set_title(title)
    place.set_ylabel(unit)
    place.legend(frameon=False)


def label(count):
    """A count of events is as long as it came; one digit says enough of it."""
    return f"{round(count, 1 - len(str(count))) if count > 5000 else count:,}"
