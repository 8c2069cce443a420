from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filters.spans import spans, without_spans


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"a \(b\) c \[d\] $e$ $$f$$", ["b", "d", "e", "f"]),
        (r"\begin{align*}x\end{align*} \begin{proof}y\end{proof}", ["x"]),
        ("`$x$` and ```\n\\(y\n```", ["$x$", "\n\\(y\n"]),
        (r"a \\[2pt] b \] and \$3 and $4", []),
        ("$5 and\n6$", []),
        (r"\[ open \(closed\)", ["closed"]),
        ("$5 each, so $x$ of them cost $20 or $5-$6.", ["x"]),
        ("$5 + $6 = $11", []),
        (r"$\$5 + x$ and $a\\$ b", [r"\$5 + x", r"a\\"]),
        ("$ x = 2 $, $ 5 $, 5 $ and 6 $, $  $", [" x = 2 ", " 5 "]),
    ],
)
def test_formulas_and_code(text: str, expected: list[str]) -> None:
    assert [text[slice(*span.inside)] for span in spans(text)] == expected


@given(st.lists(st.sampled_from(["`", "$", "\\(", "\\)", "\\[", "\\]", "\\\\", "\n", "a"])).map("".join))
def test_spans_are_in_order_and_what_is_outside_stays(text: str) -> None:
    found = list(spans(text))
    edges = [0, *(edge for span in found for edge in (span.start, *span.inside, span.end)), len(text)]
    assert edges == sorted(edges)
    assert len(without_spans(text, lambda length: "x" * length)) == len(text)
