"""Checks answers against the OpenAPI document that the server publishes.

Every client of the suite checks each of its answers: the status must be documented for its route, and the body
must fit its schema. Statuses that any request can meet before it reaches a route are allowed everywhere.
"""
from __future__ import annotations

import re
import uuid

ANYWHERE = {400, 405, 408, 413, 414, 417, 431, 503, 505}  # HTTP's own refusals, a fault, a server that stops


def template_pattern(template: str) -> re.Pattern:
    return re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(template)) + r"\Z")


def streams(operation: dict) -> bool:
    """Whether an operation's answer does not end."""
    return "text/event-stream" in operation["responses"].get("200", {}).get("content", {})


class Contract:
    def __init__(self, document: dict):
        self.document = document
        # A fixed path is preferred to one with a parameter, as the server's table has them.
        paths = sorted(document["paths"], key=lambda p: p.count("{"))
        self.patterns = [(template_pattern(p), p) for p in paths]

    def template(self, path: str) -> str | None:
        return next((t for pattern, t in self.patterns if pattern.match(path)), None)

    def operation(self, method: str, path: str) -> dict | None:
        template = self.template(path)
        return self.document["paths"][template].get(method.lower()) if template else None

    def check(self, response) -> None:
        """An event hook of httpx.Client."""
        request = response.request
        head = request.method == "HEAD"
        operation = self.operation("GET" if head else request.method, request.url.path)
        if not operation or response.status_code in ANYWHERE:
            return
        where = f"{request.method} {request.url.path} {response.status_code}"
        documented = operation["responses"].get(str(response.status_code))
        assert documented is not None, f"{where} is not documented"
        if response.headers.get("content-type") == "text/event-stream" and not head:
            return
        schema = documented.get("content", {}).get("application/json", {}).get("schema")
        response.read()
        if schema and not head:
            assert response.headers["content-type"] == "application/json", where
            problem = self.misfit(response.json(), schema)
            assert not problem, f"{where}: {problem}"
        for name, header in documented.get("headers", {}).items():
            assert name in response.headers or not header.get("required"), f"{where} lacks {name}"

    def resolve(self, schema: dict) -> dict:
        while "$ref" in schema:
            at = self.document
            for part in schema["$ref"].removeprefix("#/").split("/"):
                at = at[part]
            schema = at
        return schema

    def misfit(self, value, schema: dict, at: str = "$") -> str | None:
        """Validates by those parts of JSON Schema that the document uses. None if value fits, else the first mismatch."""
        schema = self.resolve(schema)
        if "anyOf" in schema:
            problems = [self.misfit(value, s, at) for s in schema["anyOf"]]
            return None if None in problems else "; ".join(problems)
        kinds = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool, "null": type(None)}
        kind = schema.get("type")
        if kind and (not isinstance(value, kinds[kind]) or (kind == "integer" and isinstance(value, bool))):
            return f"{at} is {value!r}, no {kind}"
        if "enum" in schema and value not in schema["enum"]:
            return f"{at} is {value!r}, none of {schema['enum']}"
        return self._bounds(value, schema, at) or self._inside(value, schema, at)

    @staticmethod
    def _bounds(value, schema: dict, at: str) -> str | None:
        size = len(value) if isinstance(value, (str, list)) else value
        low = schema.get("minimum", schema.get("minLength", schema.get("minItems")))
        high = schema.get("maximum", schema.get("maxLength", schema.get("maxItems")))
        if (low is not None and size < low) or (high is not None and size > high):
            return f"{at} is {value!r}, not between {low} and {high}"
        if schema.get("format") == "uuid" and str(uuid.UUID(value)) != value:
            return f"{at} is {value!r}, no canonical UUID"
        return None

    def _inside(self, value, schema: dict, at: str) -> str | None:
        problems: list = []
        if isinstance(value, dict):
            problems += [f"{at}.{n} is missing" for n in schema.get("required", []) if n not in value]
            known = schema.get("properties")
            problems += [f"{at}.{n} is not documented" for n in value if known and n not in known]
            problems += [self.misfit(v, known[n], f"{at}.{n}") for n, v in value.items() if known and n in known]
        elif isinstance(value, list) and "items" in schema:
            problems += [self.misfit(v, schema["items"], f"{at}[{i}]") for i, v in enumerate(value)]
        return next((p for p in problems if p), None)
