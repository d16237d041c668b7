"""One request to the API, as the handlers see it."""

from dataclasses import dataclass

from . import strict_json
from .answer import ApiError


@dataclass
class Call:
    method: str
    path: str  # below the base path, decoded
    query: dict
    headers: object  # case-insensitive mapping
    body: bytes
    remote: str
    caller: object = None  # set once the token is known

    def document(self):
        """The body as a JSON object."""
        try:
            document = strict_json.parse(self.body)
        except ValueError:
            raise ApiError(400, 6007, "Malformed JSON in request body") from None
        if not isinstance(document, dict):
            raise ApiError(400, 6007, "The request body must be a JSON object")
        return document
