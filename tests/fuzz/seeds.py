"""Makes `seeds` anew, but for what crashed once: answers of a running emulator, whose URL and key are given, and texts from this file.

    cargo run -p devin-v2-emulator -- --port 8080 --seed 7 --organizations 2 --members 4 --sessions 3
    python3 tests/fuzz/seeds.py http://127.0.0.1:8080 apk_user_…
"""

import json
import pathlib
import sys
import urllib.error
import urllib.parse
import urllib.request

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parent.parent
SEEDS = HERE / "seeds"
MOST = 8_000


def write(target, name, text):
    folder = SEEDS / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())


def send(url, key, method, path, body=None, headers=None):
    request = urllib.request.Request(url + path, method=method, data=body)
    request.add_header("Authorization", f"Bearer {key}")
    request.add_header("Content-Type", "application/json")
    for name, value in (headers or {}).items():
        request.add_header(name, value)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as answer:
        return answer.code, answer.headers, answer.read()


def answers(url, key):
    calls = json.loads((ROOT / "bindings/python/tests/calls.json").read_text())
    ids = {}
    for path, rows, row_id, name in [
        ("organizations", "items", "org_id", "org_id"),
        ("members", "items", "user_id", "user_id"),
        ("sessions", "items", "session_id", "session_id"),
        ("playbooks", None, "playbook_id", "playbook_id"),
        ("api-keys", "items", "id", "api_key_id"),
    ]:
        _, _, body = send(url, key, "GET", f"/v2/enterprise/{path}")
        listed = json.loads(body)
        listed = listed[rows] if rows and isinstance(listed, dict) else listed
        if isinstance(listed, dict):
            listed = next(value for value in listed.values() if isinstance(value, list))
        ids[name] = str(listed[-1].get(row_id, ""))
    # What deletes comes last.
    for call in sorted(calls, key=lambda call: call["http_method"] == "DELETE"):
        arguments = {**call["arguments"], **{k: v for k, v in ids.items() if k in call["arguments"]}}
        path = call["template"]
        for name in call["path"]:
            path = path.replace("{%s}" % name, urllib.request.quote(str(arguments.pop(name)), safe=""))
        arguments.pop("confirm", None)
        body = None
        if call["http_method"] == "GET":
            arguments["limit"] = 3
            query = [(k, v) for k, v in arguments.items() if isinstance(v, (str, int)) and k in ("limit", "start_date", "end_date")]
            path += "?" + urllib.parse.urlencode(query)
        else:
            body = json.dumps(arguments.get("body", arguments)).encode()
        status, headers, body = send(url, key, call["http_method"], path, body)
        if 200 <= status < 300 and len(body) <= MOST:
            write("answers", call["operation"], call["operation"].encode() + b"\n" + body)
        elif status >= 300:
            told = "".join(f"{k}: {headers[k]}\n" for k in ("content-type", "x-request-id", "retry-after") if k in headers)
            write("errors", call["operation"], f"{status} {call['operation']}\n{told}\n".encode() + body)


def texts():
    secret = "Q2FuYXJ5S2V5MTIz"  # as in src/lib.rs
    for name, text in {
        "422": '422 members.list\n\n{"detail":[{"loc":["query","limit"],"msg":"too much","type":"t","input":"x"},{"loc":["body",3],"msg":"no"}]}',
        "429": "429 members.list\nretry-after: 3\ndate: Sun, 06 Nov 1994 08:49:37 GMT\n\nslow down",
        "502": "502 members.get\ncontent-type: text/html\n\n<html><head><title>502 Bad\nGateway</title></head><body>x</body></html>",
        "echo": f'401 members.list\nx-request-id: apk_user_{secret}\n\n{{"detail":"bad key apk_user_{secret} in Bearer {secret}"}}',
        "echo-page": f"403 api_keys.revoke\n\n<p>Authorization: bearer%20{secret}</p><b>cog_{secret}",
        "echo-place": f'422 members.invite\n\n{{"detail":[{{"loc":["{secret}"],"msg":"{secret}"}}]}}',
        "redirect": "302 members.list\nlocation: /x?key=" + secret + "\n\n",
    }.items():
        write("errors", name, text)
    for number, text in enumerate([
        "3", " 0.25 ", "-1", "1e19", "NaN", "Sun, 06 Nov 1994 08:49:47 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
        "Fri, 31 Dec 9999 23:59:59 GMT\nSun, 06 Nov 1994 08:49:45 GMT",
    ]):
        write("retry_after", str(number), text)
    for number, text in enumerate([
        "members.list@skip=400", "api_keys.list@page=3,per_page=25", "audit_logs.list@before=a@b=c", "audit_logs.list@start", "2025-12-05",
        "-009999-01-01", "2025-12-05T08:00:00Z", "2025-12-05T08:00:00.123456789+02:00[Europe/Berlin]", "2025-12-05 08:00:00", "9999-12-31", "9998-12-31",
    ]):
        write("texts", str(number), text)


def documents():
    for document in sorted((ROOT / "xtask/codegen/tests/documents").glob("*.yaml")):
        write("document", document.name, document.read_bytes())
    write("document", "published.yaml", (HERE / "documents/published.yaml").read_bytes())
    for name, text in {
        "alias": "a: &a [x, x]\nb: &b [*a, *a]\nopenapi: 3.1.0\npaths: {'/a': {get: *b}}\n",
        "cycle": "openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths: {}\ncomponents: {schemas: {A: {properties: {a: {$ref: '#/components/schemas/A'}}}, B: {allOf: [{$ref: '#/components/schemas/B'}]}}}\n",
        "json": '{"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {"/a/{id}": {"get": {"parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}], "responses": {"200": {"description": "ok"}}}}}}',
        "deep": '{"a":' * 60 + "1" + "}" * 60,
        "tags": "openapi: !!str 3.1.0\ninfo: {title: !!binary aGk=, version: 0x1F}\npaths: {? [a] : .nan, 2001-12-14: .inf}\n---\n- <<: {a: b}\n",
    }.items():
        write("document", name, text)
    lines = (ROOT / "openapi/overlay.yaml").read_text().splitlines(keepends=True)
    starts = [n for n, line in enumerate(lines) if line.startswith("  - target:")] + [len(lines)]
    head = "overlay: 1.0.0\nactions:\n"
    wanted = ("members", "api-keys", "audit-logs", "$.components", "$.paths.*")
    for number, (start, end) in enumerate(zip(starts, starts[1:])):
        action = "".join(line for line in lines[start:end] if not line.startswith("  #"))
        if any(word in lines[start] for word in wanted) and len(action) < 1_500:
            write("overlay", f"{number:02}", head + action)
    for name, target in {
        "everything": "$..*", "filter": "$.paths[?@.get.tags[0] == 'members' && !@.post || (@.a > 1.5e3)]", "slice": "$.paths.*.*.parameters[-1:0:-1, 0]",
        "function": "$..[?match(@.name, 'a.*') && length(@) < count(@.*)]", "quotes": "$['paths'][\"/v2/enterprise/members\"]['get', 'post']",
    }.items():
        write("overlay", name, f"{head}  - {{target: {json.dumps(target)}, update: {{x-kind: read}}}}\n  - {{target: $.paths.*.get, remove: true}}\n")


def changes():
    count = 7  # documents in src/documents.rs
    for index in range(count):
        for kind in range(8):
            write("compile", f"{index}-{kind}", bytes([index] + [kind, 0, 40 + 9 * kind, 17 * index % 256, 8 + kind, 0, 90, 5]))


for seed in SEEDS.glob("*/*"):
    if not seed.name.startswith("found-"):
        seed.unlink()
answers(sys.argv[1], sys.argv[2])
texts()
documents()
changes()
