"""The demonstration: one exporter, one institution, one product, the whole journey through the use cases.

Nothing here is special to the demonstration but the names: the same store, engine, keys and documents as
always. A second run keeps organisations, people, keys and release, and issues one more label.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from service.demo_claims import Actors, leave_claim
from service.store.records import AssessmentRecord, LabelRecord
from service.usecases import accounts, inventories, labels, reviews, studies, verification
from service.usecases.access import Actor, OrganisationKind, Role, administrator
from service.usecases.refusals import GateClosed, NotFound
from service.usecases.services import Services

if TYPE_CHECKING:
    from rich.console import Console

ISSUER = "did:web:labels.demo.invalid"
ISSUER_NAME = {"zh": "演示零碳服务机构", "en": "Demo Zero-Carbon Institution"}
GWP_SET = "AR5"
ORGANISATIONS = {
    "exporter": (OrganisationKind.EXPORTER, "演示铝业有限公司", "Demo Aluminium Co.", "DEMO-EXPORTER"),
    "institution": (
        OrganisationKind.INSTITUTION,
        ISSUER_NAME["zh"],
        ISSUER_NAME["en"],
        "DEMO-INSTITUTION",
    ),
    "regulator": (OrganisationKind.REGULATOR, "演示监管机构", "Demo Regulator", "DEMO-REGULATOR"),
}
PEOPLE = {
    Role.EXPORTER: ("exporter", "演示企业经办人"),
    Role.PRACTITIONER: ("institution", "演示建模人"),
    Role.REVIEWER: ("institution", "演示核查人"),
    Role.SIGNATORY: ("institution", "演示签发人"),
    Role.REGULATOR: ("regulator", "演示监管人员"),
}
WORDS = {
    "release": ("构建或打开数据版本", "Build or open the data release"),
    "accounts": ("准备机构、人员与密钥", "Prepare organisations, people and keys"),
    "workbook": ("外贸企业填写清单并提交", "The exporter hands in the workbook"),
    "model": ("建模人匹配数据集并计算", "The practitioner links and assesses"),
    "review": ("核查人核查", "The reviewer approves"),
    "issue": (
        "签发人签发:两条路径复算、签名、入日志、出文件",
        "The signatory issues: both roads, signature, log, PDF",
    ),
    "cbam": (
        "CBAM：外贸企业提交装置数据，计算并出具摘要报告",
        "CBAM: an installation and its summary report",
    ),
    "claim": (
        "账户：导入碳信用与绿证，注销，核查并签发中和声明",
        "Ledger: credits and certificates imported, retired, a claim reviewed and issued",
    ),
    "verify": ("独立验真程序验真(离线)", "The standalone verifier checks the PDF, offline"),
    "footprint": ("碳足迹", "Footprint"),
    "coverage": ("覆盖率", "Coverage"),
    "lines": ("条目", "lines"),
    "mass": ("质量", "mass"),
    "label": ("标签编号", "Label number"),
    "verdict": ("验真结论", "Verdict"),
    "files": ("文件", "Files"),
    "people": ("演示账号", "Demo accounts"),
    "owed": (
        "CBAM：{good} 隐含排放 {see} tCO2e/t（按默认值为 {default}）",
        "CBAM: {good} has {see} tCO2e/t ({default} on default values)",
    ),
    "claimed": (
        "中和声明 {claim}：注销 {offset} tCO2e，占应中和量的 {share} %",
        "Claim {claim}: {offset} tCO2e retired, {share} % of what was to offset",
    ),
    "next": ("下一步：{tanbiao} serve，然后打开", "Next: {tanbiao} serve, then open"),
}
STAGES = {
    "raw-materials": ("原材料获取", "Raw materials"),
    "production": ("生产", "Production"),
    "distribution": ("分销", "Distribution"),
    "use": ("使用", "Use"),
    "end-of-life": ("生命末期", "End of life"),
}


@dataclass(frozen=True, slots=True)
class People:
    """The acting people of the demonstration, by role, and the institution that is asked."""

    actors: dict[Role, Actor]
    institution_id: str


@dataclass(frozen=True, slots=True)
class Journey:
    """What one run made."""

    study_id: str
    assessment: AssessmentRecord
    label: LabelRecord


Step = Callable[[str], Any]


def run(services: Services, language: str) -> int:
    """The command: run, print, leave the files in HOME/demo.

    0 when the standalone verifier says valid, else 1.
    """
    from rich.console import Console

    console = Console()
    words = {key: pair[0 if language == "zh" else 1] for key, pair in WORDS.items()}
    folder = services.settings.home / "demo"
    folder.mkdir(parents=True, exist_ok=True)

    @contextmanager
    def step(key: str) -> Iterator[None]:
        with console.status(f"{words[key]} …"):
            yield
        console.print(f"[green]✓[/] {words[key]}", highlight=False)

    with step("release"):
        release = build_release(services)
    with step("accounts"):
        make_keys(services)
        people = make_people(services, folder / "accounts.txt")
    journey = travel(services, people, release, step)
    with step("cbam"):
        owed = leave_cbam(services, people.actors[Role.EXPORTER], folder, language)
    with step("claim"):
        claimed = leave_claim(services, claimants(people), folder)
    with step("verify"):
        leave_files(services, people.actors[Role.EXPORTER], journey, folder)
        code, report = verify_standalone(folder, language)
    _print(console, journey, words, language)
    console.print(f"{words['verdict']}: {report.splitlines()[0] if report else '—'}", highlight=False)
    console.print(words["owed"].format(**owed), highlight=False)
    console.print(words["claimed"].format(**claimed), highlight=False)
    console.print(f"{words['files']}: {folder}", highlight=False, soft_wrap=True)
    console.print(f"{words['people']}: {folder / 'accounts.txt'}", highlight=False, soft_wrap=True)
    console.print((folder / "accounts.txt").read_text(encoding="utf-8"), highlight=False, markup=False)
    console.print(
        f"{words['next'].format(tanbiao=_own_name())} {services.verify_url(journey.label.number, journey.label.code)}",
        highlight=False,
        soft_wrap=True,
    )
    return code


def build_release(services: Services) -> str:
    """The identifier of the starter release, built when it is not there."""
    from databases.build import build_open_cn

    services.settings.releases.mkdir(parents=True, exist_ok=True)
    return build_open_cn(services.settings.releases).identifier


def make_keys(services: Services) -> None:
    """Demonstration keys, unless this installation has keys already."""
    from certificates.keys.keyset import KeySetExists, generate_keyset

    now = services.clock()
    try:
        keys = generate_keyset(ISSUER, ISSUER_NAME, now, now + timedelta(days=365 * 6))
        keys.save(services.settings.keys, services.settings.passphrase)
    except KeySetExists:
        services.keys.keyset()


def make_people(services: Services, sign_in_data: Path) -> People:
    """Organisations and people, made at the first run; passwords are random and kept in ``sign_in_data``
    (0600).
    """
    admin = administrator("demo")
    ids = {key: _organisation(admin, key, services) for key in ORGANISATIONS}
    lines = []
    for role, (organisation, name) in PEOPLE.items():
        email, password = f"{role.value}@demo.invalid", secrets.token_urlsafe(12)
        command = accounts.RegisterPerson(ids[organisation], email, name, password, frozenset({role}))
        try:
            accounts.actor_by_email(email, services)
        except NotFound:
            accounts.register_person(admin, command, services)
            lines.append(f"{role.value:14}{email:30}{password}\n")
    if lines:
        handle = os.open(sign_in_data, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.writelines(lines)
    actors = {role: accounts.actor_by_email(f"{role.value}@demo.invalid", services) for role in PEOPLE}
    return People(actors, ids["institution"])


def _organisation(admin: Actor, key: str, services: Services) -> str:
    kind, zh, en, code = ORGANISATIONS[key]
    try:
        return accounts.organisation_by_code(admin, code, services).id
    except NotFound:
        return accounts.register_organisation(
            admin, accounts.RegisterOrganisation(kind, zh, en, code), services
        )


def travel(services: Services, people: People, release: str, step: Step) -> Journey:
    """The journey itself. Raises a refusal where it ends early."""
    exporter, practitioner = people.actors[Role.EXPORTER], people.actors[Role.PRACTITIONER]
    with step("workbook"):
        data = inventories.template("zh", example=True)
        handed = inventories.hand_in(
            exporter, inventories.HandIn("workbook.xlsx", data, people.institution_id), services
        )
        if handed.inventory_id is None:
            raise GateClosed(handed.findings)
    with step("model"):
        opened = studies.OpenStudy(handed.inventory_id, release, GWP_SET)
        study_id = studies.open_(practitioner, opened, services)
        assessment = studies.assess(practitioner, study_id, services)
        studies.submit(practitioner, study_id, services)
    with step("review"):
        decision = reviews.Decide(study_id, True, "演示核查:数据来源与计算已核对。")
        reviews.decide(people.actors[Role.REVIEWER], decision, services)
    with step("issue"):
        label = labels.issue(people.actors[Role.SIGNATORY], study_id, services)
    return Journey(study_id, assessment, label)


def leave_files(services: Services, exporter: Actor, journey: Journey, folder: Path) -> None:
    """workbook.xlsx, label.pdf, label.json, credential.jwt, trust.json, assessment.json; an earlier run's
    are replaced.
    """
    view = studies.get(exporter, journey.study_id, services)
    number = journey.label.number
    _, workbook = inventories.workbook(exporter, view.inventory.id, services)
    trust = json.dumps(verification.trust(services), ensure_ascii=False, indent=2)
    result = json.dumps(journey.assessment.result, ensure_ascii=False, indent=2)
    for name, data in {
        "workbook.xlsx": workbook,
        "label.pdf": labels.document(exporter, number, services),
        "label.json": labels.bundle(exporter, number, services),
        "credential.jwt": labels.credential(exporter, number, services).encode("ascii"),
        "trust.json": trust.encode(),
        "assessment.json": result.encode(),
    }.items():
        (folder / name).write_bytes(data)


def claimants(people: People) -> Actors:
    """Who takes part in the demonstration's claim."""
    exporter, reviewer = people.actors[Role.EXPORTER], people.actors[Role.REVIEWER]
    return Actors(exporter, reviewer, people.actors[Role.SIGNATORY], people.institution_id)


def leave_cbam(services: Services, exporter: Actor, folder: Path, language: str) -> dict[str, str]:
    """cbam.xlsx and cbam-summary.pdf of a fastener maker, handed in at the first run; its first good in words."""
    from lca.cbam import rounding
    from service.usecases.cbam import calculating, defaults, documents, installations

    data = installations.template(language, example=True)
    there = installations.list_(exporter, services)
    key = there[0].id if there else None
    if key is None:
        key = installations.hand_in(
            exporter, installations.HandIn("cbam.xlsx", data), services
        ).installation_id
    if key is None:
        raise LookupError("The example of CBAM was not kept.")
    done = calculating.calculate(exporter, calculating.Ask(key), services).done
    drawn = documents.draw(exporter, documents.Draw(key, "summary-report", "en"), services)
    (folder / "cbam.xlsx").write_bytes(data)
    (folder / "cbam-summary.pdf").write_bytes(drawn.data)
    good = done.goods[0]
    default = defaults.look_up(exporter, defaults.LookUp(good.cn, "CN", done.period.end.year), services)
    return {
        "good": f"CN {good.cn}",
        "see": rounding.text(rounding.see(good.see_total)),
        "default": rounding.text(default.see),
    }


def verify_standalone(folder: Path, language: str) -> tuple[int, str]:
    """Run the verifier on the PDF in a process of its own; exit code and report, also left as
    verification.txt.
    """
    command = [
        sys.executable,
        "-m",
        "certificates.standalone",
        "label.pdf",
        "--trust",
        "trust.json",
        "--lang",
    ]
    done = subprocess.run([*command, language], cwd=folder, capture_output=True, check=False)
    report = done.stdout.decode("utf-8") or done.stderr.decode("utf-8", "replace")
    (folder / "verification.txt").write_text(report, encoding="utf-8")
    return done.returncode, report


def _own_name() -> str:
    """How to call this program again from here: its name where it is on PATH, else its path."""
    return "tanbiao" if shutil.which("tanbiao") else os.path.relpath(sys.argv[0])


def _print(console: Console, journey: Journey, words: dict[str, str], language: str) -> None:
    statement = journey.label.statement
    footprint, coverage = statement["footprint"], statement["coverage"]
    unit = statement["product"]["declaredUnit"]
    console.print()
    console.print(
        f"{words['footprint']}: [bold]{footprint['total']} kgCO2e[/] / {unit['amount']} {unit['unit']}",
        highlight=False,
    )
    total = max((abs(float(stage["value"])) for stage in footprint["stages"]), default=0.0) or 1.0
    for stage in footprint["stages"]:
        bar = "█" * round(40 * abs(float(stage["value"])) / total)
        name = STAGES[stage["stage"]][0 if language == "zh" else 1]
        pad = " " * max(1, 16 - sum(2 if ord(character) > 0x2E7F else 1 for character in name))
        console.print(f"  {name}{pad}[cyan]{bar}[/] {stage['value']}", highlight=False)
    console.print(
        f"{words['coverage']}: {coverage['byLines']} % {words['lines']}, {coverage['byMass']} % {words['mass']}",
        highlight=False,
    )
    console.print(f"{words['label']}: [bold]{journey.label.number}[/]", highlight=False)
