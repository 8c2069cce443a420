from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filters.pii import KIND, Pii, find, masked

PLAIN = Pii()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Write to jane.doe+x@mail.example.com, please.", "Write to [EMAIL], please."),
        ("<a@b.org>;c-d@e-f.co.uk", "<[EMAIL]>;[EMAIL]"),
        ("info@müller-söhne.de", "[EMAIL]"),
        (
            "`code@example.com` and $a@b.com$ and {c@d.org} and |e@f.net|",
            "`[EMAIL]` and $[EMAIL]$ and {[EMAIL]} and |[EMAIL]|",
        ),
        (
            "\\email{jo\\_do@b.org}, *j@e.com*, **j@e.com**, _j@e.com_",
            "\\email{[EMAIL]}, *[EMAIL]*, **[EMAIL]**, _[EMAIL]_",
        ),
        ("'g@h.io' user=i@j.com a/b@c.com müller@x.de.", "'[EMAIL]' user=[EMAIL] a/[EMAIL] [EMAIL]."),
        ("邮箱zhang@qq.com。我们的编辑部zhang@qq.com谢谢", "邮箱[EMAIL]。我们的编辑部[EMAIL]谢谢"),
        ("メールはtanaka@example.jpまで, 메일kim@a.co.kr로", "メールは[EMAIL]まで, 메일[EMAIL]로"),
        ("Call +49 30 901820 or +1 (212) 736-5000.", "Call [PHONE] or [PHONE]."),
        ("Call (+49) 30 1234567, (see +49 30 1234567).", "Call [PHONE], (see [PHONE])."),
        ("Compute +12 345 678 901 + 5", "Compute +12 345 678 901 + 5"),
        ("Call +1 (212) 736-5000 - 24 hours a day", "Call [PHONE] - 24 hours a day"),
        ("The server 8.8.8.8:53 answers.", "The server 8.8.8.8:53 answers."),
        ("The server 151.101.1.69 answers.", "The server [IP] answers."),
        ("From 2606:4700:4700::1111 it came.", "From [IP] it came."),
    ],
)
def test_what_is_masked(text: str, expected: str) -> None:
    assert masked(text, PLAIN) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Compute 123456789 + 4915123456789 = 4915246913578.",
        "The sum is +12 345 678 901 = x.",
        "See Section 1.2.3.4 and version 10.4.2.1.",
        "The hosts 192.168.1.10 and 127.0.0.1 are private.",
        "x = 3 +14155552671 and 7+4930901820",
        "$+4930901820$ and \\(151.101.1.69\\) and `a@b.org 151.101.1.69`".replace("a@b.org ", ""),
        "The ratio is 3:4:5:6:7 at 12:30:45:10.",
        "std::vector<int> a::b::c",
        "Let f: @x -> y@ be a map; \\foo@bar{1}.",
        "The number 555-123-4567 is prime or not?",
        "pi = 3.14159265358979 and 299792458 m/s, 6.022e23",
        "999.999.999.999",
    ],
)
def test_numbers_of_problems_are_left_alone(text: str) -> None:
    assert masked(text, PLAIN) == text


def test_national_numbers_need_their_region_and_a_word() -> None:
    german = Pii(regions=("DE",))
    assert masked("Tel.: 030 901820", german) == "Tel.: [PHONE]"
    assert masked("030 901820 Schrauben", german) == "030 901820 Schrauben"
    assert masked("Tel.: 030 901820", PLAIN) == "Tel.: 030 901820"
    junk = "".join(f"item 000-{n:04d} and so, " for n in range(1100))
    assert masked(junk + "call tel (650) 253-0000 now", Pii(regions=("US",))) == junk + "call tel [PHONE] now"
    with pytest.raises(ValueError, match="regions: XX is no country's code"):
        KIND.check(Pii(regions=("XX",)))


def test_of_numbers_that_overlap_the_longest_is_masked() -> None:
    assert masked("tel +44 20 7946 0958 ext 12 now", Pii(regions=("GB",))) == "tel [PHONE] now"


def test_what_is_not_looked_for_stays() -> None:
    text = "a@b.org and 151.101.1.69"
    assert masked(text, Pii(emails=False)) == "a@b.org and [IP]"
    assert masked(text, Pii(ips=False)) == "[EMAIL] and 151.101.1.69"
    assert KIND.rewrite(Pii(mode="flag")) is None


@given(st.text(alphabet="a1.@:+ -$`\\()") | st.text())
def test_masking_twice_changes_nothing_and_spans_do_not_overlap(text: str) -> None:
    options = Pii(regions=("US",))
    spans = find(text, options)
    assert all(0 <= start < end <= len(text) for start, end, _ in spans)
    assert all(one[1] <= two[0] for one, two in pairwise(spans))
    assert masked(masked(text, PLAIN), PLAIN) == masked(text, PLAIN)


@pytest.mark.parametrize(
    "unit",
    [
        "a@",
        "1.",
        "1:",
        "+1 ",
        "a.",
        "$ ",
        "a@b.",
        "+",
        "1",
        "`",
        "\\(",
        "\\[1 2",
        "\\begin{align} 1",
        "tel 1 ",
    ],
)
def test_no_text_takes_long(unit: str) -> None:
    """A quadratic pattern would take minutes for it."""
    masked(unit * (200_000 // len(unit)) + "1.1", Pii(regions=("US",)))
