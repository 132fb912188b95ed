"""Sells credits of OpenMonetize, and knows what wallets hold at Decentraland."""

import json
import time
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.request import Request, urlopen

# Seconds to wait before each attempt.
PAUSES = (0, 0.05, 0.2)


class Shop:
    def __init__(self, settings, customer):
        """settings: what os.environ holds in production; customer: the shop's id at OpenMonetize"""
        self.money = settings["OPENMONETIZE_BASE_URL"]
        self.key = settings["OPENMONETIZE_API_KEY"]
        self.mana = settings["DECENTRALAND_CREDITS_URL"]
        self.customer = customer

    def deliver(self, order, user, credits):
        """Once for each order, however often it is called and whatever becomes of the answers."""
        body = {
            "customerId": self.customer,
            "userId": user,
            "amount": credits,
            "reason": f"Order {order}",
            "idempotencyKey": order,
        }
        send(f"{self.money}/v1/credits/grant", self.key, body)

    def get_balance(self, user):
        answer = send(f"{self.money}/v1/customers/{self.customer}/users/{user}/credits", self.key)
        return answer["data"]["balance"]

    def get_mana(self, wallet):
        """What the wallet can spend now, in MANA."""
        return send(f"{self.mana}/users/{wallet}/credits")["totalCredits"]


def send(url, key=None, body=None):
    """
    The body of the answer. What failed is tried again, so it must be a request that may come twice: an error can be
    the answer to one that was carried out.
    """
    headers = {"Content-Type": "application/json"}
    if key:
        headers["Authorization"] = f"Bearer {key}"
    request = Request(url, json.dumps(body).encode() if body else None, headers)
    for attempt, pause in enumerate(PAUSES, start=1):
        time.sleep(pause)
        try:
            with urlopen(request, timeout=10) as answer:
                return json.load(answer)
        except HTTPError as error:
            if error.code < 500 or attempt == len(PAUSES):
                raise
        except (OSError, HTTPException, ValueError):
            if attempt == len(PAUSES):
                raise
