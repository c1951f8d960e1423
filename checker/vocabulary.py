"""Words and what they say, in every language alike: reasons, statuses, markers, effects.

Names are given without decoration: a reason without its colon, a function
without its module. All decisions are made by whole words, so `invalid_id` is a
permanent reason and `invalidated` is none.
"""

from __future__ import annotations

# Reasons no retry can help.
PERMANENT = frozenset(
    """
    not_found unauthorized forbidden gone deleted disabled bad_request
    unprocessable_entity expired
    """.split()
)
PERMANENT_FIRST = frozenset(("invalid", "unsupported", "missing"))
PERMANENT_PREFIXES = ("already_", "no_such_")
PERMANENT_SUFFIX = "_not_found"

# Reasons that may be gone by the next attempt. A deadline of the business
# (`approval_timeout`) or a state of a row (`stale`, `closed`) is none.
TRANSIENT = frozenset(
    """
    timeout connect_timeout connection_timeout recv_timeout read_timeout request_timeout
    checkout_timeout pool_timeout gateway_timeout etimedout
    econnrefused econnreset econnaborted ehostunreach enetunreach enetdown epipe eagain
    nxdomain nodedown noconnection socket_closed connection_closed connection_refused
    rate_limit rate_limited rate_limit_exceeded too_many_requests throttled
    service_unavailable temporarily_unavailable unavailable overloaded try_again
    server_error internal_server_error bad_gateway
    deadlock_detected serialization_failure lock_not_available
    """.split()
)

# Reasons that mean there is nothing left to do.
DONE_ALREADY = frozenset(
    """
    conflict duplicate not_modified no_change no_changes unchanged exists up_to_date
    nothing_to_do
    """.split()
)

# 4xx that heal: request timeout, conflict, locked, too early, too many requests.
HEALING_4XX = frozenset((408, 409, 423, 425, 429))
TRANSIENT_4XX = frozenset((408, 429))
# 5xx that never do: not implemented, version not supported.
PERMANENT_5XX = frozenset((501, 505))

# What a sentence says when retrying cannot help, as words.
PERMANENT_PHRASES = (
    ("not", "found"), ("does", "not", "exist"), ("do", "not", "exist"), ("doesnt", "exist"),
    ("no", "longer", "exists"), ("no", "such"), ("invalid",), ("unauthorized",), ("forbidden",),
    ("unsupported",), ("bad", "request"), ("unprocessable", "entity"),
)  # fmt: skip
# Words beside them that take it back: "not found yet", "host not found".
HEALING_WORDS = frozenset(
    """
    yet later again retry retrying retried temporarily temporary timeout timed unavailable
    connection host dns
    """.split()
)

# Heads of values and what they say about how it went.
FAILURE_HEADS = frozenset(
    """
    error errors err eror fail failed failure failing cancel cancelled canceled discard
    discarded abort aborted retry retryable snooze snoozed reject rejected timeout exit halt stop
    """.split()
)
SUCCESS_HEADS = frozenset(
    """
    ok success succeeded done complete completed finished noop skip skipped ignore ignored
    processed sent delivered created updated inserted deleted unchanged
    """.split()
)

# What somebody who wrote this head most likely meant.
OUTCOMES = ("ok", "error", "cancel", "snooze", "discard")
MEANT = {
    "cancelled": "cancel", "canceled": "cancel", "abort": "cancel", "aborted": "cancel",
    "halt": "cancel", "stop": "cancel", "reject": "cancel", "rejected": "cancel",
    "discarded": "cancel",
    "errors": "error", "err": "error", "fail": "error", "failed": "error", "failure": "error",
    "failing": "error", "retry": "error", "retryable": "error", "timeout": "error",
    "exit": "error",
    "snoozed": "snooze", "defer": "snooze", "deferred": "snooze", "delay": "snooze",
    "later": "snooze", "postpone": "snooze", "reschedule": "snooze", "sleep": "snooze",
    "wait": "snooze",
    "success": "ok", "succeeded": "ok", "done": "ok", "complete": "ok", "completed": "ok",
    "finished": "ok", "noop": "ok", "skip": "ok", "skipped": "ok", "ignore": "ok",
    "ignored": "ok",
}  # fmt: skip

# What has happened once it is done; the last word of a marker or of a question.
DONE_WORDS = frozenset(
    """
    sent delivered processed notified charged paid refunded captured completed complete
    published synced handled done emailed mailed messaged pushed posted invoiced billed
    announced warned invited submitted shipped transferred welcomed reminded imported exported executed
    finished settled
    """.split()
)
RECORDS = frozenset(
    "log logs logger audit audits track tracker metric metrics telemetry analytics history activity".split()
)
UNDONE_WORDS = frozenset(
    "unsent undelivered unprocessed unnotified uncharged unpaid unpublished unhandled uninvited unsynced".split()
)
# What an effect leaves behind an id of.
RECEIPTS = frozenset(
    "charge payment receipt message transaction refund transfer payout intent".split()
)
STATE_WORDS = frozenset(("status", "state"))
# Timestamps that say nothing about whether an effect has happened.
OTHER_TIMES = frozenset(
    """
    inserted created updated modified scheduled attempted deleted archived disabled banned
    blocked suspended expires starts ends due
    """.split()
)

# Functions that let one attempt through, by any of their words.
GUARD_WORDS = frozenset(("claim", "claimed", "already", "once", "lock", "locked"))
GUARD_STEMS = ("dedup", "idempot")
# Last words of functions that only tell something about such a guard.
UNGUARDED = frozenset("key keys id ids path name wait timeout version".split())

# Names under which a call takes a key that makes it safe to repeat; letters only.
KEY_STEMS = ("idempoten", "dedup")
KEYS = frozenset(
    """
    operationid requestid xrequestid paypalrequestid clientrequestid clientrequesttoken
    clienttoken collapsekey collapseid apnscollapseid
    """.split()
)
# Such keys that are as often only a trace of the request in the other side's logs.
TRACES = frozenset(("requestid", "xrequestid", "clientrequestid"))

# Names of a project's own functions that act on the world.
PAYMENT_VERBS = frozenset(("charge", "refund", "capture", "payout", "transfer"))
SEND_VERBS = frozenset(("send", "deliver"))
NOTIFY_VERBS = frozenset(("send", "deliver", "notify"))
MESSAGE_KINDS = {
    "mail": "mail", "email": "mail", "invoice": "mail", "receipt": "mail", "sms": "sms",
    "text": "sms", "push": "push", "webhook": "webhook",
}  # fmt: skip
# Words that leave open how it is sent; another word of the call may tell.
OPEN_KINDS = {"notification": "push", "message": "chat"}
MESSENGERS = (("Mailer", "mail"), ("Notifier", "mail"), ("SMS", "sms"), ("Sms", "sms"))
# Last words of functions that only build something for such an act, or tell about it.
BUILDING = frozenset(
    """
    params attrs attributes opts options args changeset query multi struct job worker topic
    """.split()
)
TELLING = frozenset(
    """
    payload request id ids key token url path link amount amounts total totals sum count fee
    fees rate rates price currency status state date dates time at by for from in of on list
    history details description reason type kind config settings template preview limit
    limits path window label name policy deadline ownership files data records blob schedule
    method audit breakdown summary multiplier battery enabled templates
    """.split()
)
# What else can be captured than money.
NOT_MONEY = frozenset(
    """
    exception exceptions error errors message event log logs io screenshot image photo frame
    snapshot metric metrics output context
    """.split()
)

# First words of functions that change a record they are given, and that say it is dealt with.
CHANGING = frozenset("update set put change transition".split())
MARKING = frozenset("mark stamp touch delete archive complete finish close settle".split())

# First words of functions that only ask, even by a POST, and words that deny it.
ASKING = frozenset(
    "fetch get list search find lookup load read retrieve query authenticate login".split()
)
MAKING = frozenset(
    "create insert update upsert or and send post put add push start enqueue notify".split()
)
SIGNING_IN = frozenset("request obtain acquire refresh exchange access".split())

LEAST_MISSPELT = 5  # letters; shorter names are often one letter apart

BEST_EFFORT = ("maybe_", "try_", "best_effort")

# Last words of names under which secrets are kept, and pairs of them.
SECRETS = frozenset(
    """
    password passwd passphrase secret token ssn cvv cvc authorization apikey accesstoken
    """.split()
)
SECRET_PAIRS = frozenset((
    ("api", "key"), ("access", "key"), ("private", "key"), ("secret", "key"), ("signing", "key"),
    ("encryption", "key"), ("card", "number"),
))  # fmt: skip
# What a token is that opens nothing: a place in a list, an address, a mark against repetition.
OPEN_TOKENS = frozenset(
    """
    page next continuation cursor sync push device fcm apns registration csrf idempotency dedup
    client request operation
    """.split()
)
# First words of names that say what to do, or whether: `send_password`, `has_token`.
SWITCHES = frozenset("send has is needs require requires with skip revoke".split())
RENEWALS = frozenset("reset change rotate refresh".split())  # but a `reset_token` is one
# What has been done to a value that is no secret any more.
SEALING = frozenset(
    """
    encrypt encrypted hash hashed digest seal sealed mask masked redact redacted fingerprint
    """.split()
)

# Last words of names under which much is kept.
BULKY = frozenset("body html content contents payload file csv params conn".split())

# Last words of names of what tells one thing from others: never a map.
IDENTIFIERS = frozenset("id ids uuid uuids slug".split())


def permanent_reason(name: str) -> bool:
    """Whether an error with this reason fails the same way at every attempt."""
    return (
        name in PERMANENT
        or name.partition("_")[0] in PERMANENT_FIRST
        or name.startswith(PERMANENT_PREFIXES)
        or name.endswith(PERMANENT_SUFFIX)
    )


def transient_reason(name: str) -> bool:
    """Whether an error with this reason may not come up at the next attempt."""
    return name in TRANSIENT


def done_already(name: str) -> bool:
    """Whether this reason says that the work was done before."""
    return name in DONE_ALREADY or "already" in _words(name)


def permanent_status(status: int) -> bool:
    """Whether an HTTP status stays what it is at every attempt."""
    return 400 <= status <= 499 and status not in HEALING_4XX


def transient_status(status: int) -> bool:
    """Whether an HTTP status may be another at the next attempt."""
    return status in TRANSIENT_4XX or (500 <= status <= 599 and status not in PERMANENT_5XX)


def permanent_text(text: str) -> bool:
    """Whether a sentence plainly says that retrying cannot help."""
    words = _plain_words(text)
    if not HEALING_WORDS.isdisjoint(words):
        return False
    return any(
        words[at : at + len(phrase)] == phrase
        for phrase in PERMANENT_PHRASES
        for at in range(len(words) - len(phrase) + 1)
    )


def says_failure(head: str) -> bool:
    """Whether an atom, or the first element of a tuple, tells of a failure."""
    return head.lower() in FAILURE_HEADS


def says_success(head: str) -> bool:
    """Whether an atom, or the first element of a tuple, tells of success."""
    return head.lower() in SUCCESS_HEADS


def closest_outcome(head: str) -> str | None:
    """The outcome that a head like `cancelled` or `eror` was most likely meant to be."""
    head = head.lower()
    if head in OUTCOMES:
        return head
    if head in MEANT:
        return MEANT[head]
    near = [outcome for outcome in OUTCOMES if len(outcome) > 2 and _one_slip(head, outcome)]
    return near[0] if near else None


def marker_field(name: str) -> bool:
    """Whether a field tells whether something has been done: `sent_at`, `paid`, `status`."""
    words = _words(name)
    last = words[-1]
    if last == "at":
        return len(words) > 1 and words[-2] not in OTHER_TIMES
    if last in ("on", "ids", "id") and len(words) > 1:  # sent_on, warned_ids, charge_id
        return words[-2] in DONE_WORDS or (last == "id" and words[-2] in RECEIPTS)
    return last in DONE_WORDS or last in STATE_WORDS or "receipt" in words


def guard_call(name: str) -> bool:
    """Whether a function, by its name, lets an act happen only once."""
    words = _words(name)
    if words[-1] in UNGUARDED:
        return False
    if not GUARD_WORDS.isdisjoint(words):
        return True
    if any(word.startswith(GUARD_STEMS) for word in words):
        return True
    if not UNDONE_WORDS.isdisjoint(words):
        return True
    return name.endswith("?") and words[-1] in DONE_WORDS


def changes_record(name: str) -> bool:
    """Whether a function, by its name, changes what it is given: `update_user`, `mark_sent`."""
    return _words(name)[0] in CHANGING | MARKING


def marks_record(name: str) -> bool:
    """Whether it says by its name that it is dealt with: `mark_sent`, `delete_invite!`."""
    words = _words(name)
    return words[0] in MARKING or words[-1] in DONE_WORDS


def only_asks(name: str) -> bool:
    """Whether a function, by its name, changes nothing: `fetch_orders`, `request_token`."""
    words = _words(name)
    if words[-1] in ("token", "tokens"):
        return words[0] in SIGNING_IN | ASKING
    return words[0] in ASKING and MAKING.isdisjoint(words)


def key_name(name: str) -> bool:
    """Whether an option, header or field of this name makes a call safe to repeat."""
    letters = _letters(name)
    return letters in KEYS or any(stem in letters for stem in KEY_STEMS)


def traces(name: str) -> bool:
    """Whether a key of this name may be there for the logs, to be new each time."""
    return _letters(name) in TRACES


def speaks_of_key(name: str) -> bool:
    """Whether a name contains that of such a key: `put_operation_id`."""
    letters = _letters(name)
    return any(stem in letters for stem in (*KEY_STEMS, *KEYS))


def own_effect(module: tuple[str, ...], function: str) -> str | None:
    """What a function of the project does to the world if its name is right, or None.

    `module`: the segments of the module's name. The answer is `payment`,
    `mail`, `sms`, `push`, `webhook` or `chat`.
    """
    verb, *others = _words(function)
    last = others[-1] if others else ""
    if function.endswith("?") or last in BUILDING:
        return None
    if verb in PAYMENT_VERBS:
        other = last in TELLING or (verb == "capture" and last in NOT_MONEY) or "Sentry" in module
        return None if other else "payment"
    if verb in SEND_VERBS and (kind := _sent(module, others)):
        return kind
    if verb in NOTIFY_VERBS and module:
        for ending, kind in MESSENGERS:
            if module[-1].endswith(ending):
                return kind
    return None


def best_effort_name(name: str) -> bool:
    """Whether a function says by its name that its failure does not matter."""
    return name.startswith(BEST_EFFORT)


def keeps_records(name: str) -> bool:
    """Whether a function, with its module, is there to note what happened: `EventLog.insert`."""
    module, _, function = name.partition("/")[0].rpartition(".")
    last = module.rpartition(".")[2]
    parts = "".join(f"_{c}" if c.isupper() else c for c in last)
    return bool({*_words(parts), *_words(function)} & RECORDS)


def secret_name(name: str) -> bool:
    """Whether a field of this name holds a secret: `password`, `stripe_api_key`."""
    words = _words(name)
    if words[-1] == "token":
        does = SWITCHES | OPEN_TOKENS
        return does.isdisjoint(words)
    if len(words) > 1 and words[0] in SWITCHES | RENEWALS:
        return False
    return words[-1] in SECRETS or tuple(words[-2:]) in SECRET_PAIRS


def seals(name: str) -> bool:
    """Whether a function of this name makes of a secret what may be seen."""
    return not SEALING.isdisjoint(_words(name))


def bulky_name(name: str) -> bool:
    """Whether a field of this name tends to hold much: `html_body`, `params`."""
    return _words(name)[-1] in BULKY


def identifier_name(name: str) -> bool:
    """Whether a name is that of an id, or of several."""
    return _words(name)[-1] in IDENTIFIERS


def misspelt(name: str, meant: str) -> bool:
    """Whether a name is most likely another one with a slip, or in another style: `acount_id`
    or `accountId` for `account_id`."""
    if name == meant:
        return False
    longest = max(len(_letters(name)), len(_letters(meant)))
    return _letters(name) == _letters(meant) or (
        longest >= LEAST_MISSPELT and _one_slip(_letters(name), _letters(meant))
    )


def _words(name: str) -> list[str]:
    return name.rstrip("?!").lower().split("_")


def _plain_words(text: str) -> tuple[str, ...]:
    kept = (c if c.isalnum() else " " for c in text.lower() if c not in "'’")
    return tuple("".join(kept).split())


def _letters(name: str) -> str:
    return "".join(c for c in name.lower() if c.isalnum())


def _sent(module: tuple[str, ...], words: list[str]) -> str | None:
    kind = _first_kind(MESSAGE_KINDS, words)
    if kind is not None:
        return kind
    kind = _first_kind(OPEN_KINDS, words)
    by_mail = kind is not None and "mail" in "".join(module[-1:]).lower()
    return "mail" if by_mail else kind


def _first_kind(kinds: dict[str, str], words: list[str]) -> str | None:
    """The kind of the first word that has one, in the plural too."""
    found = (kinds.get(word) or kinds.get(word.removesuffix("s")) for word in words)
    return next(filter(None, found), None)


def _one_slip(written: str, meant: str) -> bool:
    """Whether one letter was left out, put in, replaced, or two were swapped."""
    if written == meant or abs(len(written) - len(meant)) > 1:
        return False
    at = 0
    while at < min(len(written), len(meant)) and written[at] == meant[at]:
        at += 1
    mine, theirs = written[at:], meant[at:]
    return (
        mine[1:] == theirs
        or mine == theirs[1:]
        or mine[1:] == theirs[1:]
        or (mine[:2] == theirs[1::-1] and mine[2:] == theirs[2:])
    )
