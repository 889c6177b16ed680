"""Rasa as `python -m bot` runs it, on libraries that fail while a file of their name lies in the folder `FAULTS`."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import onnxruntime
from spacy.language import Language

from bot.__main__ import main


def failing(name: str, work: Callable[..., Any]) -> Callable[..., Any]:
    def maybe(*args: Any, **kwargs: Any) -> Any:
        if (Path(os.environ["FAULTS"]) / name).exists():
            raise RuntimeError(f"the {name} fails, as a test wants it")
        return work(*args, **kwargs)

    return maybe


if __name__ == "__main__":
    Language.__call__ = failing("tokenizer", Language.__call__)  # type: ignore[method-assign]
    onnxruntime.InferenceSession.run = failing("encoder", onnxruntime.InferenceSession.run)
    main()
