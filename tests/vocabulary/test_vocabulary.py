"""What words say: reasons, statuses, texts, outcomes, markers, guards, keys, effects."""

from __future__ import annotations

import subprocess
import sys

import pytest

from checker import vocabulary
from checker.vocabulary import (
    best_effort_name, bulky_name, changes_record, closest_outcome, done_already, guard_call,
    identifier_name, key_name, marker_field, marks_record, only_asks, own_effect,
    permanent_reason, permanent_status, permanent_text, says_failure, says_success, seals,
    secret_name, transient_reason, transient_status,
)  # fmt: skip


@pytest.mark.parametrize(
    "name",
    """
    not_found user_not_found no_such_door invalid invalid_tenant unauthorized forbidden gone
    already_archived already_exists deleted disabled unsupported unsupported_format bad_request
    unprocessable_entity missing missing_args expired
    """.split(),
)
def test_permanent_reasons(name):
    assert permanent_reason(name)
    assert not transient_reason(name)


@pytest.mark.parametrize(
    "name",
    """
    timeout econnrefused rate_limited nxdomain service_unavailable too_many_requests closed
    not_ready unavailable busy locked plan_vanished carrier_closed draft released token_expired
    invalidated already founded account_gone found error unknown missingno
    """.split(),
)
def test_other_reasons_are_not_permanent(name):
    assert not permanent_reason(name)


@pytest.mark.parametrize(
    "name", "timeout rate_limited econnrefused nxdomain service_unavailable throttled".split()
)
def test_transient_reasons(name):
    assert transient_reason(name)


@pytest.mark.parametrize(
    "name",
    """
    not_found closed stale never_settled too_many_copies nobody_approved approval_timeout
    product_unavailable past order_gone pending locked retry
    """.split(),
)
def test_reasons_that_may_be_cancelled(name):
    assert not transient_reason(name)


@pytest.mark.parametrize(
    "name",
    "already_exists already_sent off_already conflict duplicate not_modified unchanged".split(),
)
def test_done_already(name):
    assert done_already(name)


@pytest.mark.parametrize("name", "not_found timeout conflicting ready invalid".split())
def test_not_done_already(name):
    assert not done_already(name)


def test_statuses():
    healing = {408, 409, 423, 425, 429}
    assert {s for s in range(100, 600) if permanent_status(s)} == set(range(400, 500)) - healing
    lasting = {501, 505}
    assert {s for s in range(100, 600) if transient_status(s)} == (
        {408, 429} | set(range(500, 600))
    ) - lasting


@pytest.mark.parametrize(
    "text",
    [
        "not found",
        "order  not found",
        "Customer NOT FOUND!",
        "invalid order: it has no lines",
        "user does not exist",
        "user doesn't exist",
        "user doesn’t exist",
        "user_not_found",
        "no such plan",
        "Forbidden",
    ],
)
def test_texts_that_say_it_plainly(text):
    assert permanent_text(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "invalidated cache",
        "could not be invalidated",
        "not founded",
        "it was found, not lost",
        "not found yet",
        "host not found",
        "provider is down, trying again later",
        "invalid response, will retry",
        "connection invalid",
        "timed out",
    ],
)
def test_texts_that_do_not(text):
    assert not permanent_text(text)


@pytest.mark.parametrize(
    ("head", "meant"),
    [
        ("cancelled", "cancel"),
        ("canceled", "cancel"),
        ("discarded", "cancel"),
        ("retry", "error"),
        ("failed", "error"),
        ("eror", "error"),
        ("errror", "error"),
        ("erorr", "error"),
        ("Error", "error"),
        ("snoozed", "snooze"),
        ("snoose", "snooze"),
        ("cancle", "cancel"),
        ("noop", "ok"),
        ("OK", "ok"),
        ("cancel", "cancel"),
        ("reply", None),
        ("mirror", None),
        ("so", None),
        ("", None),
    ],
)
def test_closest_outcome(head, meant):
    assert closest_outcome(head) == meant


def test_heads():
    assert all(map(says_failure, ["error", "failed", "eror", "cancelled", "retry", "snooze"]))
    assert all(map(says_success, ["ok", "done", "sent", "noop"]))
    assert not any(map(says_failure, ["ok", "user", "pending"]))
    assert not any(map(says_success, ["error", "user", "pending"]))


@pytest.mark.parametrize(
    "name",
    """
    sent_at delivered_at charged_at welcomed_at processed processed_at paid status state
    payment_status email_sent receipt receipt_id sent?
    """.split(),
)
def test_marker_fields(name):
    assert marker_field(name)


@pytest.mark.parametrize(
    "name",
    """
    at inserted_at updated_at deleted_at expires_at scheduled_at id email user_id name cat
    statute resent_count
    """.split(),
)
def test_other_fields(name):
    assert not marker_field(name)


@pytest.mark.parametrize(
    "name",
    """
    claim claim_delivery claimed? already_sent? already_warm sent? receipt_sent? processed?
    unsent? lock lock! lock_pair with_lock try_lock once run_once send_once dedupe idempotent
    """.split(),
)
def test_guard_calls(name):
    assert guard_call(name)


@pytest.mark.parametrize(
    "name",
    """
    unlock block clock claims_for disclaim sent send_email mark_seen valid? get update
    object_lock_key idempotency_key set_lock_wait
    """.split(),
)
def test_other_calls(name):
    assert not guard_call(name)


@pytest.mark.parametrize(
    "name",
    """
    idempotency_key Idempotency-Key idempotencyKey IDEMPOTENCY_KEY Idempotence-Key
    operation_id operationId request_id x-request-id PayPal-Request-Id dedup_id dedupe_key
    message_deduplication_id MessageDeduplicationId client_request_token ClientToken
    client_token collapse_key apns-collapse-id
    """.split(),
)
def test_key_names(name):
    assert key_name(name)


@pytest.mark.parametrize(
    "name", "id key token authorization content-type client_id order_id reference".split()
)
def test_other_names(name):
    assert not key_name(name)


@pytest.mark.parametrize(
    ("call", "kind"),
    [
        ("Shop.Billing.charge", "payment"),
        ("Shop.Billing.charge!", "payment"),
        ("Shop.Billing.charge_card", "payment"),
        ("Shop.Billing.refund_order", "payment"),
        ("Shop.Billing.capture_payment", "payment"),
        ("Shop.Billing.payout", "payment"),
        ("Shop.Billing.transfer_funds", "payment"),
        ("Shop.Accounts.send_welcome_email", "mail"),
        ("Shop.Accounts.deliver_mail", "mail"),
        ("Shop.Accounts.deliver_email_token", "mail"),
        ("Shop.Orders.send_invoice!", "mail"),
        ("Shop.Orders.send_receipt_for", "mail"),
        ("Shop.Phones.send_sms", "sms"),
        ("Shop.Phones.send_text", "sms"),
        ("Shop.Devices.send_push", "push"),
        ("Shop.Devices.send_notifications", "push"),
        ("Shop.Hooks.deliver_webhook", "webhook"),
        ("Shop.Chats.send_message", "chat"),
        ("Shop.Gmail.send_message", "mail"),
        ("Shop.Accounts.send_email_notification", "mail"),
        ("Shop.Accounts.send_mention_notification_email", "mail"),
        ("Shop.UserMailer.send", "mail"),
        ("Shop.UserNotifier.notify_admins", "mail"),
        ("Shop.UserNotifier.deliver_instructions", "mail"),
        ("Shop.SMS.send_code", "sms"),
    ],
)
def test_own_effects(call, kind):
    *module, function = call.split(".")
    assert own_effect(tuple(module), function) == kind


@pytest.mark.parametrize(
    "call",
    [
        "Shop.Billing.charge_params",
        "Shop.Billing.charges",
        "Shop.Billing.charge_total",
        "Shop.Billing.charger",
        "Shop.Billing.chargeable?",
        "Shop.Billing.refund?",
        "Shop.Billing.refund_changeset",
        "Shop.Billing.discharge",
        "Shop.Sentry.capture_exception",
        "Shop.Sentry.capture_checkin",
        "Shop.Reporter.capture_error",
        "Shop.Browser.capture_screenshot",
        "Shop.Accounts.send_email?",
        "Shop.Accounts.send_email_params",
        "Shop.Accounts.send_context",
        "Shop.Accounts.send",
        "Shop.Accounts.sent_email",
        "Shop.Accounts.notify",
        "Shop.Accounts.resend_email",
        "Shop.Orders.delivery_email",
        "Shop.Mailers.build",
        "Shop.UserMailer.welcome",
        "Shop.UserMailer.sender",
        "Shop.Notifiers.notifications",
    ],
)
def test_calls_that_are_no_own_effect(call):
    *module, function = call.split(".")
    assert own_effect(tuple(module), function) is None


@pytest.mark.parametrize(
    "name",
    """
    password new_password Password passwd secret client_secret token access_token reset_token
    api_key stripe_api_key private_key ssn card_number authorization
    """.split(),
)
def test_names_of_secrets(name):
    assert secret_name(name)


@pytest.mark.parametrize(
    "name",
    """
    token_id password_hash secret_ref token_count tokens max_tokens page_token next_page_token
    device_token push_token idempotency_token client_token reset_password send_password has_secret
    key public_key cache_key card card_id number secretary tokenizer passwordless
    """.split(),
)
def test_names_that_are_of_no_secret(name):
    assert not secret_name(name)


def test_what_seals_a_secret():
    assert all(map(seals, ["encrypt", "hash_password", "encrypt!", "masked"]))
    assert not any(map(seals, ["encode64", "sign", "generate_token", "hashtag"]))


def test_names_of_much():
    assert all(map(bulky_name, ["body", "html_body", "csv", "params", "file", "file_content"]))
    assert not any(map(bulky_name, ["body_id", "file_path", "html?_id", "contented", "filename"]))


def test_names_of_ids():
    assert all(map(identifier_name, ["id", "user_id", "ids", "order_uuid"]))
    assert not any(map(identifier_name, ["args", "idea", "attrs", "valid", "identity"]))


def test_best_effort_names():
    assert all(map(best_effort_name, ["maybe_touch", "try_notify", "best_effort_ping"]))
    assert not any(map(best_effort_name, ["touch", "retry_all", "trying", "may_be"]))


def test_every_word_list_is_plain_lower_case():
    for name, words in vars(vocabulary).items():
        if isinstance(words, frozenset) and all(isinstance(w, str) for w in words):
            assert all(word == word.lower() and word.strip() == word for word in words), name
    assert not vocabulary.PERMANENT & vocabulary.TRANSIENT
    assert not vocabulary.FAILURE_HEADS & vocabulary.SUCCESS_HEADS
    assert set(vocabulary.MEANT.values()) <= set(vocabulary.OUTCOMES)


def test_importing_it_loads_nothing_else():
    """It is on the hook path."""
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); before = set(sys.modules);"
        "import checker.vocabulary; print(*sorted(set(sys.modules) - before))"
    )
    root = vocabulary.__file__.rpartition("checker")[0]
    run = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code, root], capture_output=True, text=True, check=True
    )
    assert set(run.stdout.split()) <= {"__future__", "checker", "checker.vocabulary"}


@pytest.mark.parametrize(
    "name", "fetch_orders get_stock list_hooks search request_token fetch_access_token login".split()
)
def test_functions_that_only_ask(name):
    assert only_asks(name)


@pytest.mark.parametrize(
    "name", "post_score find_or_create_item get_and_update perform push_token create_token".split()
)
def test_other_functions_do_not(name):
    assert not only_asks(name)


@pytest.mark.parametrize("name", "mark_sent delete_invite! set_notified touch_digest".split())
def test_functions_that_mark_a_record(name):
    assert changes_record(name) and marks_record(name)


@pytest.mark.parametrize("name", "update_user put_locale! change_name".split())
def test_functions_that_change_one(name):
    assert changes_record(name) and not marks_record(name)


@pytest.mark.parametrize("name", "updates market fetch_sent reset_password".split())
def test_other_functions_change_none(name):
    assert not changes_record(name)
