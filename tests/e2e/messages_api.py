"""A scripted stand-in for the Messages API: it says what the test tells it to say.

A script is a list of turns. A turn is a list of content blocks (see `text` and
`use`), or a function that takes the request body and returns one. A request that
offers no tools is the client's side talk (a title, say): any text does, and the
script does not advance. When the script is over the model says "Done.".
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from socket import socket

Block = dict
Turn = list[Block] | Callable[[dict], list[Block]]

_ids = count(1)


def text(words: str) -> Block:
    """A block of plain text."""
    return {"type": "text", "text": words}


def use(tool: str, **arguments: object) -> Block:
    """A block that calls one of the client's tools."""
    return {"type": "tool_use", "id": f"toolu_{next(_ids):04}", "name": tool, "input": arguments}


class MessagesApi:
    """Serves a script on a listening socket, as a context manager.

    `requests` holds the bodies of the requests that advanced the script, and
    `side_requests` those that did not, in the order they came. `failures` holds
    what a turn's function raised.
    """

    def __init__(self, listener: socket, script: list[Turn]) -> None:
        self.requests: list[dict] = []
        self.side_requests: list[dict] = []
        self.failures: list[Exception] = []
        self._script = iter(script)
        self._lock = threading.Lock()
        self._server = _Server(listener, self)

    def __enter__(self) -> MessagesApi:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, body: dict) -> list[Block]:
        """The blocks that answer one request, which is recorded."""
        with self._lock:
            if not body.get("tools"):
                self.side_requests.append(body)
                return [text("A title")]
            self.requests.append(body)
            turn = next(self._script, [text("Done.")])
            if not callable(turn):
                return turn
            try:
                return turn(body)
            except Exception as failure:  # the test reports it
                self.failures.append(failure)
                return [text("The script failed.")]


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, listener: socket, api: MessagesApi) -> None:
        super().__init__(listener.getsockname(), _Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listener
        self.api = api


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
        path = self.path.partition("?")[0]
        if path.endswith("/count_tokens"):
            self._send_json({"input_tokens": 10})
        elif path.endswith("/v1/messages"):
            message = _message(self.server.api.answer(body), body.get("model", "claude"))
            if body.get("stream"):
                self._send_stream(message)
            else:
                self._send_json(message)
        else:
            self._send_json({})

    def do_GET(self) -> None:
        self._send_json({})

    def do_HEAD(self) -> None:
        self._send(b"", "application/json")

    def log_message(self, *_: object) -> None:
        """Keep the test's output free of access logs."""

    def _send_json(self, value: dict) -> None:
        self._send(json.dumps(value).encode(), "application/json")

    def _send_stream(self, message: dict) -> None:
        events = (f"event: {e['type']}\ndata: {json.dumps(e)}\n\n" for e in _events(message))
        self._send("".join(events).encode(), "text/event-stream")

    def _send(self, payload: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)


def _message(blocks: list[Block], model: str) -> dict:
    calls_tools = any(block["type"] == "tool_use" for block in blocks)
    return {
        "id": f"msg_{next(_ids):04}",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": blocks,
        "stop_reason": "tool_use" if calls_tools else "end_turn",
        "stop_sequence": None,
        "usage": {"input_tokens": 10, "output_tokens": 10},
    }


def _events(message: dict) -> Iterator[dict]:
    """The stream of events that spells one message."""
    opening = {**message, "content": [], "stop_reason": None}
    yield {"type": "message_start", "message": opening}
    for index, block in enumerate(message["content"]):
        if block["type"] == "text":
            start = {"type": "text", "text": ""}
            delta = {"type": "text_delta", "text": block["text"]}
        else:
            start = {**block, "input": {}}
            delta = {"type": "input_json_delta", "partial_json": json.dumps(block["input"])}
        yield {"type": "content_block_start", "index": index, "content_block": start}
        yield {"type": "content_block_delta", "index": index, "delta": delta}
        yield {"type": "content_block_stop", "index": index}
    ending = {"stop_reason": message["stop_reason"], "stop_sequence": None}
    yield {"type": "message_delta", "delta": ending, "usage": {"output_tokens": 10}}
    yield {"type": "message_stop"}
