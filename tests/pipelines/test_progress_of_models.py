from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from pipelines import aurora, contrastive, scp116k


class _Stop(Exception):
    pass


@pytest.mark.parametrize("recipe", [aurora, contrastive, scp116k])
def test_the_models_of_every_recipe_say_how_far_they_are(
    recipe: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def opened(_: Any, progress: str | None = None) -> Any:
        assert progress == "/ticks"
        raise _Stop

    from apache_beam.options.pipeline_options import PipelineOptions

    monkeypatch.setattr(recipe, "checked_models", opened)
    with pytest.raises(_Stop):
        recipe.build(None, SimpleNamespace(options=PipelineOptions([]), ticks="/ticks", uris=()))
