"""LiteLLM's SDK: with this gateway for a LiteLLM proxy, and with it for Anthropic."""

import os

import litellm

from driver import plain, serve

BASE = os.environ["GATEWAY_URL"]
KEY = os.environ["GATEWAY_KEY"]


def ask(stream=False, key=KEY, retries=0, **body):
    if stream:
        body["stream_options"] = {"include_usage": True}
    answer = litellm.completion(api_base=BASE, api_key=key, stream=stream, num_retries=retries, **body)
    if stream:
        chunks = list(answer)
        answer = litellm.stream_chunk_builder(chunks, messages=body["messages"])
    choice = answer.choices[0]
    return {"message": plain(choice.message), "finish_reason": choice.finish_reason, "usage": plain(answer.usage)}


serve(
    {
        "ask": ask,
        "embed": lambda: litellm.embedding(
            model="litellm_proxy/claude-sonnet-4-5", input=["hi"], api_base=BASE + "/v1", api_key=KEY, num_retries=0
        ),
    }
)
