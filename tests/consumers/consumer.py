import os
from importlib.metadata import version

import devin_v2
from devin_v2 import Client, RefusedError

expected = os.environ["EXPECTED_VERSION"]
assert devin_v2.__version__ == expected
# Python writes versions before a release in its own way.
assert version("devin-v2") == expected.replace("-alpha.", "a").replace("-beta.", "b").replace("-rc.", "rc")

client = Client()
members = client.members.list().collect()
print(len(members), "members with", devin_v2.__file__)
assert len(members) == 120 and members.report.complete

try:
    client.api_keys.revoke("")
    raise SystemExit("revoked every key")
except RefusedError as error:
    print(error)
    assert error.field == "api_key_id"
