# SPDX-License-Identifier: Apache-2.0
"""Bars side by side as SVG: groups of (label, [(client, [(part, value)])])."""
from xml.sax.saxutils import escape

COLOURS = {"tynd": ("#1d6f5f", "#7fc4b5"), "xfreerdp3": ("#8a5a1a", "#dfb676"), "sdl-freerdp3": ("#55598f", "#aeb2dc")}
WIDTH, LEFT, RIGHT, BAR, GAP, GROUP = 900, 230, 70, 15, 3, 16


def bars(groups, title, unit, parts):
    """Each client's bar is made of its parts, dark first."""
    longest = max(sum(value for _, value in stack) for _, clients in groups for _, stack in clients)
    scale = (WIDTH - LEFT - RIGHT) / longest
    body, y = [], 74
    for label, clients in groups:
        middle = y + (len(clients) * (BAR + GAP) - GAP) / 2 + 5
        body.append(f'<text x="{LEFT - 10}" y="{middle:.0f}" text-anchor="end" font-weight="600">{escape(label)}</text>')
        for client, stack in clients:
            x = LEFT
            for number, (_, value) in enumerate(stack):
                body.append(f'<rect x="{x:.1f}" y="{y}" width="{value * scale:.1f}" height="{BAR}" '
                            f'fill="{COLOURS[client][min(number, 1)]}"/>')
                x += value * scale
            body.append(f'<text x="{x + 6:.1f}" y="{y + BAR - 3}" font-size="12">{sum(v for _, v in stack):.1f}</text>')
            y += BAR + GAP
        y += GROUP
    x, legend = 16, []
    for client in dict.fromkeys(client for _, clients in groups for client, _ in clients):
        for number, part in enumerate(parts):
            legend.append(f'<rect x="{x}" y="42" width="12" height="12" fill="{COLOURS[client][number]}"/>'
                          f'<text x="{x + 17}" y="53" font-size="12">{escape(client + " " + part)}</text>')
            x += 30 + 6.3 * len(client + " " + part)
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y}" width="{WIDTH}" height="{y}" '
            f'font-family="sans-serif" font-size="13" fill="#222">\n<rect width="{WIDTH}" height="{y}" fill="#fff"/>\n'
            f'<text x="16" y="26" font-size="16" font-weight="600">{escape(title)} ({escape(unit)})</text>\n'
            + "\n".join(legend + body) + "\n</svg>\n")
