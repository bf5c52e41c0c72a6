"""What Schemathesis must know of the service beyond the document."""

import json
import os

import requests
import schemathesis

URL = os.environ["DEVIN_V2_TEST_URL"]
KEY = {"authorization": f"Bearer {os.environ['DEVIN_V2_TEST_KEY']}"}


@schemathesis.hook
def after_call(context, case, response):
    """Starts over once the caller has taken its own rights away.

    It may: revoke this key, revoke all keys, give this member another role. Whatever is tested after that would only
    see 401 and 403, and pass without testing anything.
    """
    if case.method.upper() != "GET" and response.status_code == 200:
        own = requests.get(f"{URL}/v2/enterprise/self", headers=KEY, timeout=10)
        if own.status_code != 200:
            requests.post(f"{URL}/_emulator/reset", timeout=10).raise_for_status()


@schemathesis.hook
def filter_query(context, query):
    """Leaves out what is meant as an invalid list and is a valid one on the wire: `user_ids=0` is the list ["0"]."""
    parameters = context.operation.definition.raw.get("parameters", [])
    lists = {p["name"] for p in parameters if '"array"' in json.dumps(p["schema"])}
    return all(isinstance(value, list) for name, value in (query or {}).items() if name in lists)


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """Tells what a 404 is about.

    Schemathesis takes one for a path that leads through something just created as "the new thing isn't there", though
    it may speak of what the body names: a user, a group or a git connection that is not in the new organization.
    """
    of_the_body = ("user", "group", "git connection")
    about_the_body = any(word in response.text.lower() for word in of_the_body)
    return not (failure.code == "ST302" and about_the_body)
