"""What `openapi.json` says of the calls that need a token: bodies, headers, and how they are refused."""

from collections.abc import Mapping
from typing import Any

from ninja import NinjaAPI, Schema

from cpl.api.calls import JSON, MULTIPART
from cpl.api.faults import MEDIA_TYPE, Fault

Described = dict[str, Any]
WORDS = {
    400: "The body or a header cannot be read",
    401: "No token, or one that lets nobody in",
    403: "The organisation may not do this",
    404: "Not there, or another organisation's",
    409: "Not possible in its present status, or the register is busy",
    412: "Changed since it was read",
    413: "Body too large",
    415: "Kind of body not taken",
    422: "Refused: members, parameters, or what the rules found",
    428: "If-Match is missing",
    429: "Too many calls",
}
KEY: Described = {
    "in": "header",
    "name": "Idempotency-Key",
    "schema": {"type": "string", "pattern": "^[\\x21-\\x7e]{1,200}$"},
    "description": "Chosen by you, one for each thing that you do: a UUID. The same call with the same key "
    "does nothing again and is given the same answer, marked `Idempotency-Replayed`.",
    "example": "0f8b6a52-7d0e-4a55-9d2c-6f1f0c1b2a3e",
}
MATCH: Described = {
    "in": "header",
    "name": "If-Match",
    "schema": {"type": "string"},
    "description": "The `ETag` of the submission as you read it, so that nobody's changes are overwritten.",
}


class DescribedApi(NinjaAPI):
    """Knows the one form of every refusal, which the framework would put under another media type."""

    def get_openapi_schema(self, **asked: Any) -> Any:
        schema = super().get_openapi_schema(**asked)
        fault = Fault.model_json_schema(ref_template="#/components/schemas/{model}", mode="serialization")
        schema["components"]["schemas"] |= {**fault.pop("$defs", {}), Fault.__name__: fault}
        return schema


def described(
    *codes: int,
    json: type[Schema] | None = None,
    example: object = None,
    parts: Mapping[str, Described] | None = None,
    needed: tuple[str, ...] = (),
    headers: tuple[Described, ...] = (),
) -> Described:
    """For `openapi_extra`: a JSON body, or the parts of a multipart one; headers; the refusals to expect."""
    content: Described = {}
    if json is not None:
        content[JSON] = {"schema": json.model_json_schema()} | ({"example": example} if example else {})
    if parts is not None:
        content[MULTIPART] = {
            "schema": {"type": "object", "properties": dict(parts), "required": list(needed)}
        }
    found: Described = {"responses": {code: _refusal(code) for code in sorted({401, 403, 429, *codes})}}
    if content:
        found["requestBody"] = {"required": True, "content": content}
    if headers:
        found["parameters"] = list(headers)
    return found


def file(words: str) -> Described:
    """One file in a multipart body."""
    return {"type": "string", "format": "binary", "description": words}


def required(header: Described) -> Described:
    return {**header, "required": True}


def _refusal(code: int) -> Described:
    schema = {"$ref": f"#/components/schemas/{Fault.__name__}"}
    return {"description": WORDS[code], "content": {MEDIA_TYPE: {"schema": schema}}}
