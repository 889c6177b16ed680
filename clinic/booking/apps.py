"""The app of the booking hand-off."""

from django.apps import AppConfig


class BookingConfig(AppConfig):
    """Requests and their deliveries."""

    name = "clinic.booking"
