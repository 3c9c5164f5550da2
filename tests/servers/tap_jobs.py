"""Asynchronous queries (UWS). Items of the behaviour: `phases,PHASE...` are passed through after
PHASE=RUN, and the last one is final; a HELD job continues when it is run again. `step,SECONDS`
is the duration of each. `uws10`: an older service, which does not support WAIT and redirects
from a result to its location. `relative`: so is the job's address. `no-location`: the location
of the job is not given. `vanish,N`: it is gone at the N-th request. `error-text`: the error is
plain text."""

import dataclasses
import time

import votables
from messages import Answer, text_answer

RUNNING = ["QUEUED", "EXECUTING", "COMPLETED"]


@dataclasses.dataclass
class Job:
    name: str
    items: dict
    request: object
    phase: str = "PENDING"
    ahead: list = dataclasses.field(default_factory=list)  # phases
    since: float = 0
    polls: int = 0
    runs: int = 0
    deleted: bool = False

    def run(self):
        self.runs += 1
        if self.phase == "PENDING":
            phases = self.items.get("phases", "")
            self.ahead = phases.split(",") if phases else list(RUNNING)
        self.phase, self.since = self.ahead.pop(0), time.monotonic()

    def advance(self):
        step = float(self.items.get("step") or 0.1)
        while self.ahead and self.phase not in ["PENDING", "HELD"] and \
                time.monotonic() >= self.since + step:
            self.phase = self.ahead.pop(0)
            self.since += step


def document(job, uws10):
    version = "" if uws10 else ' version="1.1"'
    summary = ""
    if job.phase == "ERROR":
        summary = ('<uws:errorSummary type="fatal" hasDetail="true"><uws:message>the query failed'
                   "</uws:message></uws:errorSummary>")
    return (f'<?xml version="1.0" encoding="UTF-8"?>\n<uws:job{version}'
            ' xmlns:uws="http://www.ivoa.net/xml/UWS/v1.0"'
            ' xmlns:xlink="http://www.w3.org/1999/xlink">\n'
            f"<uws:jobId>{job.name}</uws:jobId>\n<uws:phase>{job.phase}</uws:phase>\n"
            "<uws:parameters><uws:parameter id=\"phase\">not this one</uws:parameter>"
            '</uws:parameters>\n<uws:results><uws:result id="result"'
            f' xlink:href="results/result"/></uws:results>\n{summary}</uws:job>\n')


def create(server, request, items):
    if not request.fields.get("QUERY"):
        return Answer(400, votables.error("parameter QUERY is missing"))
    with server.lock:
        job = Job(f"job{len(server.jobs) + 1}", items, request)
        server.jobs[job.name] = job
    if request.fields.get("PHASE") == "RUN":
        job.run()
    if "no-location" in items:
        return text_answer("", 303)
    base = f"/{request.behaviour}/async/{job.name}"
    address = base if "relative" in items else server.tap("")[:-1] + base
    return text_answer("", 303, Location=address)


def wait_for_change(server, job, seconds):
    """WAIT of UWS 1.1: until the phase changes, at most for this time (negative: very long)."""
    job.advance()
    phase, end = job.phase, time.monotonic() + (seconds if seconds >= 0 else 3600)
    while job.phase == phase and job.phase in ["PENDING", "QUEUED", "EXECUTING"] and \
            time.monotonic() < end and not job.deleted and not server.stopping.wait(0.01):
        job.advance()


def answer(server, request, table):
    """The answer to a request below async; `table(request)` computes the result of a query."""
    items = request.items()
    if len(request.rest) == 1:
        if request.method == "POST":
            return create(server, request, items)
        return text_answer("<uws:jobs/>", content_type="text/xml")
    job = server.jobs.get(request.rest[1])
    if not job or job.deleted:
        return text_answer("There is no such job.", 404)
    there = text_answer("", 303, Location=f"/{request.behaviour}/async/{job.name}")
    uws10 = "uws10" in items
    if request.endpoint == "delete" or request.fields.get("ACTION") == "DELETE":
        job.deleted = True
        return text_answer("", 303, Location=f"/{request.behaviour}/async")
    if request.endpoint == "phase":
        if request.fields.get("PHASE") == "RUN":
            if job.phase not in ["PENDING", "HELD"]:
                return text_answer("The job runs already.", 400)
            job.run()
        elif request.fields.get("PHASE") == "ABORT":
            job.phase, job.ahead = "ABORTED", []
        return there
    if request.endpoint == "job":
        job.polls += 1
        if "vanish" in items and job.polls >= int(items["vanish"]):
            job.deleted = True
            return text_answer("There is no such job.", 404)
        if "WAIT" in request.fields and not uws10:
            wait_for_change(server, job, float(request.fields["WAIT"]))
        job.advance()
        if request.rest[2:] == ["phase"]:
            return text_answer(job.phase)
        return text_answer(document(job, uws10), content_type="text/xml")
    if request.endpoint == "result" and job.phase == "COMPLETED":
        if uws10 and request.rest[3:] == ["result"]:
            place = f"/{request.behaviour}/async/{job.name}/results/elsewhere.vot"
            return text_answer("", 303, Location=place)
        return table(job.request)
    if request.endpoint == "error" and job.phase == "ERROR":
        if "error-text" in items:
            return text_answer("Error executing query: out of memory\n")
        return Answer(body=votables.error("the query failed: out of memory"))
    return text_answer("There is nothing here.", 404)
