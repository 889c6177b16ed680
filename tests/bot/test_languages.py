import pytest

from bot.languages import fold, named


@pytest.mark.parametrize(
    ("text", "folded"),
    [("Ça m’élance", "ca m'elance"), ("CŒUR", "coeur"), ("l´oeil", "l'oeil"), ("ﬁèvre", "fievre"), ("", "")],
)
def test_spelling_is_evened_out(text, folded):
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("text", "language"),
    [("in English", "en"), ("en FRANÇAIS svp", "fr"), ("french or english", None), ("hola", None)],
)
def test_a_language_is_named(text, language):
    assert named(text) == language
