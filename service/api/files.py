"""Files in and out of the API: a part of a form, and bytes with their name."""

from __future__ import annotations

from io import BytesIO

from flask import Response, request, send_file

from service.usecases.refusals import InvalidInput

TYPES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "csv": "text/csv",
}


def part(name: str) -> tuple[str, bytes]:
    """File name and bytes of a part of a multipart form. Raises InvalidInput where it is missing."""
    upload = request.files.get(name)
    if upload is None or not upload.filename:
        raise InvalidInput(field=name, problem="needed: a file, as multipart/form-data")
    return upload.filename, upload.read()


def sent(name: str, data: bytes) -> Response:
    """The file, to be kept under its name."""
    kind = TYPES.get(name.rpartition(".")[2].lower(), "application/octet-stream")
    return send_file(BytesIO(data), kind, as_attachment=True, download_name=name)
