"""The SDK `openai`, as people use it."""

import os

import httpx
import openai

from driver import Tries, plain, serve

BASE = os.environ["GATEWAY_URL"] + "/v1"
client = openai.OpenAI(base_url=BASE, api_key=os.environ["GATEWAY_KEY"])


def gather(chunks):
    """A stream put together by hand, as programs do."""
    message = {"content": "", "reasoning_content": "", "refusal": "", "tool_calls": {}}
    finish, usage = None, None
    for chunk in chunks:
        usage = plain(chunk.usage) if chunk.usage else usage
        for choice in chunk.choices:
            finish = choice.finish_reason or finish
            delta = choice.delta.model_dump()
            for field in ("content", "reasoning_content", "refusal"):
                message[field] += delta.get(field) or ""
            for call in delta.get("tool_calls") or []:
                known = message["tool_calls"].setdefault(call["index"], {"id": "", "name": "", "arguments": ""})
                known["id"] += call.get("id") or ""
                known["name"] += call["function"].get("name") or ""
                known["arguments"] += call["function"].get("arguments") or ""
    message["tool_calls"] = [
        {"id": call["id"], "type": "function", "function": {"name": call["name"], "arguments": call["arguments"]}}
        for _, call in sorted(message["tool_calls"].items())
    ]
    return {"message": message, "finish_reason": finish, "usage": usage}


def chat(stream=False, **body):
    if stream:
        return gather(client.chat.completions.create(stream=True, stream_options={"include_usage": True}, **body))
    answer = client.chat.completions.create(**body)
    choice = answer.choices[0]
    return {"message": plain(choice.message), "finish_reason": choice.finish_reason, "usage": plain(answer.usage)}


def refused(key, **body):
    """@returns what the SDK throws, and after how many requests"""
    tries = Tries()
    with httpx.Client(event_hooks={"request": [tries]}) as http:
        asking = openai.OpenAI(base_url=BASE, api_key=key, http_client=http)
        try:
            asking.chat.completions.create(**body)
        except openai.APIStatusError as fault:
            return {"class": type(fault).__name__, "status": fault.status_code, "tries": tries.count, "message": str(fault)}
    return None


serve(
    {
        "chat": chat,
        "refused": refused,
        "models": lambda: [model.id for model in client.models.list()],
        "embed": lambda: client.embeddings.create(model="claude-sonnet-4-5", input="hi"),
        "complete": lambda **body: client.completions.create(**body),
    }
)
