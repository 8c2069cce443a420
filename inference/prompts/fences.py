"""Fields of a prompt whose text can neither end the field nor become a control token of a model.

A field stands between `<name-key>` and `</name-key>`. The key is made from the hash of all texts of the
prompt, and occurs in none of them: the same texts give the same request, and no text can hold the end of its
own field. Nothing is escaped: LaTeX and code stay as they are, but for what models must not see:

- Chat templates are applied before a server's tokenizer looks for control tokens, so that `<|im_end|>` in a
  document would end the turn. Whatever looks like one of those (`<|...|>`, `<word>`, `[INST]`) gets a blank
  after its first character. That is visible, and holds for tokenizers that drop characters of no width.
- Characters that no page shows and that models read nevertheless (Unicode's tags, control characters), and
  halves of surrogate pairs, which are no text, become U+FFFD.

Both is done in the request alone; records keep their text.
"""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Iterable

KEY_DIGITS = 12

_CONTROL_TOKEN = re.compile(  # with bounds: a document of capitals alone would take hours
    r"[<＜﹤](?=[|｜]|[^\s<>＜＞﹤﹥]{1,64}[>＞﹥])"  # <|im_end|>, <s>, </think>, <start_of_turn>, <｜User｜>
    r"|[\[［](?=[|｜]|[eE]?~"  # [|user|], [e~[
    r"|/?[A-Za-z]{0,32}[A-Z]{2}[A-Z_]{0,32}[\]］])"  # [INST], [/INST], [gMASK]
    r"|\](?=~)"  # ]~b]
    r"|>(?=>[A-Z]{1,32}<<)"  # >>QUESTION<<
)
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\U000e0000-\U000e007f]")


def fence(name: str, text: str, key: str) -> str:
    """Returns the field of a prompt that holds a text.

    Args:
      key: see `fence_key`.
    """
    return f"<{name}-{key}>\n{harmless(text)}\n</{name}-{key}>"


def fence_key(texts: Iterable[str]) -> str:
    """Returns a word that depends on the texts and on nothing else, and occurs in none of them."""
    whole = sorted(texts)
    lengths = ",".join(str(len(text)) for text in whole)
    data = "\0".join([lengths, *whole]).encode("utf-8", "surrogatepass")
    for attempt in itertools.count():
        key = hashlib.sha256(attempt.to_bytes(8, "big") + data).hexdigest()[:KEY_DIGITS]
        if not any(key in text.casefold() for text in whole):
            return key
    raise AssertionError  # not reached


def harmless(text: str) -> str:
    """Returns a text with control tokens broken and unseen characters shown; see the module."""
    text = _UNSEEN.sub("\ufffd", text.replace("\r\n", "\n"))
    return _CONTROL_TOKEN.sub(lambda found: f"{found[0]} ", text)
