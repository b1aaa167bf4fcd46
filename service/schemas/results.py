"""What goes out: results of the use cases as JSON, the same for the API and for the twin of every page.

Quantities that a label states are decimal strings; full-precision results of an assessment are JSON numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from marshmallow import Schema, fields


class PlaceSchema(Schema):
    """Where in the user's file a finding sits."""

    sheet = fields.String()
    row = fields.Integer(allow_none=True)
    cell = fields.String()
    line = fields.String()


class FindingSchema(Schema):
    """A problem in the user's data, with its sentence in both languages."""

    severity = fields.String()
    code = fields.String()
    place = fields.Nested(PlaceSchema)
    details = fields.Dict(keys=fields.String(), values=fields.String())
    message = fields.Dict(keys=fields.String(), values=fields.String())


class InventorySchema(Schema):
    """A workbook that was handed in."""

    id = fields.String()
    organisation_id = fields.String()
    institution_id = fields.String()
    filename = fields.String()
    workbook_sha256 = fields.String()
    digest = fields.String()
    product_name_zh = fields.String()
    product_name_en = fields.String()
    handed_in_by = fields.String()
    handed_in_at = fields.DateTime()


class InventoryDetailSchema(InventorySchema):
    """One inventory with everything that was read from its workbook."""

    content = fields.Dict()
    findings = fields.List(fields.Nested(FindingSchema))


class HandInResultSchema(Schema):
    """``inventory_id`` is null, and nothing was stored, when a finding is an error."""

    inventory_id = fields.String(allow_none=True)
    findings = fields.List(fields.Nested(FindingSchema))


class StudySchema(Schema):
    """A study of one inventory on one release."""

    id = fields.String()
    inventory_id = fields.String()
    exporter_id = fields.String()
    institution_id = fields.String()
    release = fields.String()
    release_digest = fields.String()
    gwp_set = fields.String()
    rule_set = fields.String()
    status = fields.String()
    opened_by = fields.String()
    opened_at = fields.DateTime()
    version = fields.Integer()
    product_name_zh = fields.String()
    product_name_en = fields.String()


class ChoiceSchema(Schema):
    """A dataset chosen by a practitioner."""

    key = fields.String()
    dataset = fields.String()
    reason = fields.String()
    person_id = fields.String()
    at = fields.DateTime()


class AssessmentSchema(Schema):
    """One computation: footprint, rounded footprint, findings, digests of what went in."""

    id = fields.String()
    study_id = fields.String()
    digest = fields.String()
    result = fields.Dict()
    engine = fields.String()
    person_id = fields.String()
    at = fields.DateTime()


class ReviewSchema(Schema):
    """A review decision on one assessment digest."""

    id = fields.String()
    study_id = fields.String()
    assessment_digest = fields.String()
    reviewer_id = fields.String()
    decision = fields.String()
    comment = fields.String()
    at = fields.DateTime()


class LabelSummarySchema(Schema):
    """An issued label in short."""

    number = fields.String()
    issued_at = fields.DateTime()
    valid_until = fields.DateTime()
    status = fields.String()


class LabelSchema(LabelSummarySchema):
    """An issued label."""

    study_id = fields.String()
    exporter_id = fields.String()
    institution_id = fields.String()
    code = fields.String()
    statement = fields.Dict()
    proof = fields.String()
    issued_by = fields.String()


class StudyViewSchema(Schema):
    """A study with all that belongs to it."""

    study = fields.Nested(StudySchema)
    inventory = fields.Nested(InventorySchema)
    choices = fields.List(fields.Nested(ChoiceSchema))
    assessment = fields.Nested(AssessmentSchema, allow_none=True)
    current = fields.Boolean()
    reviews = fields.List(fields.Nested(ReviewSchema))
    label = fields.Nested(LabelSummarySchema, allow_none=True)
    values_hidden = fields.Boolean()


class SourceSchema(Schema):
    """The document behind a dataset."""

    code = fields.String()
    title = fields.String()
    issuer = fields.String()
    document_number = fields.String()
    published = fields.String()
    licence = fields.String()
    attribution = fields.String()
    url = fields.String()


class DatasetSchema(Schema):
    """One dataset of a release."""

    code = fields.String()
    name_zh = fields.String()
    name_en = fields.String()
    synonyms = fields.String()
    kind = fields.String()
    group = fields.String()
    place = fields.String()
    year = fields.Integer()
    unit = fields.String()
    boundary = fields.String()
    complete = fields.Boolean()
    gwp_set = fields.String()
    gwp_set_assumed = fields.Boolean()
    technology = fields.String()
    source = fields.Nested(SourceSchema)
    locator = fields.String()
    certainty = fields.String()
    note_zh = fields.String()
    note_en = fields.String()
    gaps = fields.Integer()
    gaps_upstream = fields.Boolean()


class ExchangeSchema(Schema):
    """One exchange of a dataset, with the number as its source prints it; null where values are hidden."""

    code = fields.String(attribute="flow_or_dataset_code")
    kind = fields.String()
    amount = fields.Function(lambda found: None if math.isnan(found.amount) else found.amount)
    unit = fields.String()
    published = fields.String()
    published_unit = fields.String()
    rule = fields.String()
    locator = fields.String()
    certainty = fields.String()


class InputSchema(Schema):
    """One exchange of a dataset with the name of what it takes."""

    name_zh = fields.String()
    name_en = fields.String()
    place = fields.String()
    compartment = fields.String()
    exchange = fields.Nested(ExchangeSchema)


class DatasetViewSchema(Schema):
    """A dataset with its inputs and its scores (per unit) by climate method."""

    dataset = fields.Nested(DatasetSchema)
    inputs = fields.List(fields.Nested(InputSchema))
    scores = fields.Dict(keys=fields.String(), values=fields.Float())
    documentation = fields.String()
    licence = fields.String()
    values_hidden = fields.Boolean()


class MethodSchema(Schema):
    """An impact method."""

    identifier = fields.String()
    title = fields.String()
    unit = fields.String()
    group = fields.String()


class PartSchema(Schema):
    """A part of a score: direct, input, process, flow, or the rest together; ``share`` is its part of one."""

    code = fields.String()
    name_zh = fields.String()
    name_en = fields.String()
    kind = fields.String()
    amount = fields.Float()
    unit = fields.String()
    score = fields.Float()
    share = fields.Float()


class ContributionsResultSchema(Schema):
    """A score and what it is made of, largest parts first."""

    dataset = fields.Nested(DatasetSchema)
    method = fields.Nested(MethodSchema)
    total = fields.Float()
    parts = fields.List(fields.Nested(PartSchema))


class HitSchema(Schema):
    """A search hit."""

    dataset = fields.Nested(DatasetSchema)
    rank = fields.Float()


class OrganisationSchema(Schema):
    """An organisation; ``code`` is its registration number."""

    id = fields.String()
    kind = fields.String()
    name_zh = fields.String()
    name_en = fields.String()
    code = fields.String()


class ConfirmedSchema(Schema):
    """Somebody chose this dataset before for a line like this one."""

    at = fields.String()
    by = fields.String()
    reason = fields.String()
    times = fields.Integer()


class CandidateSchema(Schema):
    """A dataset that may stand for a line, and why; ``confirmed`` where it was chosen before for such a line."""

    dataset = fields.Nested(DatasetSchema)
    score = fields.Float()
    reasons = fields.Raw()
    confirmed = fields.Nested(ConfirmedSchema, allow_none=True)


class LinkedLineSchema(Schema):
    """A line or leg with its dataset or its candidates."""

    key = fields.String()
    name = fields.Function(lambda linked: linked.line.name)
    amount = fields.Function(lambda linked: None if linked.amount is None else str(linked.amount))
    dataset = fields.Nested(DatasetSchema, allow_none=True)
    origin = fields.String()
    reason = fields.String()
    candidates = fields.List(fields.Nested(CandidateSchema))


class LinksSchema(Schema):
    """Every line and leg as linked now."""

    lines = fields.List(fields.Nested(LinkedLineSchema))
    findings = fields.Function(lambda links: [finding.as_dict() for finding in links.findings])


class JobSchema(Schema):
    """Work outside the request."""

    id = fields.String()
    kind = fields.String()
    state = fields.String()
    progress = fields.Float()
    step = fields.String()
    result = fields.Dict(allow_none=True)
    error = fields.String()
    message_zh = fields.String()
    message_en = fields.String()
    created_at = fields.DateTime()
    finished_at = fields.DateTime(allow_none=True)


class DifferenceSchema(Schema):
    """A field that recomputation does not confirm."""

    path = fields.String()
    stated = fields.String()
    recomputed = fields.String()


class RecomputationSchema(Schema):
    """Whether the stored number can be rebuilt."""

    number = fields.String()
    equal = fields.Boolean()
    differences = fields.List(fields.Nested(DifferenceSchema))


class ProblemSchema(Schema):
    """An error as RFC 9457 ``application/problem+json``; ``findings``, ``problems`` (code, where, zh, en) or ``fields``
    say exactly where.
    """

    type = fields.String()
    title = fields.String()
    status = fields.Integer()
    detail = fields.String()
    code = fields.String()
    findings = fields.List(fields.Nested(FindingSchema))
    problems = fields.List(fields.Dict(keys=fields.String(), values=fields.String()))
    fields_ = fields.Dict(data_key="fields")


def _both(sentence: Callable[[str], str]) -> dict[str, str]:
    return {language: sentence(language) for language in ("zh", "en")}
