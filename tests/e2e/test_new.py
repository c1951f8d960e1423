"""From `/elixir-phoenix:oban new …` to a worker of one's own, in the real client."""

from __future__ import annotations

import json
import re

from .client import Claude
from .messages_api import Block, use
from .plugin import NAME, Installation
from .projects import Project

WORKER = "lib/shop/workers/sync_customer.ex"
TEST = "test/shop/workers/sync_customer_test.exs"
CLIENT = "client().sync_customer(customer_id, idempotency_key(job))"
OWN = "Shop.Stripe.sync_customer(customer_id, idempotency_key(job))"
FAILED = "{:error, reason} -> {:error, reason}"
ALWAYS_ON_LIMIT = 300  # tokens


def test_both_skills_are_listed_and_cost_little(installation: Installation) -> None:
    """What is always in a session's context is a few sentences."""
    details = installation.claude.run("plugin", "details", NAME, cwd=installation.clone).stdout
    assert re.search(r"Skills \(2\)\s+elixir-conventions, oban\b", details), details
    always_on = re.search(r"Always-on:\s+~([\d,]+) tok", details)
    assert int(always_on[1].replace(",", "")) < ALWAYS_ON_LIMIT


def test_a_worker_is_made_and_filled_in(claude: Claude, project: Project) -> None:
    """The files land; the guard lets a good edit of them pass and holds a bad one back."""
    told: list[dict] = []

    def fill_in(request: dict) -> list[Block]:
        told.append(json.loads(_last_result(request)))
        return [project.read(WORKER)]

    session = claude.session(
        project.root,
        [
            use(
                "Bash",
                command="oban-guard new worker SyncCustomer --effect http --queue sync"
                " --arg customer_id:integer --unique-period 1h --json",
            )
        ],
        fill_in,
        [project.edit(WORKER, CLIENT, OWN)],
        [project.edit(WORKER, FAILED, "{:error, _reason} -> :error")],
        [project.edit(WORKER, FAILED, "{:error, :closed} -> {:cancel, :closed}\n      " + FAILED)],
        prompt="/elixir-phoenix:oban new SyncCustomer",
    )
    made, _read, own, held_back, cancelled = session.results
    assert not made.failed
    [answer] = told
    assert [file["path"] for file in answer["files"]] == [WORKER, TEST]
    assert "Oban is not configured" in [step["why"] for step in answer["next_steps"]]
    assert not own.failed
    assert held_back.failed
    assert held_back.text.startswith(f"[oban-guard] Edit to {WORKER} held back: 1 new problem.\n")
    assert "(OB101 " in held_back.text
    assert not cancelled.failed
    worker = project.text(WORKER)
    assert OWN in worker and "{:error, :closed} -> {:cancel, :closed}" in worker
    assert "-> :error\n" not in worker
    assert "use Oban.Testing, repo: Shop.Repo" in project.text(TEST)


def _last_result(request: dict) -> str:
    """The text of the newest tool result in a request."""
    for message in reversed(request["messages"]):
        for block in message["content"] if isinstance(message["content"], list) else ():
            if block["type"] == "tool_result":
                content = block["content"]
                if isinstance(content, str):
                    return content
                return "".join(part.get("text", "") for part in content)
    raise AssertionError("no tool result")
