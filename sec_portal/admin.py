"""Accounts in the admin: one per e-mail address, deactivated when their owner leaves, never deleted."""

from allauth.account.admin import EmailAddressAdmin  # noqa: F401 -- registers what is taken out below
from allauth.account.models import EmailAddress
from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import User
from django.db.models import Q
from django.http import HttpRequest

from ledger.admin import ListFromAnyAddress


class OneAddress(forms.ModelForm):
    """Its owner signs in with the address: it is written in one way, held once, and is the account's name."""

    email = forms.EmailField(label="E-mail address", max_length=150)

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"]).lower()
        taken = User.objects.filter(Q(email__iexact=email) | Q(username__iexact=email))
        if taken.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError("Another account has this address. Use that one, or reactivate it.")
        self.instance.username = email
        return email


class NewAccountForm(OneAddress, AdminUserCreationForm):
    class Meta:
        model = User
        fields = ("email", "first_name", "last_name")


class AccountForm(OneAddress, UserChangeForm):
    class Meta:
        model = User
        fields = (
            *("email", "password", "first_name", "last_name", "is_active", "is_staff", "is_superuser"),
            "groups",
        )


admin.site.unregister(User)
# An account has one address, its user's; allauth's table of further ones stays empty.
admin.site.unregister(EmailAddress)


@admin.register(User)
class AccountAdmin(ListFromAnyAddress, UserAdmin):
    """People who sign in. What they did names them for ever, so that an account is never deleted."""

    form = AccountForm
    add_form = NewAccountForm
    list_display = ("email", "first_name", "last_name", "is_staff", "is_active", "last_login")
    ordering = ("email",)
    fieldsets = (
        (None, {"fields": ("email", "password")}),
        ("Person", {"fields": ("first_name", "last_name")}),
        ("Access", {"fields": ("is_active", "is_staff", "is_superuser", "groups")}),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"fields": ("email", "first_name", "last_name", "usable_password", "password1", "password2")}),
    )
    readonly_fields = ("last_login", "date_joined")

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Roles are given by who may do everything: who gives them could also give them to an account of
        their own making, and so be both persons of a decision."""
        fixed = () if _may_do_everything(request) else ("is_staff", "is_superuser", "groups")
        return (*self.readonly_fields, *fixed)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Nobody takes over the account of somebody who may do more, such as by setting its password."""
        beyond = obj is not None and _has_role(obj) and not _may_do_everything(request)
        return not beyond and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False


def _has_role(user: User) -> bool:
    return user.is_staff or user.is_superuser or user.groups.exists() or user.user_permissions.exists()


def _may_do_everything(request: HttpRequest) -> bool:
    return bool(getattr(request.user, "is_superuser", False))
