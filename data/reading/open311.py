"""What belongs to Open311 (GeoReport v2) besides its requests, and is refused in words."""

from collections.abc import Collection

from problems.errors import InputRefused

_NEEDED = "Choose the file of requests (“requests”), not that of services."


def refuse_services(fields: Collection[str]) -> None:
    """Refuse a list of services and the definition of one, by the names of their fields."""
    if "service_request_id" in fields:
        return
    if "service_code" in fields and "service_name" in fields and {"metadata", "keywords", "group"} & set(fields):
        raise InputRefused("", "It is the list of services of an Open311 feed, not of requests.", _NEEDED)
    if {"variable", "code", "datatype"} <= set(fields):
        raise InputRefused("", "It is the definition of an Open311 service, not a list of requests.", _NEEDED)
