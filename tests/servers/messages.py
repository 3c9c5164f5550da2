"""Requests and answers of fault_server.py."""

import dataclasses
import email.parser
import urllib.parse

VOTABLE = "application/x-votable+xml"


@dataclasses.dataclass
class Request:
    time: float
    client: tuple
    method: str
    path: str
    headers: dict  # names in lower case
    body: bytes
    behaviour: str = ""
    endpoint: str = ""
    rest: list = dataclasses.field(default_factory=list)  # of the path, after the behaviour
    fields: dict = dataclasses.field(default_factory=dict)  # text by its name
    files: dict = dataclasses.field(default_factory=dict)  # bytes by their name

    def items(self):
        """The arguments of the behaviour's items, as one text, by name."""
        return dict(i.split("@")[0].partition(",")[::2] for i in self.behaviour.split(";"))


@dataclasses.dataclass
class Answer:
    status: int = 200
    body: bytes = b""
    headers: dict = dataclasses.field(default_factory=lambda: {"Content-Type": VOTABLE})


def text_answer(text, status=200, content_type="text/plain", **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, text.encode(), {"Content-Type": content_type} | named)


def parse_fields(request):
    """Reads the fields from the query and from the body, in either of its forms."""
    request.fields = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(request.path).query))
    kind = request.headers.get("content-type", "")
    if kind.startswith("application/x-www-form-urlencoded"):
        request.fields |= dict(urllib.parse.parse_qsl(request.body.decode()))
    elif kind.startswith("multipart/form-data"):
        head = f"Content-Type: {kind}\r\n\r\n".encode()
        for part in email.parser.BytesParser().parsebytes(head + request.body).get_payload():
            name = part.get_param("name", header="content-disposition")
            content = part.get_payload(decode=True)
            if part.get_filename():
                request.files[name] = content
            else:
                request.fields[name] = content.decode()
    # Parameter names are case-insensitive.
    request.fields = {name.upper(): text for name, text in request.fields.items()}


def endpoint_of(method, rest):
    if rest[:1] != ["async"]:
        return rest[0] if rest else ""
    if len(rest) == 1:
        return "create" if method == "POST" else "jobs"
    if method == "DELETE":
        return "delete"
    last = rest[2] if len(rest) > 2 else "job"
    return "job" if last == "phase" and method == "GET" else {"results": "result"}.get(last, last)
