"""Plays the conversations of this folder through the website channel, against the real action server.

A file is a list of conversations; a turn says something (`say`) or taps a button (`tap`, by its title), and
states what is expected of the reply: `kind`, `topic`, `variant`, `language`, titles of `buttons` among those offered,
and words that it `contains` or `lacks`; a list where several messages are expected; nothing where anything will do.
`--conversations FOLDER` plays those of another folder too, such as `var/training/tests` (docs/runbooks/teaching.md).
"""

from pathlib import Path
from typing import Any

import pytest
import yaml

KEYS = {"kind", "topic", "variant", "language", "buttons", "contains", "lacks"}


def conversations(*folders: Path) -> list[Any]:
    return [
        pytest.param(conversation, id=f"{path.stem}: {conversation['conversation']}")
        for folder in folders
        for path in sorted(folder.glob("*.yml"))
        for conversation in yaml.safe_load(path.read_text())
    ]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "conversation" in metafunc.fixturenames:
        folders = filter(None, [Path(__file__).parent, metafunc.config.getoption("--conversations")])
        metafunc.parametrize("conversation", conversations(*folders))


def test_conversation(assistant, conversation):
    patient = assistant.patient(conversation.get("language"))
    for turn in conversation["turns"]:
        messages = patient.hear(say=turn.get("say"), tap=turn.get("tap"))
        if "expect" not in turn:
            continue
        expected = turn["expect"] if isinstance(turn["expect"], list) else [turn["expect"]]
        where = f"after {turn.get('say') or turn.get('tap')!r}: {[message['text'] for message in messages]}"
        assert len(messages) == len(expected), where
        for message, wanted in zip(messages, expected, strict=True):
            check(message, wanted, where)


def check(message, expected, where):
    assert set(expected) <= KEYS, f"unknown expectation: {set(expected) - KEYS}"
    for key in {"kind", "topic", "variant", "language"} & set(expected):
        assert message["metadata"][key] == expected[key], where
    assert set(expected.get("buttons", [])) <= {b["title"] for b in message["buttons"]}, where
    for word in expected.get("contains", []):
        assert word in message["text"], where
    for word in expected.get("lacks", []):
        assert word not in message["text"], where
