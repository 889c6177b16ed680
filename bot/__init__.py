"""What plugs into Rasa: NLU components, policies, channels, the tracker store, and pure helpers."""
