"""Many at once: two signatories, two workers, eight people handing in and reading while one issues."""

from __future__ import annotations

import threading
from collections.abc import Callable

from service import worker
from service.usecases import accounts, integrity, inventories, jobs, labels, studies
from service.usecases.access import Role, administrator
from service.usecases.refusals import Refusal
from tests.service import issue_together
from tests.service import world as making

SECOND = "second-signatory"


def with_second_signatory(world) -> None:
    command = accounts.RegisterPerson(
        world.organisations["institution"],
        f"{SECOND}@demo.invalid",
        SECOND,
        making.PASSWORD,
        frozenset({Role.SIGNATORY}),
    )
    accounts.register_person(administrator("test"), command, world.services)
    world.actors[SECOND] = accounts.actor_by_email(command.email, world.services)


def together(*acts: Callable[[], object]) -> list[object]:
    """What each gave or raised; all start at once."""
    start, found = threading.Barrier(len(acts)), [None] * len(acts)

    def run(position: int, act: Callable[[], object]) -> None:
        start.wait(10)
        try:
            found[position] = act()
        except Exception as error:
            found[position] = error

    threads = [threading.Thread(target=run, args=item) for item in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def one_whole_label(world) -> None:
    found = labels.list_(world["regulator"], world.services)
    assert [label.number[8:15] for label in found] == ["0000001"]
    assert integrity.check(administrator("test"), world.services) == ()


def test_two_signatories_in_two_threads_issue_one_label(at):
    world = at("approved")
    with_second_signatory(world)
    results = together(
        *(
            lambda name=name: labels.issue(world[name], world.study, world.services)
            for name in ("signatory", SECOND)
        )
    )
    refused = [one for one in results if isinstance(one, Exception)]
    assert len(refused) == 1
    assert isinstance(refused[0], Refusal)
    assert refused[0].code in ("study-changed", "wrong-state")
    one_whole_label(world)


def test_two_signatories_in_two_processes_issue_one_label(at):
    world = at("approved")
    with_second_signatory(world)
    orders = [(f"{name}@demo.invalid", world.study) for name in ("signatory", SECOND)]
    said = issue_together.together("issue", world.services.settings, orders)
    assert len(said) == 2
    assert said[0].startswith("TB-2026-0000001-")
    assert said[1] in ("study-changed", "wrong-state")
    one_whole_label(world)


def test_two_workers_do_one_job_once(at):
    world = at("approved")
    job = labels.request_issue(world["signatory"], world.study, world.services)
    done = together(*[lambda: worker.run_once(world.services)] * 2)
    assert [one.id for one in done if one is not None] == [job]
    assert jobs.get(world["signatory"], job, world.services).state == "done"
    one_whole_label(world)


def test_a_job_taken_over_while_its_first_worker_still_works_makes_one_label(at):
    world = at("approved")
    key = labels.request_issue(world["signatory"], world.study, world.services)
    first = jobs.lease(world.services)
    world.clock.on(world.services.settings.job_lease_seconds + 1)
    second = jobs.lease(world.services)
    assert (first.attempts, second.attempts) == (1, 2)
    together(lambda: jobs.run(first, world.services), lambda: jobs.run(second, world.services))
    one_whole_label(world)
    job = jobs.get(world["signatory"], key, world.services)
    assert job.state in ("done", "failed")
    assert job.error in ("", "study-changed", "wrong-state")


def test_a_relink_while_a_reviewer_approves_leaves_no_approval_of_the_other(at):
    world = at("opened")
    who, study, services = world["practitioner"], world.study, world.services
    studies.assess(who, study, services)
    studies.submit(who, study, services)
    line = next(one for one in studies.links(who, study, services).lines if len(one.candidates) > 1)
    dataset = line.candidates[-1].dataset.code
    version = studies.get(who, study, services).study.version
    choose = studies.ChooseDataset(study, line.key, dataset, "another metal", version)
    decide = making.reviews.Decide(study, True, "", version)
    together(
        lambda: studies.link(who, choose, services),
        lambda: making.reviews.decide(world["reviewer"], decide, services),
    )
    view = studies.get(who, study, services)
    assert (view.study.status, view.current) in (("draft", False), ("approved", True))
    assert integrity.check(administrator("test"), services) == ()


def test_eight_people_hand_in_and_read_while_one_issues(at, workbook):
    """No "database is locked", nothing lost, one chain."""
    world = at("approved")
    command = inventories.HandIn("清单.xlsx", workbook, world.organisations["institution"])

    def hand_in_and_read() -> int:
        for _ in range(3):
            assert inventories.hand_in(world["exporter"], command, world.services).inventory_id
            studies.get(world["practitioner"], world.study, world.services)
            labels.list_(world["regulator"], world.services)
        return 3

    results = together(
        *[hand_in_and_read] * 8, lambda: labels.issue(world["signatory"], world.study, world.services)
    )
    assert [one for one in results if isinstance(one, Exception)] == []
    assert len(inventories.list_(world["exporter"], world.services)) == 25
    one_whole_label(world)
