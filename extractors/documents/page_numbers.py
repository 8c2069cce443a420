"""What a page says of itself: "Page 2 of 7"."""

from __future__ import annotations

import re

from schemas.document import Block

WORD = r"page|seite|p[aá]gina|pagina|стр\.?|str\.?|strana|strona|sivu|side|sida|p\.|pg\."
OF = r"of|/|von|de|sur|di|из|van|z|av"
_PAGE = re.compile(rf"(?:{WORD}) ?(\d{{1,4}}) ?(?:{OF}) ?(\d{{1,4}})", re.IGNORECASE)


def without_page_numbers(blocks: list[Block]) -> list[Block]:
    """Returns blocks without the paragraphs that count pages: "Page 2 of 7".

    They do if the numbers grow and the last is the same in all; a single one has to say "1 of 1".
    """
    found = [
        (int(match[1]), int(match[2]), id(block))
        for block in blocks
        if len(block.text) < 40 and block.kind == "paragraph" and (match := _PAGE.fullmatch(block.text))
    ]
    numbers = [number for number, _, _ in found]
    lasts = {last for _, last, _ in found}
    if len(lasts) != 1 or numbers != sorted(set(numbers)) or numbers[-1] > max(lasts):
        return blocks
    if len(numbers) == 1 and lasts != {1}:
        return blocks
    gone = {ident for _, _, ident in found}
    return [block for block in blocks if id(block) not in gone]
