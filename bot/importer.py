"""How the training data is read: Rasa's own reader, which otherwise reads and checks every file twice."""

from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.common import cached_method


class ReadOnce(RasaFileImporter):
    """Rasa's importer that remembers the examples; whoever asks for them copies what it changes."""

    @cached_method
    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """The examples of all files."""
        return super().get_nlu_data(language)
