"""Rasa's command line with AskMeso's settings: `python -m bot run`, `python -m bot train`, `python -m bot shell`.

What else is done here is to drop what Rasa's libraries print at every start and nobody can act on.
Each line is named, so that a new one is seen. Training also reads what the staff room exported.
"""

import logging
import os
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bot import clinic_facts, settings, weights

#: Said by the policy, the channels and the actions, which Rasa's validator does not read.
OUTSIDE_THE_RULES = (
    "utter_button_gone",
    "utter_choose_number",
    "utter_clarify",
    "utter_decline",
    "utter_error",
    "utter_no_answer",
    "utter_no_answer_symptom",
    "utter_nothing_more",
    "utter_repeat",
    "utter_reviewed",
    "utter_sms_help",
    "utter_sms_started",
    "utter_sms_stopped",
    "utter_source",
    "utter_start_again",
    "utter_still_unclear",
    "utter_text_only",
    "utter_text_too_long",
    "utter_under_review",
)

KNOWN_WARNINGS = (
    *(f"The utterance '{name}' is not used in any story or rule." for name in OUTSIDE_THE_RULES),
    "The utterance 'utter_urgent_",
    "The intent 'urgent_symptom' is not used in any story or rule.",
    "'cgi' is deprecated",
    "'imghdr' is deprecated",
    "'originalTextFor' deprecated",
    "'parseString' deprecated",
    "'setParseAction' deprecated",
    "Deprecated call to `pkg_resources.declare_namespace",
    "Nesting argument groups is deprecated",
    "Importing 'parser.split_arg_string' is deprecated",
    "Deprecated API features detected!",
    "Slot auto-fill has been removed in 3.0",
    "distutils Version classes are deprecated",
    "module 'sre_constants' is deprecated",
    "pkg_resources is deprecated as an API",
    "the load_module() method is deprecated",
)

KNOWN_LOG_LINES = (
    "Limited tf.compat.v2.summary API due to missing TensorBoard installation.",
    "Limited tf.summary API due to missing TensorBoard installation.",
)

#: Rasa prints this with a stack trace; the sentence is enough, bot/channels/startup.py says what to do.
WITHOUT_TRACE = "Could not load model due to"


def _is_news(record: logging.LogRecord) -> bool:
    message = record.getMessage()
    if message.startswith(WITHOUT_TRACE):
        record.exc_info = None
    return message not in KNOWN_LOG_LINES


def show_news_only() -> None:
    """Libraries reset Python's warning filters when they are imported, so we stand where warnings are shown."""
    show = warnings.showwarning

    def showwarning(message: Warning | str, *args: Any, **kwargs: Any) -> None:
        if not str(message).startswith(KNOWN_WARNINGS):
            show(message, *args, **kwargs)

    warnings.showwarning = showwarning
    logging.basicConfig(level=logging.WARNING)
    for handler in logging.getLogger().handlers:
        handler.addFilter(_is_news)


def with_exported(arguments: Sequence[str], *, training: Path) -> list[str]:
    """The command line of `train` with the examples that the staff room exported beside `data`, if there are any."""
    exported = training / "nlu"
    as_it_is = arguments[:1] != ["train"] or arguments[1:2] in (["nlu"], ["core"]) or "--data" in arguments
    if as_it_is or not any(exported.glob("*/*.yml")):
        return list(arguments)
    return [*arguments, "--data", "data", str(exported)]


def main() -> None:
    """Run Rasa; settings, weights or clinic facts that cannot be used end the program with a sentence."""
    try:
        current = settings.export()
        clinic_facts.export(current.content, os.environ)
        weights.check()
    except (settings.SettingsError, weights.WeightsError, clinic_facts.ClinicFactsError) as error:
        sys.exit(str(error))
    show_news_only()
    sys.argv[1:] = with_exported(sys.argv[1:], training=current.training)
    # Imported late: TensorFlow reads its variables when it is imported.
    from rasa.__main__ import main as rasa

    rasa()


if __name__ == "__main__":
    main()
