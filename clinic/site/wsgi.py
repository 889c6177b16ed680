"""The door for gunicorn."""

from django.core.wsgi import get_wsgi_application

from clinic import setup

setup()
application = get_wsgi_application()
