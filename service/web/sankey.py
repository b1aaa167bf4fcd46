"""Geometry of flow diagrams: nodes in columns, links as bands whose width is their value; the template draws it as SVG.

Rules
1. Columns follow the links: a node stands right of everything that feeds it; links of a loop that run backwards are
   drawn below, and no node moves because of them.
2. One scale for the whole drawing: a band twice as wide carries twice as much. A value below a hair's width is drawn
   as a hair, so that nothing that exists is invisible.
3. A negative value (a credit) is drawn by its size and marked ``negative``.
4. Links below ``cutoff`` (a share of the largest column's sum) are put together into one node per column side, named
   as the rest, never dropped: what enters a column leaves it.

Example: ``sankey([Node("gas", "Natural gas", "source"), Node("mill", "Mill", "process")],
[Link("gas", "mill", 12.0)])``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

WIDTH = 960.0
NODE_WIDTH = 14.0
GAP = 18.0
HAIR = 1.2
ROOM = 30.0
"""Height kept for a node's two lines of text."""
REST = "rest"


@dataclass(frozen=True, slots=True)
class Node:
    """A box: ``kind`` chooses its colour; ``href`` its page; ``text`` its second line (a value with unit)."""

    id: str
    name: str
    kind: str
    text: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A band from ``source`` to ``target``; ``value`` in one unit for the whole drawing; ``title`` is its tooltip."""

    source: str
    target: str
    value: float
    title: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Box:
    """A placed node, in the drawing's units; ``label_x`` and ``anchor`` place its words."""

    node: Node
    x: float
    y: float
    height: float
    label_x: float
    anchor: str


@dataclass(frozen=True, slots=True)
class Band:
    """A placed link: the path of its middle line and its width."""

    link: Link
    path: str
    width: float
    back: bool
    negative: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    """A diagram of ``width`` by ``height``."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    bands: tuple[Band, ...]


def sankey(
    nodes: Sequence[Node],
    links: Iterable[Link],
    *,
    cutoff: float = 0.0,
    rest: str = "…",
    height: float = 420.0,
) -> Drawing:
    """Place nodes and links. ``cutoff`` is rule 4's share (0 to 1); ``rest`` names what is put together.

    Raises LookupError for a link to a node that is not given. Nodes without a link are left out.
    """
    known = {node.id: node for node in nodes}
    wanted = [link for link in links if link.value]
    for link in wanted:
        known[link.source], known[link.target]
    known, wanted = _gather(known, wanted, cutoff, rest)
    if not wanted:
        return Drawing(WIDTH, 0.0, (), ())
    forward, backward = _open_loops(known, wanted)
    columns = _order(_columns(forward, backward), forward)
    return _place(known, columns, forward, backward, height)


def _gather(
    known: dict[str, Node], links: list[Link], cutoff: float, rest: str
) -> tuple[dict[str, Node], list[Link]]:
    """Rule 4: small links out of a node that nothing feeds meet in one rest node for each target."""
    if cutoff <= 0 or not links:
        return known, links
    fed = {link.target for link in links}
    least = cutoff * sum(abs(link.value) for link in links if link.source not in fed)
    kept = [link for link in links if link.source in fed or abs(link.value) >= least]
    small: dict[str, list[Link]] = defaultdict(list)
    for link in links:
        if link.source not in fed and abs(link.value) < least:
            small[link.target].append(link)
    made = dict(known)
    for target, parts in small.items():
        if len(parts) == 1:
            kept.append(parts[0])
            continue
        name = f"{REST}:{target}"
        made[name] = Node(name, f"{rest} ({len(parts)})", REST)
        title = "\n".join(part.title for part in parts if part.title)
        kept.append(Link(name, target, sum(part.value for part in parts), title, REST))
    return made, kept


def _open_loops(known: dict[str, Node], links: list[Link]) -> tuple[list[Link], list[Link]]:
    """Links that run forward and those that close a loop, by a depth-first walk in the order given."""
    out: dict[str, list[Link]] = defaultdict(list)
    for link in links:
        out[link.source].append(link)
    state: dict[str, int] = {}
    backward: set[int] = set()
    for start in known:
        if start in state or start not in out:
            continue
        state[start] = 1
        stack = [(start, iter(out[start]))]
        while stack:
            name, rest = stack[-1]
            for link in rest:
                seen = state.get(link.target, 0)
                if seen == 1:
                    backward.add(id(link))
                elif seen == 0:
                    state[link.target] = 1
                    stack.append((link.target, iter(out[link.target])))
                    break
            else:
                state[name] = 2
                stack.pop()
    return [k for k in links if id(k) not in backward], [k for k in links if id(k) in backward]


def _columns(forward: list[Link], backward: list[Link]) -> dict[str, int]:
    """Column of each node: right of all that feed it; what nothing feeds stands just left of what it feeds first."""
    names = dict.fromkeys(name for link in (*forward, *backward) for name in (link.source, link.target))
    column = dict.fromkeys(names, 0)
    for _ in names:
        moved = False
        for link in forward:
            if column[link.target] <= column[link.source]:
                column[link.target] = column[link.source] + 1
                moved = True
        if not moved:
            break
    fed = {link.target for link in forward}
    for name in names:
        if name not in fed:
            nearest = [column[link.target] for link in forward if link.source == name]
            column[name] = min(nearest, default=1) - 1
    return column


def _order(column: dict[str, int], forward: list[Link]) -> list[list[str]]:
    """Nodes of each column from top to bottom: by the middle of their neighbours, swept twice each way."""
    last = max(column.values())
    rows: list[list[str]] = [
        [name for name, at in column.items() if at == index] for index in range(last + 1)
    ]
    near: dict[str, list[str]] = defaultdict(list)
    for link in forward:
        near[link.source].append(link.target)
        near[link.target].append(link.source)
    for _ in range(2):
        for sweep in (range(1, last + 1), range(last - 1, -1, -1)):
            for index in sweep:
                place = {name: at / max(len(row), 1) for row in rows for at, name in enumerate(row)}
                rows[index].sort(
                    key=lambda name: sum(place[other] for other in near[name]) / max(len(near[name]), 1)
                )
    return rows


def _place(
    known: dict[str, Node],
    rows: list[list[str]],
    forward: list[Link],
    backward: list[Link],
    height: float,
) -> Drawing:
    into: dict[str, float] = defaultdict(float)
    out: dict[str, float] = defaultdict(float)
    for link in (*forward, *backward):
        out[link.source] += abs(link.value)
        into[link.target] += abs(link.value)
    size = {name: max(into[name], out[name]) for row in rows for name in row}
    tallest = max(sum(size[name] for name in row) for row in rows)
    most = max(len(row) for row in rows)
    room = max(height, most * (ROOM + GAP))
    scale = (room - (most - 1) * GAP) / tallest if tallest else 0.0
    step = (WIDTH - NODE_WIDTH) / max(len(rows) - 1, 1)
    boxes: dict[str, Box] = {}
    for index, row in enumerate(rows):
        last = index == len(rows) - 1 and index > 0
        for name, y, tall in _stack(row, size, scale, room):
            x = index * step
            label, anchor = (x - 6, "end") if last else (x + NODE_WIDTH + 6, "start")
            boxes[name] = Box(known[name], round(x, 2), y, tall, round(label, 2), anchor)
    bottom = max(box.y + box.height for box in boxes.values())
    bands = _bands(boxes, forward, backward, scale, bottom)
    under = (
        GAP * (1 + len(backward)) + max((b.width for b in bands if b.back), default=0.0) if backward else 0
    )
    return Drawing(WIDTH, round(bottom + under + ROOM / 2, 2), tuple(boxes.values()), bands)


def _stack(
    row: list[str], size: dict[str, float], scale: float, room: float
) -> Iterable[tuple[str, float, float]]:
    """(node, y, height) of a column, centred; a small node keeps room for its words."""
    heights = [max(size[name] * scale, HAIR) for name in row]
    taken = sum(max(one, ROOM) for one in heights) + GAP * (len(row) - 1)
    y = max((room - taken) / 2, 0.0)
    for name, tall in zip(row, heights, strict=True):
        yield name, round(y + max(ROOM - tall, 0.0) / 2, 2), round(tall, 2)
        y += max(tall, ROOM) + GAP


def _bands(
    boxes: dict[str, Box], forward: list[Link], backward: list[Link], scale: float, bottom: float
) -> tuple[Band, ...]:
    leaving: dict[str, float] = defaultdict(float)
    entering: dict[str, float] = defaultdict(float)
    bands = []
    ordered = sorted(forward, key=lambda k: (boxes[k.source].y, boxes[k.target].y))
    starts = {id(link): _slot(leaving, link.source, link, boxes, scale) for link in ordered}
    for link in sorted(forward, key=lambda k: (boxes[k.target].y, boxes[k.source].y)):
        end = _slot(entering, link.target, link, boxes, scale)
        x0, x1 = boxes[link.source].x + NODE_WIDTH, boxes[link.target].x
        middle = (x0 + x1) / 2
        y0 = starts[id(link)]
        path = f"M{x0:.1f},{y0:.1f}C{middle:.1f},{y0:.1f} {middle:.1f},{end:.1f} {x1:.1f},{end:.1f}"
        bands.append(Band(link, path, _width(link, scale), False, link.value < 0))
    for index, link in enumerate(backward, start=1):
        start, end = (
            _slot(leaving, link.source, link, boxes, scale),
            _slot(entering, link.target, link, boxes, scale),
        )
        x0, x1 = boxes[link.source].x + NODE_WIDTH, boxes[link.target].x
        under = bottom + GAP * index + _width(link, scale) / 2
        path = (
            f"M{x0:.1f},{start:.1f}C{x0 + 40:.1f},{start:.1f} {x0 + 40:.1f},{under:.1f} {x0:.1f},{under:.1f}"
            f"L{x1:.1f},{under:.1f}C{x1 - 40:.1f},{under:.1f} {x1 - 40:.1f},{end:.1f} {x1:.1f},{end:.1f}"
        )
        bands.append(Band(link, path, _width(link, scale), True, link.value < 0))
    return tuple(bands)


def _slot(taken: dict[str, float], name: str, link: Link, boxes: dict[str, Box], scale: float) -> float:
    """The middle of the next free piece of a node's side."""
    wide = abs(link.value) * scale
    at = boxes[name].y + taken[name] + wide / 2
    taken[name] += wide
    return at


def _width(link: Link, scale: float) -> float:
    return round(max(abs(link.value) * scale, HAIR), 2)
