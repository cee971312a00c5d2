"""Hands in forty new devices of the families of the real list, as a manufacturer did over a weekend.

Run by itself in the environment of a portal; prints what it made as JSON. Makers, models and hardware are
those of the list there; firmware, images and certificates are invented.
"""

import datetime
import hashlib
import json

import django

FAMILY, OTHERS = 20, 20
SHARED = "[E] 20261101-7740"


def make() -> dict[str, object]:
    from django.contrib.auth.models import User
    from django.utils import timezone

    from cpl import workflow
    from cpl.models import Entry
    from tests.make import GAS, HUB, PPMID, make_answers, make_hub_answers, make_ppmid_answers
    from tests.papers import make_pdf

    begin_from = {HUB: make_hub_answers, PPMID: make_ppmid_answers}
    maker = User.objects.get(username="maker@tidewater.example")
    party, at, on = maker.parties.get(), timezone.now(), timezone.localdate()

    def submit(entry: Entry, number: int, **changes: str) -> int:
        kind = entry.device_type
        versions = {"ts_version": "SMETS V4.3"} if kind == GAS else {}
        answers = begin_from.get(kind, make_answers)(
            device_type=kind,
            manufacturer=entry.manufacturer,
            model=entry.model,
            hardware_version=entry.hardware_version,
            hardware_revision=entry.hardware_revision,
            firmware=f"F0{number:06X}",
            image_hash=hashlib.sha256(f"image {number}".encode()).hexdigest().upper(),
            product_name=f"Range {entry.model} with firmware {number}",
            **{"security_statement": "No effect on what is certified.", **versions, **changes},
        )
        draft = workflow.start("new_entry", party=party, by=maker, at=at, answers=answers)
        lines = {
            "CPA": [answers.get("CPA_Certificate.identification_number", ""), entry.model, "1 November 2031"],
            "DLMS": [f"DLMS certificate {answers.get('DLMS_Certificate.identification_number', '')}"],
            "Zigbee": [answers["ZSE_Certificate.identification_number"]],
        }
        for what, text in lines.items():
            if text[0] and (what == "Zigbee" or answers.get(f"{what}_Certificate.identification_number")):
                workflow.attach(draft.pk, what, f"{what}.pdf", make_pdf(*text), by=maker, at=at)
        moment = at - datetime.timedelta(minutes=1000 - number)
        workflow.submit(draft.pk, by=maker, at=moment, on=on)
        return draft.pk

    def offered(entries: list[Entry], count: int, first: int, **changes: str) -> list[int]:
        """The first `count` that no rule refuses."""
        made: list[int] = []
        for place, entry in enumerate(entries):
            if len(made) == count:
                break
            try:
                made.append(submit(entry, first + place, **changes))
            except workflow.NotPossible as refused:
                told[str(entry)] = [problem.message for problem in refused.problems][:2]
        return made

    told: dict[str, list[str]] = {}
    current = list(Entry.objects.current(on).order_by("-number"))
    meters = [one for one in current if one.device_type.startswith("Single Element")]
    models = [(one.manufacturer, one.model) for one in meters]
    largest = max(set(models), key=models.count)
    range_ = [one for one in meters if (one.manufacturer, one.model) == largest]
    shared = {"cpa_id": SHARED, "dlms_id": "7740", "zse_id": "ZIG26TMI77400-24"}
    family = offered((range_ * FAMILY)[:60], FAMILY - 1, 1, **shared)
    # Handed in twice: whichever is approved first, the other must fail.
    twin = submit(range_[0], 1, **shared)
    kinds: dict[str, list[Entry]] = {}
    for one in current:
        kinds.setdefault(one.device_type, []).append(one)
    others: list[int] = []
    for place, entries in enumerate(kinds.values()):
        own = {"zse_id": f"ZIG26TMI78{place:02d}0-24"}
        if entries[0].device_type != PPMID:
            own["cpa_id"] = f"[E] 20261101-78{place:02d}"
        if entries[0].device_type not in (PPMID, HUB):
            own["dlms_id"] = f"78{place:02d}"
        others += offered(entries[:40], 2 + OTHERS // len(kinds), 100 + 40 * place, **own)
    return {"family": [*family, twin], "others": others[:OTHERS], "refused": told}


if __name__ == "__main__":
    django.setup()
    print(json.dumps(make()))  # noqa: T201
