"""Who may do what. Authorisation stands here once, for pages, API, command line and jobs alike.

Rules
1. A permission is ``noun.verb``; a role is a set of permissions; an actor has roles. Nothing else grants
   anything.
2. A role is held only in an organisation of its kind: a reviewer outside an institution is nobody.
3. Another tenant's object is *not found*, never "forbidden": its existence is not disclosed.
   An exporter sees its own organisation's things; an institution what was handed to it or shared with it; a
   regulator sees labels only.
4. There is no default actor. A job carries the person who asked; the command line names one with ``--as``;
   the administrator of the installation exists on the command line only and never models, reviews or signs.
5. Four eyes (ISO/TS 14071, GB/T 24025): modelling, review and signature are three different people.

Example: ``allow(actor, Permission.LABEL_ISSUE)``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from service.usecases.refusals import NotAllowed, NotFound, Refusal

__all__ = [
    "LOCAL",
    "ROLES_BY_KIND",
    "Actor",
    "NotAllowed",
    "NotFound",
    "OrganisationKind",
    "Permission",
    "Refusal",
    "Role",
    "administrator",
    "allow",
    "allowed",
    "may_see",
    "require_seen",
]


class Permission(StrEnum):
    """``noun.verb``: the noun is an object of the service, the verb what is done to it."""

    ORGANISATION_READ = "organisation.read"
    ORGANISATION_REGISTER = "organisation.register"
    PERSON_REGISTER = "person.register"
    RELEASE_READ = "release.read"
    RELEASE_IMPORT = "release.import"
    RELEASE_INSTALL = "release.install"
    RELEASE_EXPORT = "release.export"
    RELEASE_REMOVE = "release.remove"
    RELEASE_COMPARE = "release.compare"
    IMPACT_READ = "impact.read"
    LICENCE_GRANT = "licence.grant"
    NOTICE_READ = "notice.read"
    INVENTORY_HAND_IN = "inventory.hand-in"
    INVENTORY_READ = "inventory.read"
    STUDY_OPEN = "study.open"
    STUDY_READ = "study.read"
    STUDY_LINK = "study.link"
    STUDY_ASSESS = "study.assess"
    STUDY_SUBMIT = "study.submit"
    REVIEW_DECIDE = "review.decide"
    LABEL_ISSUE = "label.issue"
    LABEL_READ = "label.read"
    LABEL_RECOMPUTE = "label.recompute"
    LABEL_SUSPEND = "label.suspend"
    LABEL_REINSTATE = "label.reinstate"
    LABEL_REVOKE = "label.revoke"
    LABEL_SUPERSEDE = "label.supersede"
    LABEL_MARK = "label.mark"
    STATUS_PUBLISH = "status.publish"
    LOG_READ = "log.read"
    LOG_COSIGN = "log.cosign"
    CHECK_BULK = "check.bulk"
    PACK_TAKE = "pack.take"
    EVIDENCE_ASK = "evidence.ask"
    EVIDENCE_ANSWER = "evidence.answer"
    EVIDENCE_LIST = "evidence.list"
    EVIDENCE_READ = "evidence.read"
    JOB_READ = "job.read"
    AUDIT_READ = "audit.read"
    CBAM_OPEN = "cbam.open"
    CBAM_READ = "cbam.read"
    CBAM_CALCULATE = "cbam.calculate"
    CBAM_EDIT = "cbam.edit"
    CBAM_SHARE = "cbam.share"
    CBAM_DOCUMENT = "cbam.document"
    CBAM_SHIPMENTS = "cbam.shipments"
    CBAM_TABLES_READ = "cbam.tables-read"
    CBAM_TABLES_IMPORT = "cbam.tables-import"
    CBAM_TABLES_WITHDRAW = "cbam.tables-withdraw"
    LEDGER_READ = "ledger.read"
    LEDGER_RECORD = "ledger.record"
    LEDGER_VERIFY = "ledger.verify"
    LEDGER_CORRECT = "ledger.correct"
    PURCHASE_KEEP = "purchase.keep"
    POWER_ALLOCATE = "power.allocate"
    CLAIM_READ = "claim.read"
    CLAIM_DRAFT = "claim.draft"
    CLAIM_REVIEW = "claim.review"
    CLAIM_ISSUE = "claim.issue"
    CLAIM_OBJECT = "claim.object"


class Role(StrEnum):
    """Roles of people. ``administrator`` is the local administrator of the installation (rule 4)."""

    EXPORTER = "exporter"
    PRACTITIONER = "practitioner"
    REVIEWER = "reviewer"
    SIGNATORY = "signatory"
    REGULATOR = "regulator"
    ADMINISTRATOR = "administrator"


class OrganisationKind(StrEnum):
    """Kinds of organisation.

    ``installation`` is no stored organisation; only the local administrator is in it.
    """

    EXPORTER = "exporter"
    INSTITUTION = "institution"
    REGULATOR = "regulator"
    PROGRAMME = "programme"
    INSTALLATION = "installation"


ROLES_BY_KIND: dict[OrganisationKind, frozenset[Role]] = {
    OrganisationKind.EXPORTER: frozenset({Role.EXPORTER}),
    OrganisationKind.INSTITUTION: frozenset({Role.PRACTITIONER, Role.REVIEWER, Role.SIGNATORY}),
    OrganisationKind.REGULATOR: frozenset({Role.REGULATOR}),
    OrganisationKind.PROGRAMME: frozenset({Role.REGULATOR}),
    OrganisationKind.INSTALLATION: frozenset({Role.ADMINISTRATOR}),
}

_P = Permission
_EVERYBODY = frozenset(
    {
        _P.ORGANISATION_READ,
        _P.RELEASE_READ,
        _P.LABEL_READ,
        _P.LABEL_RECOMPUTE,
        _P.CBAM_TABLES_READ,
        _P.LOG_READ,
    }
)
_OWNER = (
    _EVERYBODY
    | {_P.INVENTORY_READ, _P.STUDY_READ, _P.IMPACT_READ, _P.NOTICE_READ}
    | {_P.CBAM_READ, _P.CBAM_CALCULATE}
    | {_P.LEDGER_READ, _P.CLAIM_READ, _P.JOB_READ, _P.EVIDENCE_LIST}
)
_BACKGROUND = frozenset({_P.RELEASE_IMPORT, _P.RELEASE_COMPARE, _P.CBAM_TABLES_IMPORT})
_CBAM_WORK = frozenset({_P.CBAM_EDIT, _P.CBAM_DOCUMENT})
_STANDING = frozenset({_P.LABEL_SUSPEND, _P.LABEL_REINSTATE, _P.LABEL_REVOKE})
_LEDGER_WORK = frozenset({_P.LEDGER_RECORD, _P.PURCHASE_KEEP, _P.POWER_ALLOCATE, _P.CLAIM_DRAFT})

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.EXPORTER: _OWNER
    | _CBAM_WORK
    | _LEDGER_WORK
    | {_P.INVENTORY_HAND_IN, _P.CBAM_OPEN, _P.CBAM_SHARE, _P.CBAM_SHIPMENTS}
    | {_P.LABEL_MARK, _P.EVIDENCE_ANSWER},
    Role.PRACTITIONER: _OWNER
    | _BACKGROUND
    | _CBAM_WORK
    | _LEDGER_WORK
    | {_P.STUDY_OPEN, _P.STUDY_LINK, _P.STUDY_ASSESS, _P.STUDY_SUBMIT},
    Role.REVIEWER: _OWNER | {_P.REVIEW_DECIDE, _P.CLAIM_REVIEW, _P.CLAIM_OBJECT},
    Role.SIGNATORY: _OWNER
    | _STANDING
    | {
        _P.LABEL_ISSUE,
        _P.LABEL_SUPERSEDE,
        _P.LABEL_MARK,
        _P.EVIDENCE_ANSWER,
        _P.CLAIM_ISSUE,
        _P.CLAIM_OBJECT,
    },
    Role.REGULATOR: _EVERYBODY
    | _STANDING
    | {_P.CLAIM_OBJECT, _P.CHECK_BULK, _P.PACK_TAKE, _P.JOB_READ, _P.NOTICE_READ}
    | {_P.EVIDENCE_ASK, _P.EVIDENCE_LIST, _P.EVIDENCE_READ},
    Role.ADMINISTRATOR: _EVERYBODY
    | _BACKGROUND
    | {_P.RELEASE_INSTALL, _P.RELEASE_EXPORT, _P.RELEASE_REMOVE, _P.LICENCE_GRANT, _P.IMPACT_READ}
    | {_P.CBAM_TABLES_WITHDRAW, _P.STATUS_PUBLISH, _P.LOG_COSIGN, _P.CHECK_BULK, _P.PACK_TAKE}
    | {_P.ORGANISATION_REGISTER, _P.PERSON_REGISTER, _P.AUDIT_READ, _P.LEDGER_VERIFY, _P.LEDGER_CORRECT},
}


@dataclass(frozen=True, slots=True)
class Actor:
    """The person who asks. ``via`` is ``web``, ``api``, ``cli`` or ``job`` and goes into the audit chain."""

    person_id: str
    organisation_id: str
    organisation_kind: OrganisationKind
    roles: frozenset[Role]
    language: str = "zh"
    via: str = "web"

    def __post_init__(self) -> None:
        if not self.person_id or not self.roles:
            raise ValueError("An actor is somebody, with at least one role.")
        if not self.roles <= ROLES_BY_KIND[self.organisation_kind]:
            raise ValueError("A role is held only in an organisation of its kind.")


LOCAL = "local:"
"""How the person of an administrator begins: no id of a stored person does."""


def administrator(login: str) -> Actor:
    """The administrator of this installation: whoever can run ``tanbiao`` on the machine under ``login``
    (rule 4).
    """
    return Actor(
        f"{LOCAL}{login}",
        "",
        OrganisationKind.INSTALLATION,
        frozenset({Role.ADMINISTRATOR}),
        via="cli",
    )


def allowed(actor: Actor, permission: Permission) -> bool:
    """True when one of the actor's roles grants the permission; pages use it to show or hide an action."""
    return any(permission in PERMISSIONS[role] for role in actor.roles)


def allow(actor: Actor, permission: Permission) -> None:
    """Raise NotAllowed unless one of the actor's roles grants the permission."""
    if not allowed(actor, permission):
        raise NotAllowed(permission=permission.value)


def may_see(actor: Actor, exporter_id: str, institution_id: str) -> bool:
    """True when an object of this exporter and institution is inside the actor's tenancy (rule 3)."""
    if actor.organisation_kind is OrganisationKind.EXPORTER:
        return actor.organisation_id == exporter_id
    if actor.organisation_kind is OrganisationKind.INSTITUTION:
        return actor.organisation_id == institution_id
    return True  # regulators and the local administrator: what their permissions let them reach, they see


def require_seen(actor: Actor, noun: str, key: str, owners: Iterable[str] | None) -> None:
    """Raise NotFound unless ``owners`` (exporter id, institution id) is given and inside the actor's
    tenancy.
    """
    if owners is None:
        raise NotFound(noun=noun, key=key)
    exporter_id, institution_id = owners
    if not may_see(actor, exporter_id, institution_id):
        raise NotFound(noun=noun, key=key)
