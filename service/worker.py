"""The worker process: ``python -m service.worker``. It polls the job table and runs one job at a time.

Rules
1. While a job runs, a thread renews its lease three times in each lease period.
2. SIGTERM and SIGINT let the running job end, then the worker stops. SIGKILL loses nothing: see
   ``usecases.jobs``.
3. A worker started with ``--parent PID`` stops when that process is no longer its parent.
4. A store that cannot be written for a while ends neither the worker nor its heartbeat: both try again.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from service.app import build_services
from service.settings import from_environment
from service.store.records import JobRecord
from service.usecases import jobs
from service.usecases.services import Services

POLL_SECONDS = 0.25
log = logging.getLogger("tanbiao.worker")


def run_once(services: Services) -> JobRecord | None:
    """Take one job and do it; returns it as leased, or None when there was nothing to do."""
    job = jobs.lease(services)
    if job is None:
        return None
    log.info("job %s %s attempt %d", job.id, job.kind, job.attempts)
    with _heartbeat(job, services):
        defect = jobs.run(job, services)
    if defect is not None:
        log.error("job %s failed by a defect", job.id, exc_info=defect)
    return job


def run(services: Services, stop: threading.Event, *, parent: int | None = None) -> None:
    """Work until ``stop`` is set, or until the parent process is gone (rule 3)."""
    while not stop.is_set() and (parent is None or os.getppid() == parent):
        try:
            idle = run_once(services) is None
        except Exception:  # rule 4; the job, if one was held, is taken up again when its lease has run out
            log.exception("the store did not answer")
            idle = True
        if idle:
            stop.wait(POLL_SECONDS)


@contextmanager
def _heartbeat(job: JobRecord, services: Services) -> Iterator[None]:
    done = threading.Event()
    pause = services.settings.job_lease_seconds / 3

    def beat() -> None:
        while not done.wait(pause):
            try:
                held = jobs.heartbeat(job, services)
            except Exception:  # rule 4
                log.warning("job %s: no heartbeat", job.id, exc_info=True)
                continue
            if not held:
                log.warning("job %s was taken over", job.id)
                return

    thread = threading.Thread(target=beat, name=f"heartbeat-{job.id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def main() -> None:
    """Run with the settings of the environment."""
    parser = argparse.ArgumentParser(
        prog="python -m service.worker", description="Runs the jobs of the service."
    )
    parser.add_argument("--parent", type=int, default=None, help="stop when this process is gone")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    services = build_services(from_environment())
    try:
        run(services, stop, parent=arguments.parent)
    finally:
        services.uow.close()


if __name__ == "__main__":
    main()
