"""The facts: tables, constraints and querysets; one noun a file."""

from cpl.models.access import ApiToken, IdempotentCall
from cpl.models.candidates import Candidate, Cause, Keeping, StepChecks
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
from cpl.models.jobs import Job
from cpl.models.parties import Contact, ManufacturerIdentifier, Membership, Party
from cpl.models.releases import Release, ReleaseFile
from cpl.models.roles import HistoryOfRoles
from cpl.models.shown import Shown, shown
from cpl.models.submissions import (
    Evidence,
    FileReading,
    OfficerNote,
    Step,
    Submission,
    SubmittedAnswers,
)
from cpl.models.uploads import Upload, UploadRow

__all__ = [
    "CURRENT",
    "REMOVED",
    "ApiToken",
    "Candidate",
    "Cause",
    "Certificate",
    "CertificateEvent",
    "Contact",
    "Coverage",
    "DateKind",
    "Decided",
    "Entry",
    "Evidence",
    "FileReading",
    "FirmwareContact",
    "FirmwareInformation",
    "HistoryOfRoles",
    "IdempotentCall",
    "Job",
    "Keeping",
    "ListImport",
    "ManufacturerIdentifier",
    "Membership",
    "OfficerNote",
    "Party",
    "Release",
    "ReleaseFile",
    "Removal",
    "RemovalGround",
    "ReservedNumber",
    "Scheme",
    "Shown",
    "Step",
    "StepChecks",
    "Submission",
    "SubmittedAnswers",
    "UpgradePath",
    "Upload",
    "UploadRow",
    "shown",
]
