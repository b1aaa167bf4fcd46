"""Verification and official marks at the API: what is asked, what comes back."""

from __future__ import annotations

from marshmallow import EXCLUDE, Schema, fields


class AskedSchema(Schema):
    """What is known of a label besides its number; a claim needs no code."""

    code = fields.String(
        load_default="", metadata={"description": "The check code printed beside the number of a label."}
    )
    at = fields.String(
        load_default="",
        metadata={
            "description": "The verdict at a past moment: 2026-01-31T08:00:00Z, or a day, which means its end in China."
        },
    )


class MarkSchema(Schema):
    """An official mark of a label; the service neither gives nor checks it."""

    id = fields.String()
    number = fields.String()
    body = fields.String()
    certificate_number = fields.String()
    media_type = fields.String()
    sha256 = fields.String()
    at = fields.DateTime()


class MarkFormSchema(Schema):
    """Who gave a mark, and under which number; its picture is the part ``picture``."""

    class Meta:
        """Parts of other names are nobody's business here."""

        unknown = EXCLUDE

    body = fields.String(load_default="")
    certificate_number = fields.String(load_default="")
