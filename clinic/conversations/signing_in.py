"""The form of the sign-in page."""

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.auth import LoginForm


class SignIn(LoginForm):
    """Wagtail's, with the label that Wagtail leaves to the field's name, and what a password manager looks for."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"placeholder": _("Enter password"), "autocomplete": "current-password"}),
    )
