"""Variables and secrets of Actions. A secret is sealed with the repository's key before it becomes part of a call."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from typing import Any, NamedTuple

from nacl.encoding import Base64Encoder
from nacl.public import PublicKey, SealedBox

from waypost.create.kinds.paths import of, part
from waypost.forge.creating import Workshop, Write
from waypost.forge.protocol import NotFound
from waypost.golden.effects import SecretSet, VariableSet


def read_variable(workshop: Workshop, effect: VariableSet) -> Any:
    return workshop.look(f"{_place(effect)}/variables/{part(effect.name)}", f"looking for the variable {effect.name}")


def compare_variable(present: Mapping[str, Any] | None, effect: VariableSet) -> list[Write]:
    path, body = f"{_place(effect)}/variables", {"name": effect.name, "value": effect.value}
    if present is None:
        return [Write("POST", path, describe_variable(effect), body)]
    if present["value"] == effect.value:
        return []
    return [Write("PATCH", f"{path}/{part(effect.name)}", describe_variable(effect), body)]


def describe_variable(effect: VariableSet) -> str:
    return f"set the variable {effect.name} of {_whose(effect)}"


class Present(NamedTuple):
    """Whether there is a secret of this name (nobody can see more), and the key that seals a new one."""

    is_there: bool
    key_id: str = ""
    key: str = ""


def read_secret(workshop: Workshop, effect: SecretSet) -> Present:
    what = f"looking for the secret {effect.name}"
    if workshop.look(f"{_place(effect)}/secrets/{part(effect.name)}", what) is not None:
        return Present(True)
    key = workshop.look(f"{_place(effect)}/secrets/public-key", f"asking for the key of {_whose(effect)}")
    if key is None:
        raise NotFound(f"{_whose(effect)} has no key to seal the secret {effect.name} with")
    return Present(False, key["key_id"], key["key"])


def compare_secret(present: Present, effect: SecretSet) -> list[Write]:
    if present.is_there:
        return []
    body = {"encrypted_value": sealed(present.key, effect.value.value), "key_id": present.key_id}
    return [Write("PUT", f"{_place(effect)}/secrets/{part(effect.name)}", describe_secret(effect), body)]


def describe_secret(effect: SecretSet) -> str:
    return f"set the secret {effect.name} of {_whose(effect)}"


def sealed(key: str, value: str) -> str:
    """Seal as GitHub asks: https://docs.github.com/en/rest/guides/encrypting-secrets-for-the-rest-api"""
    box = SealedBox(PublicKey(key.encode(), Base64Encoder))
    return b64encode(box.encrypt(value.encode())).decode()


def _place(effect: VariableSet | SecretSet) -> str:
    return f"{of(effect)}/environments/{part(effect.environment)}" if effect.environment else f"{of(effect)}/actions"


def _whose(effect: VariableSet | SecretSet) -> str:
    return f"the environment {effect.environment} of {effect.repository}" if effect.environment else effect.repository
