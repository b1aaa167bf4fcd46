"""Jobs: taken by one worker, kept by heartbeat, taken over once, failed with a sentence."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from service import worker
from service.store.repositories.jobs import MAX_ATTEMPTS
from service.usecases import jobs, labels, studies
from tests.service import world as making

LEASE = 60


@pytest.fixture
def queued(at):
    world = at("approved")
    world.job = labels.request_issue(world["signatory"], world.study, world.services)
    return world


def look(world):
    return jobs.get(world["signatory"], world.job, world.services)


def test_asking_twice_queues_once(queued):
    assert labels.request_issue(queued["signatory"], queued.study, queued.services) == queued.job
    assert len(jobs.list_(queued["signatory"], queued.services)) == 1


def test_the_worker_issues_as_the_person_who_asked(queued):
    assert look(queued).state == "waiting"
    assert worker.run_once(queued.services).id == queued.job
    done = look(queued)
    assert (done.state, done.progress, done.error) == ("done", 1.0, "")
    label = labels.get(queued["signatory"], done.result["number"], queued.services)
    assert label.issued_by == queued["signatory"].person_id
    with queued.services.uow() as unit:
        assert [event.via for event in unit.audit.events(object_=f"label:{label.number}")] == ["job"]
    assert worker.run_once(queued.services) is None, "nothing is left to do"


def test_a_refusal_is_kept_for_the_page(queued):
    studies.link(queued["practitioner"], studies.ChooseDataset(queued.study, "M1", "", ""), queued.services)
    worker.run_once(queued.services)
    failed = look(queued)
    assert (failed.state, failed.error, failed.result) == ("failed", "wrong-state", None)
    assert "draft" in failed.message_en
    assert failed.message_zh != failed.message_en
    assert failed.finished_at == queued.clock()


def test_a_defect_is_kept_without_its_details(queued, caplog):
    def broken(*_args: object, **_more: object) -> bytes:
        raise RuntimeError("secret path")

    worker.run_once(making.with_render(queued.services, broken))
    failed = look(queued)
    assert (failed.state, failed.error) == ("failed", "unexpected")
    assert "secret path" not in failed.message_en + failed.message_zh
    assert "secret path" in caplog.text, "the log of the worker has it"


def test_a_leased_job_is_nobody_elses(queued):
    assert jobs.lease(queued.services).attempts == 1
    assert jobs.lease(queued.services) is None
    queued.clock.on(LEASE - 1)
    assert jobs.lease(queued.services) is None


def test_a_heartbeat_keeps_the_lease(queued):
    job = jobs.lease(queued.services)
    for _ in range(5):
        queued.clock.on(LEASE - 1)
        assert jobs.heartbeat(job, queued.services)
        assert jobs.lease(queued.services) is None


def test_a_silent_job_is_taken_over_once_and_then_failed(queued):
    for attempt in range(1, MAX_ATTEMPTS + 1):
        assert jobs.lease(queued.services).attempts == attempt
        queued.clock.on(LEASE + 1)
    assert jobs.lease(queued.services) is None
    failed = look(queued)
    assert (failed.state, failed.error, failed.attempts) == ("failed", "job-interrupted", MAX_ATTEMPTS)
    assert failed.message_zh


def test_a_clock_set_back_does_not_keep_a_dead_workers_job(queued):
    """The lease given before ends hours from now; nobody renews it."""
    assert jobs.lease(queued.services).attempts == 1
    queued.clock.on(-LEASE)
    assert jobs.lease(queued.services) is None, "a little back may be another machine's clock"
    queued.clock.on(-3600)
    assert jobs.lease(queued.services).attempts == 2
    queued.clock.on(-3600)
    assert jobs.lease(queued.services) is None
    assert look(queued).error == "job-interrupted"


def test_a_living_worker_keeps_its_job_when_the_clock_is_set_back(queued):
    job = jobs.lease(queued.services)
    queued.clock.on(-3600)
    assert jobs.heartbeat(job, queued.services)
    assert jobs.lease(queued.services) is None


def test_a_worker_that_was_given_up_on_changes_nothing_any_more(queued):
    late = jobs.lease(queued.services)
    queued.clock.on(LEASE + 1)
    current = jobs.lease(queued.services)
    assert not jobs.heartbeat(late, queued.services)
    jobs.run(replace(late, kind="labels.issue", payload={"study_id": "gone"}), queued.services)
    assert look(queued).state == "running"
    jobs.run(current, queued.services)
    assert look(queued).state == "done"


def test_a_job_killed_after_its_commit_is_simply_done(queued):
    jobs.lease(queued.services)
    number = labels.issue(queued["signatory"], queued.study, queued.services).number
    queued.clock.on(LEASE + 1)
    worker.run_once(queued.services)
    assert (look(queued).state, look(queued).result) == ("done", {"number": number})


def test_two_workers_never_hold_the_same_job(queued):
    held = []
    start = threading.Barrier(4)

    def take() -> None:
        start.wait(10)
        held.append(jobs.lease(queued.services))

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [job.id for job in held if job] == [queued.job]


def test_the_worker_beats_while_it_works(queued, monkeypatch):
    beats = threading.Event()
    monkeypatch.setattr(jobs, "heartbeat", lambda job, services: beats.set() or True)
    monkeypatch.setattr(jobs, "run", lambda job, services: None if beats.wait(10) else TimeoutError())
    hurried = replace(queued.services, settings=replace(queued.services.settings, job_lease_seconds=1))
    assert worker.run_once(hurried).id == queued.job
    assert beats.is_set()


def test_the_loop_stops_when_told_and_when_its_parent_is_gone(queued):
    stop = threading.Event()
    thread = threading.Thread(target=worker.run, args=(queued.services, stop))
    thread.start()
    while look(queued).state not in ("done", "failed"):
        stop.wait(0.05)
    stop.set()
    thread.join(10)
    assert not thread.is_alive()
    assert look(queued).state == "done"
    worker.run(queued.services, threading.Event(), parent=1 << 30)  # returns: that is not our parent


def test_a_store_that_is_busy_costs_a_note_and_not_the_work(queued, monkeypatch, caplog):
    """Every note of progress fails as a locked store does; the label is issued all the same."""
    from service.store.repositories.jobs import Jobs

    def locked(*_arguments):
        raise OSError("database is locked")

    monkeypatch.setattr(Jobs, "report", locked)
    worker.run_once(queued.services)
    assert look(queued).state == "done"
    assert "was not noted" in caplog.text


def test_a_heartbeat_that_fails_is_tried_again(queued, monkeypatch):
    beats, enough = [], threading.Event()

    def heartbeat(_job, _services):
        beats.append(1)
        if len(beats) == 1:
            raise OSError("database is locked")
        enough.set()
        return True

    monkeypatch.setattr(jobs, "heartbeat", heartbeat)
    monkeypatch.setattr(jobs, "run", lambda job, services: None if enough.wait(10) else TimeoutError())
    hurried = replace(queued.services, settings=replace(queued.services.settings, job_lease_seconds=1))
    worker.run_once(hurried)
    assert enough.is_set()


def test_the_worker_outlives_a_store_that_does_not_answer(queued, monkeypatch, caplog):
    stop, real, asked = threading.Event(), jobs.lease, []

    def lease(services):
        asked.append(1)
        if len(asked) == 1:
            raise OSError("database is locked")
        stop.set()
        return real(services)

    monkeypatch.setattr(jobs, "lease", lease)
    worker.run(queued.services, stop)
    assert look(queued).state == "done"
    assert "did not answer" in caplog.text
