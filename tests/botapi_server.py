"""The HTTP half of the stand-in of :mod:`tests.botapi`: connections, faults, the record of calls.

It knows how a Bot API request looks and what may go wrong with one; what the methods do is up to
the subclass.  One lock, ``changed``, guards everything and is notified of every change.
"""

from __future__ import annotations

import contextlib
import json
import re
import socket
import struct
import sys
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import Any, NamedTuple, Self
from urllib.parse import unquote, urlsplit

from tests.botapi_messages import Json, RefusedError, Upload, read_params

HOST = "127.0.0.1"
BAD_GATEWAY_PAGE = (
    b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
    b"<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>"
)


class Answer(NamedTuple):
    """What goes back over the wire."""

    status: int
    body: bytes
    content_type: str = "application/json"


def _ok(result: Any) -> Answer:
    return Answer(200, json.dumps({"ok": True, "result": result}).encode())


def _error(code: int, description: str, parameters: Json | None = None) -> Answer:
    body: Json = {"ok": False, "error_code": code, "description": description}
    if parameters:
        body["parameters"] = parameters
    return Answer(code, json.dumps(body).encode())


# --- faults -------------------------------------------------------------------------------------


class Fault:
    """Something that goes wrong with one call; the call is not carried out if `answer` is given."""

    def answer(self) -> Answer | None:
        """The error answered instead of carrying out the call."""
        return None


@dataclass(frozen=True)
class ApiError(Fault):
    """Any error answer, such as ``ApiError(403, "Forbidden: bot was blocked by the user")``."""

    code: int
    description: str
    parameters: Json | None = None

    def answer(self) -> Answer:
        return _error(self.code, self.description, self.parameters)


@dataclass(frozen=True)
class RateLimited(Fault):
    """429 with ``parameters.retry_after``; the limit is not enforced, only announced."""

    retry_after: int = 1

    def answer(self) -> Answer:
        why = f"Too Many Requests: retry after {self.retry_after}"
        return _error(429, why, {"retry_after": self.retry_after})


class BadGateway(Fault):
    """502 with an HTML page as a proxy sends it."""

    def answer(self) -> Answer:
        return Answer(502, BAD_GATEWAY_PAGE, "text/html")


class ServerError(Fault):
    """500 with a JSON body."""

    def answer(self) -> Answer:
        return _error(500, "Internal Server Error")


class Unauthorized(Fault):
    """401, as for a revoked token."""

    def answer(self) -> Answer:
        return _error(401, "Unauthorized")


class DropBeforeRead(Fault):
    """The connection is reset before the request is taken from the socket; nothing is delivered.

    The client has sent its request all the same and cannot know that it was not read.
    """


@dataclass(frozen=True)
class RefuseConnections(Fault):
    """The port stops listening at once for so many seconds; see :meth:`BotApi.fail_next`."""

    seconds: float = 1.0


@dataclass(frozen=True)
class DeliverThenHang(Fault):
    """The call is carried out; its answer comes so many seconds later."""

    seconds: float = 5.0


class DeliverThenDrop(Fault):
    """The call is carried out; the connection is closed without an answer."""


@dataclass
class Call:
    """One received attempt to call a method."""

    method: str
    params: Json
    files: dict[str, Upload] = field(default_factory=dict)
    status: int = 0
    """The HTTP status; 0 for a request dropped unread. 200 if delivered but never answered."""
    description: str = ""
    """The error's description, if one was answered as JSON."""
    fault: Fault | None = None
    at: float = field(default_factory=time.monotonic)
    """When it was received, on the clock of time.monotonic()."""

    client_gone: Callable[[], bool] = field(default=lambda: False, repr=False)
    """Whether the caller has hung up meanwhile."""

    @property
    def accepted(self) -> bool:
        """Whether the call was carried out."""
        return self.status == 200


# --- connections --------------------------------------------------------------------------------


class _Server(ThreadingHTTPServer):
    allow_reuse_port = True
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, api: HttpStandIn, port: int) -> None:
        self.api = api
        super().__init__((HOST, port), _Handler)

    def server_bind(self) -> None:
        TCPServer.server_bind(self)  # HTTPServer's own asks the resolver for a name

    def handle_error(self, request: object, client_address: object) -> None:
        if not isinstance(sys.exception(), OSError):  # OSError: the client has gone
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server
    busy = False

    def setup(self) -> None:
        super().setup()
        self.api = self.server.api
        self.api._connected(self)

    def finish(self) -> None:
        self.api._disconnected(self)
        for file in (self.wfile, self.rfile):
            with contextlib.suppress(OSError):
                file.close()

    def handle_one_request(self) -> None:
        self.close_connection = True
        head = self.connection.recv(1024, socket.MSG_PEEK)
        if not head or not self.api._begin(self):
            return
        target = re.match(rb"[A-Z]+ (\S+)", head)
        if target and self.api._drops_unread(target[1].decode("latin-1")):
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            return
        super().handle_one_request()
        self.close_connection = self.api._end(self) or self.close_connection

    def client_gone(self) -> bool:
        try:
            return not self.connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        except BlockingIOError:
            return False
        except OSError:
            return True

    def do_GET(self) -> None:
        self.do_POST()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        answer = self.api._answer(self, body)
        if answer is None:
            self.close_connection = True
            return
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        if self.api._down:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing; tests read `BotApi.attempts`."""


# --- the stand-in without its methods -----------------------------------------------------------


def _hang_up(handler: _Handler) -> None:
    with contextlib.suppress(OSError):
        handler.connection.shutdown(socket.SHUT_RDWR)


class HttpStandIn:
    """The server; a context manager that listens while it is open."""

    methods: Mapping[str, Callable[[Call], Any]]
    """What to do for a method, by its name; runs with ``changed`` held."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.changed = threading.Condition(threading.RLock())
        self.closing = threading.Event()
        self.poll: Call | None = None
        self.polled = False
        self._attempts: list[Call] = []
        self._faults: defaultdict[str, deque[Fault]] = defaultdict(deque)
        self._handlers: dict[_Handler, threading.Thread] = {}
        self._port = 0
        self._down = True
        self._server: _Server | None = None
        self._again: threading.Timer | None = None

    def __enter__(self) -> Self:
        # Bound for as long as the stand-in lives, never listening: keeps the port while it is down.
        self._holder = socket.socket()
        self._holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        self._holder.bind((HOST, 0))
        self._port = self._holder.getsockname()[1]
        self._listen()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def close(self) -> None:
        """End all polls and connections and give the port back."""
        with self.changed:
            if self.closing.is_set():
                return
            self.closing.set()
            self.changed.notify_all()
            if self._again:
                self._again.cancel()
            self._stop_listening()
            threads = list(self._handlers.values())
            for handler in self._handlers:
                _hang_up(handler)
            self._holder.close()
        deadline = time.monotonic() + 2
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    @property
    def base_url(self) -> str:
        """For ``ApplicationBuilder().base_url(...)``: ends with ``/bot``, the token follows."""
        return f"http://{HOST}:{self._port}/bot"

    @property
    def base_file_url(self) -> str:
        """For ``ApplicationBuilder().base_file_url(...)``; downloads are answered with 404."""
        return f"http://{HOST}:{self._port}/file/bot"

    def _listen(self) -> None:
        with self.changed:
            if self.closing.is_set():
                return
            self._server = _Server(self, self._port)
            self._down = False
            run = self._server.serve_forever
            threading.Thread(target=run, args=(0.02,), name="botapi", daemon=True).start()

    def _stop_listening(self) -> None:
        self._down = True
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def _refuse(self, seconds: float) -> None:
        with self.changed:
            if self.polled:  # let the bot be in a long poll, so that it gets the next update
                self.changed.wait_for(lambda: self.poll is not None, 2)
            self._stop_listening()
            for handler in self._handlers:
                if not handler.busy:
                    _hang_up(handler)
            if self._again:
                self._again.cancel()
            self._again = threading.Timer(seconds, self._listen)
            self._again.daemon = True
            self._again.start()

    def accept_again(self) -> None:
        """End a ``RefuseConnections`` before its time."""
        with self.changed:
            if self._again:
                self._again.cancel()
                self._again = None
        self._listen()

    @property
    def attempts(self) -> list[Call]:
        """Every received attempt, refused and faulty ones too, in order."""
        with self.changed:
            return list(self._attempts)

    def calls(self, method: str) -> list[Call]:
        """The accepted calls of a method, in order."""
        return [call for call in self.attempts if call.method == method and call.accepted]

    def wait_for(
        self,
        method: str,
        count: int = 1,
        timeout: float = 10,
        where: Callable[[Call], bool] | None = None,
    ) -> list[Call]:
        """Wait until so many accepted calls of a method (that satisfy ``where``) were received.

        Returns all of them, counted from the start.  A getUpdates counts when its poll begins.
        """

        def found() -> list[Call]:
            return [call for call in self.calls(method) if where is None or where(call)]

        with self.changed:
            if self.changed.wait_for(lambda: len(found()) >= count, timeout):
                return found()
            others = [c for c in self._attempts if c.method != "getUpdates"][-8:]
            seen = ", ".join(f"{c.method} {c.status} {c.description}".strip() for c in others)
            raise TimeoutError(
                f"{len(found())} of {count} calls of {method} within {timeout} s; last: {seen}"
            )

    def fail_next(self, method: str, fault: Fault | type[Fault], times: int = 1) -> None:
        """Let the next calls of a method meet a fault, after those queued before.

        ``RefuseConnections`` is not queued, since a refused connection names no method: it begins
        at once and shuts out every method.  Idle connections are closed; a call in flight, such as
        the bot's long poll, is still answered.  So a text queued right after reaches the bot, and
        the bot's answer is refused.
        """
        if method not in self.methods:
            raise ValueError(f"the stand-in has no method {method}")
        fault = fault() if isinstance(fault, type) else fault
        if isinstance(fault, RefuseConnections):
            self._refuse(fault.seconds * times)
            return
        with self.changed:
            self._faults[method].extend([fault] * times)

    # --- for the handlers of connections ---

    def _connected(self, handler: _Handler) -> None:
        with self.changed:
            self._handlers[handler] = threading.current_thread()
            if self._down:  # accepted just before the port was closed
                _hang_up(handler)

    def _disconnected(self, handler: _Handler) -> None:
        with self.changed:
            self._handlers.pop(handler, None)

    def _begin(self, handler: _Handler) -> bool:
        with self.changed:
            handler.busy = not self._down
            return handler.busy

    def _end(self, handler: _Handler) -> bool:
        with self.changed:
            handler.busy = False
            return self._down

    def _target(self, target: str) -> tuple[bool, str]:
        """Whether the token is right, and the method called, or ""."""
        match = re.fullmatch(r"/bot([^/]+)/([A-Za-z]+)/?", unquote(urlsplit(target).path))
        if match is None:
            return True, ""
        names = (name for name in self.methods if name.lower() == match[2].lower())
        return match[1] == self.token, next(names, "")

    def _drops_unread(self, target: str) -> bool:
        known, method = self._target(target)
        with self.changed:
            queue = self._faults[method]
            if not (known and queue and isinstance(queue[0], DropBeforeRead)):
                return False
            self._attempts.append(Call(method, {}, fault=queue.popleft()))
            self.changed.notify_all()
            return True

    def _answer(self, handler: _Handler, body: bytes) -> Answer | None:
        known, method = self._target(handler.path)
        call = Call(method or urlsplit(handler.path).path.rpartition("/")[2], {})
        call.client_gone = handler.client_gone
        with self.changed:
            answer = self._carry_out(call, known, handler, body)
            if call.status != 200:
                call.status = answer.status
            self.changed.notify_all()
        if isinstance(call.fault, DeliverThenHang) and call.accepted:
            self.closing.wait(call.fault.seconds)
        drops = isinstance(call.fault, DropBeforeRead | DeliverThenDrop)
        return None if drops else answer

    def _carry_out(self, call: Call, known: bool, handler: _Handler, body: bytes) -> Answer:
        self._attempts.append(call)
        try:
            content_type = handler.headers.get("Content-Type") or ""
            query = urlsplit(handler.path).query
            call.params, call.files = read_params(query, content_type, body)
            if not known:
                raise RefusedError(401, "Unauthorized")
            if call.method not in self.methods:
                raise RefusedError(404, "Not Found")
            if queue := self._faults[call.method]:
                call.fault = queue.popleft()
                if answer := call.fault.answer():
                    if answer.content_type == "application/json":
                        call.description = json.loads(answer.body)["description"]
                    return answer
            result = self.methods[call.method](call)
        except RefusedError as error:
            call.status, call.description = error.code, error.description
            return _error(error.code, error.description)
        call.status = 200
        return _ok(result)
