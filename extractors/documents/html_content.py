"""Where the text of a page is: navigation and the like are taken off, and nothing else.

A menu left in costs little, an exercise cut off is lost; so an element goes only if it is declared
to be navigation, or if it consists of links and resiliparse's rules
(https://resiliparse.chatnoir.eu, main content extraction) leave it out too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

_DECLARED = "nav, [role=navigation], [role=search], [role=contentinfo], [role=doc-toc], [hidden][class*=menu]"
_SECTIONING = ("article", "section", "blockquote")
_MENUS = ("div", "ul", "ol", "aside", "header", "footer", "table", "form", "section", "p")
_MIN_LINKS = 4
_LINKED = 0.6
"""Share of an element's text that is in links from which on it is a menu."""
_MAX_DEPTH = 15


def content_root(tree: LexborHTMLParser, source: str) -> LexborNode | None:
    """Takes navigation off a page.

    Returns:
      The element that holds the page's text: `<main>` if most of the text is there, else `<body>`.
    """
    body = tree.body
    if body is None:
        return None
    for element in tree.css(_DECLARED):
        if not _is_root(element):
            element.decompose()
    for footer in tree.css("footer"):
        if not _stands_in(footer, _SECTIONING):
            footer.decompose()
    if len(tree.css("a[href]")) >= _MIN_LINKS:
        _drop_menus(body, source)
    mains = list({main.mem_id: main for main in tree.css("main, [role=main]")}.values())
    if len(mains) == 1 and 2 * _length(mains[0]) > _length(body):
        return mains[0]
    return body


def _drop_menus(body: LexborNode, source: str) -> None:
    from resiliparse.extract.html2text import extract_plain_text

    main_text = ""
    waiting = [(body, 0)]
    while waiting:
        element, depth = waiting.pop()
        for child in element.iter():
            if child.tag in _MENUS and _is_menu(child):
                # Asked for only now: most pages have no such element.
                if not main_text:
                    main_text = " ".join(extract_plain_text(source, main_content=True).split()) or " "
                if " ".join(child.text(separator=" ").split()) not in main_text:
                    child.decompose()
            elif depth < _MAX_DEPTH:
                waiting.append((child, depth + 1))


def _is_menu(element: LexborNode) -> bool:
    links = element.css("a[href]")
    if len(links) < _MIN_LINKS or element.css_first("math, pre, h1, h2, input") is not None:
        return False
    length = _length(element)
    return length > 0 and sum(_length(link) for link in links) > _LINKED * length


def _length(element: LexborNode) -> int:
    return len("".join(element.text().split()))


def _is_root(element: LexborNode) -> bool:
    return element.tag in ("html", "body", "main")


def _stands_in(element: LexborNode, tags: tuple[str, ...]) -> bool:
    parent = element.parent
    while parent is not None:
        if parent.tag in tags:
            return True
        parent = parent.parent
    return False
