"""The SDK `anthropic`, as people use it."""

import os

import anthropic
import httpx2

from driver import Tries, plain, serve

BASE = os.environ["GATEWAY_URL"]
client = anthropic.Anthropic(base_url=BASE, api_key=os.environ["GATEWAY_KEY"])


def ask(stream=False, **body):
    if not stream:
        return plain(client.messages.create(**body))
    with client.messages.stream(**body) as events:
        return plain(events.get_final_message())


def refused(key, **body):
    """@returns what the SDK throws, and after how many requests"""
    tries = Tries()
    with httpx2.Client(event_hooks={"request": [tries]}) as http:
        asking = anthropic.Anthropic(base_url=BASE, api_key=key, http_client=http)
        try:
            asking.messages.create(**body)
        except anthropic.APIStatusError as fault:
            return {"class": type(fault).__name__, "status": fault.status_code, "tries": tries.count, "message": str(fault)}
    return None


serve({"ask": ask, "refused": refused, "count": lambda **body: plain(client.messages.count_tokens(**body))})
