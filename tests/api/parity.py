"""Compares an answer with the recorded one of tests/data/parity_cases.json.

It compares the status, and all members of JSON that the recorded answer has. `"*"` stands for any string, `{"rows": n}`
for so many elements, `{"ids": […]}` for these products in any order, `<name>` for the id that was saved under that name.
An error of validation has no keys but Pydantic's. If a body is not JSON, the position and the parser's message may
differ.
"""
from __future__ import annotations

import json
import re
import urllib.parse

ERROR_KEYS = {"type", "loc", "msg", "input", "ctx"}


def templates(case: dict, known: list[str]) -> set[str]:
    """Those of the known endpoints that a case needs."""
    found = set()
    for step in case["steps"]:
        path = step["path"].split("?")[0].rstrip("/")
        for template in known:
            if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path):
                found.add(template)
                break
    return found


def uncovered(want, got, at: str = "$") -> str | None:
    """None if got has everything that want has, else the first difference."""
    if want == "*" and isinstance(got, str):
        return None
    if isinstance(want, dict) and isinstance(got, dict):
        missing = [f"{at}.{k} is missing" for k in want if k not in got]
        return missing[0] if missing else _first(uncovered(v, got[k], f"{at}.{k}") for k, v in want.items())
    if isinstance(want, list) and isinstance(got, list):
        if len(want) != len(got):
            return f"{at} has {len(got)} entries, not {len(want)}"
        return _first(uncovered(w, g, f"{at}[{i}]") for i, (w, g) in enumerate(zip(want, got)))
    if want == got and isinstance(want, bool) == isinstance(got, bool):
        return None
    return f"{at} is {json.dumps(got, ensure_ascii=False)}, not {json.dumps(want, ensure_ascii=False)}"


def _first(problems) -> str | None:
    return next((p for p in problems if p), None)


def _with_names(text: str, ids: dict[str, str]) -> str:
    """Minted ids as `<name>`."""
    for name, id in ids.items():
        text = text.replace(f'"{id}"', f'"<{name}>"')
    return text


def _plain_errors(got) -> str | None:
    """Removes the position from parse errors. Returns which keys of an error Pydantic's do not have, or None."""
    for error in got.get("detail", []) if isinstance(got, dict) else []:
        if not isinstance(error, dict):
            continue
        if error.get("type") == "json_invalid":
            error["loc"] = error["loc"][:1]
        elif extra := set(error) - ERROR_KEYS:
            return f"unknown keys in an error: {sorted(extra)}"
    return None


def difference(want: dict, got, ids: dict[str, str]) -> str | None:
    """None if the answer equals the recorded one, else the first difference."""
    if got.status != want["status"]:
        return f"status {got.status}, not {want['status']}: {got.body[:300]!r}"
    if "allow" in want and not got["allow"]:
        return "405 without Allow"
    if "location_path" in want:
        location = urllib.parse.urlsplit(got["location"] or "")
        path = location.path + ("?" + location.query if location.query else "")
        if path != want["location_path"]:
            return f"Location {path}, not {want['location_path']}"
    return _json_difference(want["json"], json.loads(_with_names(got.body.decode(), ids))) if "json" in want else None


def _json_difference(want, got) -> str | None:
    if isinstance(want, dict) and "rows" in want:
        return None if len(got) == want["rows"] else f"{len(got)} rows, not {want['rows']}"
    if isinstance(want, dict) and "ids" in want:
        return uncovered(sorted(want["ids"]), sorted(p["id"] for p in got))
    if isinstance(want, dict) and isinstance(want.get("detail"), list):
        if problem := _plain_errors(got):
            return problem
    return uncovered(want, got)
