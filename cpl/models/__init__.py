"""The facts: tables, constraints and querysets; one noun a file."""

from cpl.models.certificates import Certificate, CertificateEvent, DateKind, Scheme
from cpl.models.decided import Decided, ListImport
from cpl.models.entries import (
    CURRENT,
    REMOVED,
    Coverage,
    Entry,
    FirmwareContact,
    FirmwareInformation,
    Removal,
    RemovalGround,
    ReservedNumber,
    UpgradePath,
)
from cpl.models.parties import Contact, ManufacturerIdentifier, Membership, Party
from cpl.models.releases import Release, ReleaseFile
from cpl.models.shown import Shown, shown
from cpl.models.submissions import Evidence, Step, Submission

__all__ = [
    "CURRENT",
    "REMOVED",
    "Certificate",
    "CertificateEvent",
    "Contact",
    "Coverage",
    "DateKind",
    "Decided",
    "Entry",
    "Evidence",
    "FirmwareContact",
    "FirmwareInformation",
    "ListImport",
    "ManufacturerIdentifier",
    "Membership",
    "Party",
    "Release",
    "ReleaseFile",
    "Removal",
    "RemovalGround",
    "ReservedNumber",
    "Scheme",
    "Shown",
    "Step",
    "Submission",
    "UpgradePath",
    "shown",
]
