"""How a service fails. A function of BEFORE sees the request before it is processed: it answers and
returns True, or lets it pass. One of AFTER gets the answer of a service that processed the
request: it returns another answer, or sends anything and returns None."""

import email.utils
import socket
import struct
import time
import urllib.parse

import votables
from messages import Answer

BEFORE, AFTER = {}, {}
FOR_EVER = 3600


def before(function):
    BEFORE[function.__name__.replace("_", "-")] = function
    return function


def after(function):
    AFTER[function.__name__.replace("_", "-")] = function
    return function


def send_head(handler, answer, *headers, end="\r\n\r\n"):
    """The head of an answer, with these headers instead of Content-Length. The connection ends."""
    lines = [f"HTTP/1.1 {answer.status} Fine", *(f"{n}: {v}" for n, v in answer.headers.items())]
    handler.wfile.write(("\r\n".join([*lines, *headers]) + end).encode())
    handler.close_connection = True


def other(answer, body, status=None, **headers):
    """An answer with this body and these headers, and no redirect."""
    named = answer.headers | {name.replace("_", "-"): value for name, value in headers.items()}
    named.pop("Location", None)
    return Answer(status or answer.status, body, named)


def reset_connection(handler):
    """Closes the connection with a TCP RST."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.close_connection = True
    handler.connection.close()


def wait(handler, seconds):
    """Waits; True when the server stops."""
    return handler.server.owner.stopping.wait(float(seconds))


def times(handler, request, name, limit):
    """Whether this happened fewer than `limit` times ("always": unlimited)."""
    met = handler.server.owner.count((name, request.behaviour, request.endpoint))
    return limit == "always" or met < int(limit)


# Connections

@before
def reset(handler, request, limit="always"):
    """Breaks the connection before processing the request."""
    if not times(handler, request, "reset", limit):
        return False
    reset_connection(handler)
    return True


@after
def lost(handler, answer, limit="always"):
    """Processes the request, but breaks the connection before answering."""
    met = handler.server.owner.count(("lost", handler.path))
    if limit != "always" and met >= int(limit):
        return answer
    reset_connection(handler)


@after
def closed(handler, answer):
    """Closes the connection without sending a byte."""
    handler.close_connection = True


@after
def stall(handler, answer, limit="always"):
    """Sends nothing, and keeps the connection open."""
    met = handler.server.owner.count(("stall", handler.path))
    if limit != "always" and met >= int(limit):
        return answer
    wait(handler, FOR_EVER)
    handler.close_connection = True


@after
def stall_middle(handler, answer):
    """Sends half of the answer."""
    send_head(handler, answer, f"Content-Length: {len(answer.body)}")
    handler.wfile.write(answer.body[:len(answer.body) // 2])
    wait(handler, FOR_EVER)


@after
def slow(handler, answer, seconds="1"):
    """Sends one byte per second."""
    send_head(handler, answer, f"Content-Length: {len(answer.body)}")
    for byte in answer.body:
        handler.wfile.write(bytes([byte]))
        if wait(handler, seconds):
            return


@after
def pause(handler, answer, seconds):
    """A busy service: answers after a while."""
    wait(handler, seconds)
    return answer


# The end of the answer

@after
def length_long(handler, answer):
    """Content-Length is larger than the answer."""
    send_head(handler, answer, f"Content-Length: {len(answer.body) + 1000}")
    handler.wfile.write(answer.body)


@after
def length_short(handler, answer):
    """Content-Length ends in the middle of the table."""
    send_head(handler, answer, f"Content-Length: {len(answer.body) // 2}")
    handler.wfile.write(answer.body)


def chunks(body):
    for start in range(0, len(body), 1000):
        piece = body[start:start + 1000]
        yield b"%x\r\n%s\r\n" % (len(piece), piece)


@after
def chunked(handler, answer):
    """A valid answer of unknown length."""
    send_head(handler, answer, "Transfer-Encoding: chunked")
    handler.wfile.write(b"".join(chunks(answer.body)) + b"0\r\n\r\n")


@after
def chunked_cut(handler, answer):
    """The same, but it ends in the middle."""
    send_head(handler, answer, "Transfer-Encoding: chunked")
    handler.wfile.write(b"".join(list(chunks(answer.body))[:3]))


@after
def chunked_unended(handler, answer):
    """Complete except for the final empty chunk."""
    send_head(handler, answer, "Transfer-Encoding: chunked")
    handler.wfile.write(b"".join(chunks(answer.body)))


@after
def until_closed(handler, answer):
    """A valid answer that ends with the connection."""
    send_head(handler, answer, "Connection: close")
    handler.wfile.write(answer.body)


@after
def until_closed_cut(handler, answer, part="0.5"):
    """The same, but the service died: only the document shows it, not the protocol."""
    send_head(handler, answer, "Connection: close")
    handler.wfile.write(answer.body[:int(len(answer.body) * float(part))])


# Compression

@after
def gzip(handler, answer):
    return other(answer, votables.gzipped(answer.body), Content_Encoding="gzip")


@after
def gzip_cut(handler, answer):
    """The stream ends in the middle, and its length says that it is complete."""
    packed = votables.gzipped(answer.body)
    return other(answer, packed[:len(packed) // 2], Content_Encoding="gzip")


@after
def gzip_wrong(handler, answer):
    """Bytes in the middle are changed."""
    packed = bytearray(votables.gzipped(answer.body))
    packed[len(packed) // 2:len(packed) // 2 + 50] = b"\xff" * 50
    return other(answer, bytes(packed), Content_Encoding="gzip")


@after
def gzip_bomb(handler, answer, gibibytes="8"):
    send_head(handler, answer, "Content-Encoding: gzip", "Connection: close")
    for piece in votables.bomb(int(gibibytes)):
        handler.wfile.write(piece)


# Invalid answers

@after
def status(handler, answer, code):
    return other(answer, b"No.", int(code), Content_Type="text/plain")


@after
def votable_error(handler, answer, code="200"):
    return other(answer, votables.error("column <nosuch> is unknown"), int(code))


@after
def text_error(handler, answer, code="200"):
    """As the Chandra catalog does."""
    return other(answer, b"Error executing query: Column not found.\n", int(code),
                       Content_Type="text/plain")


@after
def html(handler, answer, code="200"):
    page = b"<!DOCTYPE html>\n<html><body><h1>Down for maintenance</h1></body></html>\n"
    return other(answer, page, int(code), Content_Type="text/html")


@after
def garbage(handler, answer):
    return other(answer, bytes(range(256)) * 20)


@after
def no_http(handler, answer):
    handler.wfile.write(b"\x00\x01\x02 this is not HTTP\r\n" * 10)
    handler.close_connection = True


@after
def empty(handler, answer):
    return other(answer, b"")


@after
def no_table(handler, answer):
    """A VOTable without a table."""
    return other(answer, votables.document(votables.status("OK")))


@after
def huge_headers(handler, answer, mebibytes="64"):
    send_head(handler, answer, end="\r\n")
    for number in range(int(mebibytes) * 128):
        handler.wfile.write(b"X-More-%d: %s\r\n" % (number, b"x" * 8192))


# Redirects

def send_redirect(handler, code, location):
    handler.send_response_only(int(code))
    if location is not None:
        handler.send_header("Location", location)
    handler.send_header("Content-Length", 0)
    handler.end_headers()
    return True


@before
def redirect(handler, request, code, limit):
    """This many redirects ("always": unlimited), to this address with other queries."""
    if not times(handler, request, "redirect", limit):
        return False
    path = urllib.parse.urlsplit(request.path).path
    hop = handler.server.owner.counts[("redirect", request.behaviour, request.endpoint)]
    return send_redirect(handler, code, f"{path}?hop={hop}")


@before
def moved(handler, request, code):
    """To the same path on another host: localhost."""
    if request.headers["host"].startswith("localhost"):
        return False
    return send_redirect(handler, code, handler.server.owner.tap("", "localhost")[:-1]
                         + request.path)


@before
def redirect_to(handler, request, code):
    """To the address `elsewhere` of the server; without one, there is no Location header."""
    return send_redirect(handler, code, handler.server.owner.elsewhere)


# Too busy

@before
def busy(handler, request, code, limit, retry_after=""):
    """Returns this status this many times. `retry_after`: seconds, or date+SECONDS, or other text."""
    if not times(handler, request, "busy", limit):
        return False
    body = b"Too many requests, come back later."
    handler.send_response_only(int(code))
    if retry_after.startswith("date+"):
        retry_after = email.utils.formatdate(time.time() + float(retry_after[5:]), usegmt=True)
    if retry_after:
        handler.send_header("Retry-After", retry_after)
    handler.send_header("Content-Length", len(body))
    handler.end_headers()
    handler.wfile.write(body)
    return True
