from concurrent.futures import ThreadPoolExecutor

import pytest

from emulator import Refused
from shop import Shop

# Of the default fixtures: a customer of OpenMonetize, a user with 5500 credits, and a wallet with 4 MANA for an hour.
CUSTOMER = "550e8400-e29b-41d4-a716-446655440000"
ADA = "660e8400-e29b-41d4-a716-446655440001"
WALLET = "0x3333333333333333333333333333333333333333"


@pytest.fixture
def shop(sandbox):
    return Shop(sandbox.env(), CUSTOMER)


def test_delivers_what_was_ordered(shop, sandbox):
    shop.deliver("order-1", ADA, 500)
    assert shop.get_balance(ADA) == 6000
    sandbox.verify({"operation": "grantCredits", "subject": ADA, "body": {"amount": 500}}, exactly=1)


@pytest.mark.parametrize("effect", [{"status": 500}, {"connection": "reset"}], ids=["error", "reset"])
def test_delivers_once_when_the_answer_is_lost(shop, sandbox, effect):
    # The credits are granted, and the shop does not learn of it.
    sandbox.add_fault(operation="grantCredits", phase="after", effect=effect, times=1)
    shop.deliver("order-1", ADA, 500)
    assert shop.get_balance(ADA) == 6000
    # It has asked twice, and by the ledger one of them has counted.
    sandbox.verify({"operation": "grantCredits", "body": {"idempotencyKey": "order-1"}}, exactly=2)
    assert [(entry["delta"], entry["key"]) for entry in sandbox.ledger(ADA)] == [("500", "order-1")]


def test_does_not_count_on_credits_that_have_expired(shop, sandbox):
    assert shop.get_mana(WALLET) == 4
    sandbox.advance("PT1H")
    assert shop.get_mana(WALLET) == 0


def test_delivers_an_order_once_to_many_who_ask_at_the_same_time(shop, sandbox):
    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(shop.deliver, "order-1", ADA, 500) for _ in range(8)]:
            done.result()
    assert shop.get_balance(ADA) == 6000
    sandbox.verify({"operation": "grantCredits"}, exactly=8)


def test_says_what_came_near_where_a_request_was_not_sent(shop, sandbox):
    shop.deliver("order-1", ADA, 500)
    with pytest.raises(Refused, match="order-1"):
        sandbox.verify({"operation": "grantCredits", "body": {"idempotencyKey": "order-2"}})
