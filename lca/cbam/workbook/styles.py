"""How the workbook looks: formats of cells and widths of columns."""

from __future__ import annotations

from typing import Any

from lca.cbam.workbook.layout import Kind

INK, PAPER, LINE, GREEN, NEEDED, QUIET = "#17322B", "#FFFFFF", "#C9D8D1", "#1F6F54", "#FFF8E1", "#5B6F68"

WIDTHS: dict[Kind, int] = dict.fromkeys(Kind, 16) | {
    Kind.TEXT: 24,
    Kind.CHOICE: 20,
    Kind.AMONG: 20,
    Kind.AMONGS: 28,
}
"""Width of a column by what it holds."""

Styles = dict[str, Any]


def styles(book: Any) -> Styles:
    """The formats of a workbook by name."""
    base = {"font_name": "Microsoft YaHei", "font_size": 10, "font_color": INK, "valign": "vcenter"}
    cell = {**base, "border": 1, "border_color": LINE}
    head = {
        **cell,
        "bold": True,
        "font_color": PAPER,
        "bg_color": GREEN,
        "text_wrap": True,
        "align": "center",
    }
    formats = {
        "title": {**base, "bold": True, "font_size": 16, "font_color": GREEN},
        "note": {**base, "italic": True, "font_color": QUIET},
        "section": {**base, "bold": True, "font_size": 12, "font_color": GREEN},
        "plain": {**base, "text_wrap": True, "valign": "top"},
        "head": head,
        "head-needed": {**head, "bottom": 5, "bottom_color": "#F2B705"},
        "label": {**cell, "bold": True, "bg_color": "#EAF3EF", "text_wrap": True},
        "hint": {**cell, "font_color": QUIET, "text_wrap": True},
        "help": {**base, "font_size": 8, "font_color": QUIET, "text_wrap": True, "valign": "bottom"},
        "text": {**cell, "num_format": "@"},
        "number": {**cell, "num_format": "General"},
        "date": {**cell, "num_format": "yyyy-mm-dd", "align": "left"},
    }
    for name in ("text", "number", "date"):
        formats[f"needed-{name}"] = {**formats[name], "bg_color": NEEDED, "align": "left"}
    return {name: book.add_format(options) for name, options in formats.items()}
