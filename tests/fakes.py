"""Stand-ins for what an installation may have around Rasa."""

from rasa.core.brokers.broker import EventBroker


class Stream(EventBroker):
    """An event broker that remembers what it was given."""

    def __init__(self):
        self.published = []
        self.closed = False

    def publish(self, event):
        self.published.append(event)

    async def close(self):
        self.closed = True
