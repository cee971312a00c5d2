"""Accounts in the admin: one per e-mail address, deactivated when their owner leaves, never deleted."""

from typing import Any

from allauth.account.admin import EmailAddressAdmin  # noqa: F401 -- registers what is taken out below
from allauth.account.models import EmailAddress
from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group, User
from django.db.models import ManyToManyField, Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from cpl.admin.days import day_asked
from cpl.as_it_was import account_on
from ledger.admin import FormWithReason, HistoryToRead


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


class AccountForm(OneAddress, FormWithReason, UserChangeForm):
    class Meta:
        model = User
        fields = (
            *("email", "password", "first_name", "last_name", "is_active", "is_staff", "is_superuser"),
            "groups",
        )


admin.site.unregister(User)
admin.site.unregister(Group)
# An account has one address, its user's; allauth's table of further ones stays empty.
admin.site.unregister(EmailAddress)


@admin.register(User)
class AccountAdmin(HistoryToRead, UserAdmin):
    """People who sign in. What they did names them for ever, so that an account is never deleted."""

    form = AccountForm
    change_form_template = "admin/accounts/page.html"
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
    # Django's two boxes with a search between them are closed to who does not see them; roles are few.
    filter_horizontal = ()
    formfield_overrides = {ManyToManyField: {"widget": forms.CheckboxSelectMultiple}}

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Whoever changes an account says why."""
        asked = obj is not None and self.has_change_permission(request, obj)
        why = ((None, {"fields": ("change_reason",)}),) if asked else ()
        return (*super().get_fieldsets(request, obj), *why)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """With `?on=` a day: which roles the account had then, as its history has it."""
        today = timezone.localdate()
        asked = day_asked(request, today)
        user = self.get_object(request, unquote(object_id)) if asked.on else None
        may = user is not None and self.has_view_permission(request, user)
        then = account_on(user, asked.on) if may and user and asked.on else None
        context = {"asked": asked, "today": today, "then": then}
        return super().change_view(request, object_id, form_url, {**context, **(extra_context or {})})

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


class RoleForm(FormWithReason):
    class Meta:
        model = Group
        fields = ("name", "permissions")


@admin.register(Group)
class RoleAdmin(HistoryToRead, GroupAdmin):
    """What roles allow. The history of accounts names them, so that a role is never deleted."""

    form = RoleForm
    filter_horizontal = ()
    formfield_overrides = {ManyToManyField: {"widget": forms.CheckboxSelectMultiple}}

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return False


def _has_role(user: User) -> bool:
    return user.is_staff or user.is_superuser or user.groups.exists() or user.user_permissions.exists()


def _may_do_everything(request: HttpRequest) -> bool:
    return bool(getattr(request.user, "is_superuser", False))
