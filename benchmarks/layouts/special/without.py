"""Documents with numbered things of every kind, and no problem that is solved."""

from __future__ import annotations

from functools import partial

from benchmarks.layouts.arrange import Truth
from benchmarks.layouts.book import CONTENT
from benchmarks.layouts.special.composed import Composed, Special, html_of, paragraphs, tasks


def _text(name: str) -> Composed:
    source = (CONTENT / "without" / f"{name}.md").read_text(encoding="utf-8")
    return Composed({name: source}, [])


def _printed(name: str, *forms: str) -> tuple[Special, ...]:
    return tuple(Special(f"none-{form}-{name}", partial(_text, name), form=form) for form in forms)


def _strangers() -> Composed:
    """Two sheets of different subjects in one folder, each with problems 1 to 6 and no solutions."""
    sources, truth = {}, []
    for name, part in (("mechanics", tasks("en")[:6]), ("chemistry", tasks("en2")[12:18])):
        sources[name] = paragraphs(
            f"% Sheet on {name}", "# Problems", *(f"{n}\\. {t.q}" for n, t in enumerate(part, 1))
        )
        truth += [Truth(t.q) for t in part]
    return Composed(sources, truth)


def _foreign_solutions() -> Composed:
    """A book of problems beside the solutions of another book."""
    problems, solutions = tasks("en")[:12], tasks("en2")[:12]
    sources = {
        "spring": paragraphs(
            "% Spring course in counting", "# Problems", *(f"{t.number}\\. {t.q}" for t in problems)
        ),
        "harbour": paragraphs(
            "% Harbour pilots: solutions", "# Solutions", *(f"{t.number}\\. {t.s}" for t in solutions)
        ),
    }
    return Composed(sources, [Truth(t.q) for t in problems])


def _other_numbers() -> Composed:
    """Problems of chapters 1 and 2, and solutions of chapters 3 and 4 alone."""
    first, second = tasks("en")[:12], tasks("en2")[:12]
    body = ["% A manual", "# Problems"]
    body += [f"**{1 + i // 6}.{1 + i % 6}** {t.q}" for i, t in enumerate(first)]
    body += ["# Solutions", *(f"**{3 + i // 6}.{1 + i % 6}** {t.s}" for i, t in enumerate(second))]
    return Composed({"manual": paragraphs(*body)}, [Truth(t.q) for t in first])


def _forum() -> Composed:
    """A page of comments, numbered by the site."""
    comments = ["I like this lamp.", "Mine broke after a week.", "Which bulb does it take?", "The small one."]
    body = [f"<li id='c{n}'><p>#{n} {html_of(text)}</p></li>" for n, text in enumerate(comments, 1)]
    page = f"<html><body><h1>Lamp</h1><h2>Comments</h2><ol>{''.join(body)}</ol></body></html>"
    return Composed({"lamp.html": page}, [])


WITHOUT = (
    *_printed("paper", "pdf", "latex", "docx"),
    *_printed("recipes", "pdf", "markdown", "epub"),
    *_printed("statutes", "pdf", "docx", "html"),
    *_printed("glossary", "docx", "pdf"),
    *_printed("minutes", "docx", "text", "pdf"),
    *_printed("manual", "pdf", "html"),
    *_printed("textbook", "pdf", "docx", "epub", "text"),
    *_printed("report", "pdf", "text", "markdown"),
    *_printed("agenda-de", "pdf", "docx", "text"),
    *_printed("hints", "pdf", "markdown", "html"),
    *_printed("solutions", "pdf", "latex", "markdown"),
    *_printed("rules", "pdf", "docx", "html"),
    *_printed("findings", "pdf", "docx", "markdown", "text"),
    *_printed("endnotes", "pdf", "docx", "epub"),
    *_printed("lots", "pdf", "html"),
    *_printed("papers", "pdf", "docx"),
    *_printed("laboratory", "pdf", "markdown", "epub"),
    *_printed("survey", "docx", "html", "pdf"),
    *_printed("footnotes", "html", "epub", "docx", "pdf"),
    *_printed("changes", "html", "markdown"),
    *_printed("sheet-with-goals", "pdf", "docx"),
    *_printed("untersuchung-de", "pdf", "docx"),
    *_printed("passengers", "pdf", "docx", "text"),
    *_printed("hearing", "pdf", "docx", "html"),
    *_printed("changelog", "html", "markdown"),
    *_printed("laws-with-notes", "pdf"),
    *_printed("measures", "docx", "html", "pdf"),
    *_printed("dialogue", "text", "docx"),
    *_printed("conversation", "text", "docx"),
    *_printed("errands", "text", "html"),
    *_printed("plan-with-owners", "markdown", "docx", "html", "text", "pdf"),
    Special("none-pdf-strangers", _strangers),
    Special("none-pdf-foreign-solutions", _foreign_solutions),
    Special("none-docx-foreign-solutions", _foreign_solutions, form="docx"),
    Special("none-pdf-other-numbers", _other_numbers),
    Special("none-html-comments", _forum, form="html"),
)
