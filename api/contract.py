"""The wire contract as an OpenAPI 3.1 document, read off the declared routes. The box's part is written by hand."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from api import box_contract, config, create_app
from api.state import open_state


def document() -> dict[str, Any]:
    """The document of a product instance; a demo's extra routes are left out."""
    with tempfile.TemporaryDirectory() as folder:
        settings = config.read({"HANDRAIL_INSTANCE": str(Path(folder) / "instance"), "HANDRAIL_LOG_LEVEL": "error"})
        app = create_app(state=open_state(settings))
        spec: dict[str, Any] = app.extensions["flask-smorest"]["apis"][""]["ext_obj"].spec.to_dict()
    spec["paths"].update(box_contract.PATHS)
    return _without_unused(spec)


def _without_unused(spec: dict[str, Any]) -> dict[str, Any]:
    """Drop the framework's own error answers: ours are declared one by one, each as a problem document."""
    for item in spec["paths"].values():
        for operation in item.values():
            if isinstance(operation, dict):
                operation.get("responses", {}).pop("default", None)
    spec.get("components", {}).pop("responses", None)
    return spec
