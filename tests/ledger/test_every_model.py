"""No row of ours changes without a trace: a model is append-only, final once decided, or has a history."""

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import IntegrityError, models, transaction

from ledger.constraints import AppendOnly, FrozenOnce, FrozenWith

OURS = ("ledger", "applicability", "cpl", "notifications", "sec_portal")
# What changes without a history, and why it may.
WITHOUT = {
    "ledger.Head": "says where the journal ends; each record names the one before",
    "cpl.Job": "what a task in the background is doing now",
    "cpl.UploadRow": "a row of a file on its way to a submission, whose steps are kept",
    "cpl.IdempotentCall": "an answer to be given again; written once",
    "cpl.FileReading": "what a file says, read from its bytes at any time again",
    "cpl.Evidence": "files are put on and taken off a draft; the digests stand in the steps",
    "cpl.FirmwareContact": "names a person, so that it must be erasable; its digest is frozen",
    "cpl.SubmittedAnswers": "names persons, so that it must be erasable; its digest stands in the step",
    "notifications.Recipient": "to whom a notice went; a contact's address must be erasable",
    "notifications.Run": "what a look at the notices did; counted up while it runs",
    "notifications.Message": "how the delivery stands; the notice itself is append-only",
    "notifications.Letter": "names persons, so that it must be erasable",
    "notifications.Attachment": "goes with a letter, and is erased with it",
}


def ours() -> list[type[models.Model]]:
    return [
        model
        for model in apps.get_models()
        if model._meta.app_label in OURS and not model._meta.proxy and model._meta.managed
    ]


def is_kept(model: type[models.Model]) -> bool:
    frozen = any(isinstance(one, AppendOnly | FrozenOnce | FrozenWith) for one in model._meta.constraints)
    return frozen or hasattr(model, "history")


@pytest.mark.parametrize("model", ours(), ids=lambda model: model._meta.label)
def test_every_model_keeps_what_it_was_or_says_why_not(model: type[models.Model]) -> None:
    assert is_kept(model) != (model._meta.label in WITHOUT)


@pytest.mark.parametrize(
    "model",
    # Of a many-to-many relation each line of a history points at it by this name.
    [model for model in ours() if hasattr(model._meta, "simple_history_manager_attribute")],
    ids=lambda model: model._meta.label,
)
def test_every_history_is_append_only(model: type[models.Model]) -> None:
    constraints = model.history.model._meta.constraints  # type: ignore[attr-defined]
    assert any(isinstance(one, AppendOnly) for one in constraints)


@pytest.mark.parametrize("command", ["clean_old_history", "clean_duplicate_history"])
def test_no_command_prunes_a_history(command: str) -> None:
    for words in ([], ["--auto"], ["cpl.Party", "--days", "0"]):
        with pytest.raises(CommandError, match="never pruned"):
            call_command(command, *words)


@pytest.mark.django_db
def test_a_history_is_not_deleted_by_the_librarys_own_way_either() -> None:
    from cpl.models import Party

    party = Party.objects.create(name="Tidewater Metering Ltd", category="other")
    for statement in (
        lambda: party.history.all().delete(),
        lambda: party.history.update(name="Other"),
        lambda: party.history.first().delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            statement()
    assert party.history.count() == 1
