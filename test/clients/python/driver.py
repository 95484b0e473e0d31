"""Does what it is told line by line: a JSON object {"do": name, ...arguments} in, {"result": ...} or {"error": ...} out."""

import json
import sys
import traceback


def plain(value):
    """What an SDK gives, as JSON has it."""
    dump = getattr(value, "model_dump", None)
    return dump(mode="json") if dump else value


def names(fault):
    """The class of an exception, and those it is derived from."""
    return [each.__name__ for each in type(fault).__mro__ if each not in (object, BaseException, Exception)]


def serve(actions):
    # What libraries print is no answer.
    answers, sys.stdout = sys.stdout, sys.stderr
    for line in sys.stdin:
        wish = json.loads(line)
        try:
            answer = {"result": plain(actions[wish.pop("do")](**wish))}
        except Exception as fault:
            traceback.print_exc()
            answer = {
                "error": {
                    "classes": names(fault),
                    "status": getattr(fault, "status_code", None),
                    "message": str(fault),
                }
            }
        print(json.dumps(answer), file=answers, flush=True)


class Tries:
    """Counts the requests that a client makes for one call."""

    def __init__(self):
        self.count = 0

    def __call__(self, request):
        self.count += 1
