"""Rasa's custom actions: slots in, one call, words out. They decide nothing and contain no words.

Importing this package makes Django ready and reads the answers; an answer file that cannot be read stops
the action server here, with a sentence for each fault.
"""

import sys

import clinic
from bot import settings
from clinic.answers.release import ContentError, load

clinic.setup()

try:
    load(settings.load().content)
except (ContentError, settings.SettingsError) as error:
    sys.exit(f"The action server cannot start:\n{error}")
