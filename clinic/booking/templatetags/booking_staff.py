"""How templates write what a request holds."""

from django import template

from clinic.booking import contact

register = template.Library()

register.filter("phone", contact.shown)
