"""The Django project: settings, addresses, and the page of the demo clinic."""
