"""The door for gunicorn."""

from django.core.wsgi import get_wsgi_application

from clinic import setup

setup("clinic.site.staff_settings")
application = get_wsgi_application()
