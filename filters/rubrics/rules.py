"""Keep rules: expressions over scores, such as `solution_correct >= 3.5 and min_score >= 2`.

A rule compares scores with `and`, `or`, `not`, comparisons, sums, differences, products, quotients by a
number, `min`, `max` and `abs`. Its names are the criteria (1..5) and

- `min_score`, `mean_score`: the lowest of the criteria, and their mean (1..5);
- `score`: the overall score (0..1);
- `agreement`: of the votes (0..1); with fewer than two valid ones a rule that asks for it is not met.

Rules are checked whole when they are loaded, not only as far as one evaluation comes, and are evaluated by
simpleeval (MIT), never by Python itself.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from functools import cache

import simpleeval  # type: ignore[import-untyped]

DERIVED = ("min_score", "mean_score", "score", "agreement")
FUNCTIONS = {"min": min, "max": max, "abs": abs}
MAX_LENGTH = 2000
MAX_DEPTH = 50

_ALLOWED = (
    ast.Expression,
    ast.BoolOp,
    ast.And,
    ast.Or,
    ast.UnaryOp,
    ast.Not,
    ast.USub,
    ast.BinOp,
    ast.Add,
    ast.Sub,
    ast.Mult,
    ast.Div,
    ast.Compare,
    ast.Lt,
    ast.LtE,
    ast.Gt,
    ast.GtE,
    ast.Eq,
    ast.NotEq,
    ast.Call,
    ast.Name,
    ast.Load,
    ast.Constant,
)


class BadRule(ValueError):
    """A rule that can't be used; the message is one line."""


def check_rule(rule: str, criteria: Sequence[str]) -> None:
    """Checks a rule over scores of these criteria.

    Raises:
      BadRule: it is no expression, has an unknown name, or is something else than a comparison.
    """
    tree = _parsed(rule)
    known = (*criteria, *DERIVED)
    called = {node.func for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for node in ast.walk(tree):
        if not isinstance(node, _ALLOWED):
            raise BadRule(f"{_part(node)!r} is not allowed in a rule")
        if isinstance(node, ast.Call) and (
            not isinstance(node.func, ast.Name)
            or node.func.id not in FUNCTIONS
            or node.keywords
            or len(node.args) < 1
            or (node.func.id == "abs") != (len(node.args) == 1)
        ):
            raise BadRule(f"{_part(node)!r}: no call but min and max of several values, and abs of one")
        if isinstance(node, ast.Name) and node not in called and node.id not in known:
            raise BadRule(f"unknown name {node.id!r}; there are: {', '.join(known)}")
        if isinstance(node, ast.Constant) and type(node.value) not in (int, float):
            raise BadRule(f"{_part(node)!r} is no number")
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and not _divides(node.right):
            raise BadRule(f"{_part(node)!r}: only a number other than 0 divides")
    _check_kinds(tree)


def failing(rule: str, values: Mapping[str, float]) -> list[str]:
    """Returns the parts of a checked rule that don't hold: those that its outermost `and` joins.

    Args:
      values: of every name that the rule has.
    """
    parts = _parts(rule)
    evaluator = simpleeval.SimpleEval(functions=FUNCTIONS, names=dict(values))
    return [part for part, tree in parts if not evaluator.eval(part, previously_parsed=tree)]


def names_of(part: str) -> tuple[str, ...]:
    """Returns the names in a rule, or in a part of one, each once and in order."""
    names = [node for node in ast.walk(_parsed(part)) if isinstance(node, ast.Name)]
    names.sort(key=lambda node: node.col_offset)
    return tuple(dict.fromkeys(node.id for node in names if node.id not in FUNCTIONS))


@cache
def _parts(rule: str) -> tuple[tuple[str, ast.expr], ...]:
    tree = _parsed(rule)
    joined = tree.values if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And) else [tree]
    return tuple((ast.unparse(part), part) for part in joined)


def _parsed(rule: str) -> ast.expr:
    if len(rule) > MAX_LENGTH:
        raise BadRule(f"longer than {MAX_LENGTH} characters")
    try:
        tree = ast.parse(" ".join(rule.split()), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise BadRule(f"{' '.join(rule.split())[:200]!r} is no expression") from None
    level: list[ast.AST] = [tree]
    for _ in range(MAX_DEPTH):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
    if level:  # what evaluates it calls itself for each level
        raise BadRule(f"nested more than {MAX_DEPTH} deep")
    return tree


def _part(node: ast.AST) -> str:
    return ast.unparse(node) if isinstance(node, ast.expr) else type(node).__name__.lower()


def _divides(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) in (int, float) and bool(node.value)


def _check_kinds(node: ast.expr) -> None:
    """Checks that truth and numbers stand where they belong: `a and b >= 3` says nothing of a."""
    if isinstance(node, ast.BoolOp):
        for value in node.values:
            _check_kinds(value)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        _check_kinds(node.operand)
    elif not isinstance(node, ast.Compare):
        raise BadRule(f"{_part(node)!r} is no comparison")
    else:
        for side in (node.left, *node.comparators):
            if any(isinstance(n, (ast.BoolOp, ast.Compare, ast.Not)) for n in ast.walk(side)):
                raise BadRule(f"{_part(node)!r} compares what is no number")
