"""The facts of this room: kinds of device, versions of specifications, and what the tables say of them."""

from applicability.models.certificates import CertificateRequirement
from applicability.models.designation import Designation
from applicability.models.device_types import DeviceType
from applicability.models.editions import Edition
from applicability.models.rows import Combination, Companion, Period, SecurityTie, Validity
from applicability.models.specifications import SpecificationVersion

__all__ = [
    "CertificateRequirement",
    "Combination",
    "Companion",
    "Designation",
    "DeviceType",
    "Edition",
    "Period",
    "SecurityTie",
    "SpecificationVersion",
    "Validity",
]
