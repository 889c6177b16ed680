"""The door for gunicorn."""

from django.core.wsgi import get_wsgi_application

import clinic

clinic.setup()
application = get_wsgi_application()
