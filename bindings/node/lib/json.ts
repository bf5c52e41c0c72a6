// JSON as it goes out and comes in. Out: a value that JSON has no word for is refused, where `JSON.stringify` leaves it out
// or turns it into null. In: integers keep all their digits.
//
// No test of identity: values and classes may be of another realm (Jest, Vitest's vm pools, `node:vm`).

import { types } from "node:util";

import { APIResponseValidationError, redacted } from "./errors.js";

/** Makes the error for a value that can't be sent: where it is, what is wrong with it, and what to do. */
export type Refuse = (path: string, problem: string, hint: string) => Error;

/** Deeper values are circular, or more than the core reads. */
const MAX_DEPTH = 100;

/** What a value is, for a message. */
export function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (typeof value === "bigint") return "a BigInt";
  if (typeof value === "number") return Number.isFinite(value) ? "a number" : String(value);
  if (typeof value !== "object") return value === undefined ? "undefined" : `a ${typeof value}`;
  if (Array.isArray(value)) return "an array";
  if (isPlain(value)) return "an object";
  const name: unknown = value.constructor?.name;
  return typeof name === "string" && name !== "" && name !== "Object"
    ? `${/^[AEIO]/.test(name) ? "an" : "a"} ${redacted(name)}`
    : "an object with a prototype";
}

/** Whether a value is an object whose members are all its own. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null) return true;
  // `Object.prototype`, of whatever realm.
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype as object, "isPrototypeOf");
}

/** The members of an object of which none can get lost. */
export function entries(value: unknown, path: string, refuse: Refuse): [string, unknown][] {
  const own = path === "" ? "the object" : path;
  if (typeof value !== "object" || value === null || Array.isArray(value) || !isPlain(value)) {
    const pairs = types.isMap(value) || kindOf(value) === "a URLSearchParams";
    throw refuse(
      path,
      `must be a plain object (got ${kindOf(value)})`,
      pairs ? "Pass Object.fromEntries(…)." : "Pass an object literal: { name: value }.",
    );
  }
  const found: [string, unknown][] = [];
  for (const name of Reflect.ownKeys(value)) {
    const enumerable = Object.prototype.propertyIsEnumerable.call(value, name);
    if (typeof name === "string" && enumerable) found.push([name, (value as Record<string, unknown>)[name]]);
    // `Symbol.toStringTag` of a module's namespace is no member.
    else if (typeof name === "string" || enumerable) {
      throw refuse(path, `has a member that would not be sent: ${redacted(String(name))}`, `Make ${own} an object literal.`);
    }
  }
  return found;
}

/** A value as JSON; `undefined` for one that is left out. */
export function write(value: unknown, path: string, refuse: Refuse, depth = 0): string | undefined {
  switch (typeof value) {
    case "undefined":
      return undefined;
    case "boolean":
      return value ? "true" : "false";
    case "bigint":
      return value.toString();
    case "number":
      if (Number.isFinite(value)) return String(value);
      // As null it would be a value of its own: "no limit", for one.
      throw refuse(path, `is ${value}`, "Pass a finite number.");
    case "string": {
      const text = JSON.stringify(value);
      // JSON writes halves as escapes.
      if (!text.includes("\\ud") || !/\p{Surrogate}/u.test(value)) return text;
      throw refuse(path, "holds half of a surrogate pair", "Pass well-formed text.");
    }
    case "object":
      break;
    default:
      throw refuse(path, `is a ${typeof value}`, "Pass a value that JSON can express.");
  }
  if (value === null) return "null";
  if (depth > MAX_DEPTH) throw refuse(path, "is circular or nested too deeply", `Pass at most ${MAX_DEPTH} levels.`);
  if (types.isDate(value)) {
    const time = Date.prototype.getTime.call(value);
    if (Number.isNaN(time)) throw refuse(path, "is an invalid Date", "Pass a valid one.");
    return JSON.stringify(new Date(time).toISOString());
  }
  if (Array.isArray(value)) {
    const elements: string[] = [];
    for (let index = 0; index < value.length; index++) {
      const at = `${path}[${index}]`;
      const text = write(value[index], at, refuse, depth + 1);
      if (text === undefined) throw refuse(at, "is undefined", "Leave it out of the array.");
      elements.push(text);
    }
    return `[${elements.join(",")}]`;
  }
  if (ArrayBuffer.isView(value)) throw refuse(path, `is ${kindOf(value)}`, "Pass text or an array.");
  if (types.isSet(value)) throw refuse(path, "is a Set", "Pass an array: [...set].");
  const { toJSON } = value as { toJSON?: unknown };
  if (typeof toJSON === "function") {
    // Once: a second time it might be something else.
    const text = write(toJSON.call(value, path), path, refuse, depth + 1);
    if (text === undefined) throw refuse(path, `is ${kindOf(value)} whose toJSON() gives nothing`, "Pass a value.");
    return text;
  }
  return `{${writeMembers(entries(value, path, refuse), path, refuse, depth).join(",")}}`;
}

/** Members as JSON, without the braces. */
export function writeMembers(
  members: Iterable<readonly [string, unknown]>,
  path: string,
  refuse: Refuse,
  depth = 0,
): string[] {
  const written: string[] = [];
  for (const [name, value] of members) {
    const at = path === "" ? name : `${path}.${name}`;
    const text = write(value, at, refuse, depth + 1);
    if (text !== undefined) written.push(`${write(name, at, refuse)}:${text}`);
  }
  return written;
}

/** The name of `known` that was meant by `name`, if one is near. */
function nearest(name: string, known: readonly string[]): string | undefined {
  const plain = (text: string) => text.toLowerCase().replace(/[_-]/g, "");
  const wanted = plain(name);
  let best: string | undefined;
  let least = Math.min(3, Math.ceil(wanted.length / 2));
  for (const candidate of known) {
    const distance = edits(wanted, plain(candidate));
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best;
}

/** How many letters have to be changed, added, removed or swapped. */
function edits(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) least = Math.min(least, before[j - 2]! + 1);
      row.push(least);
    }
    [before, last] = [last, row];
  }
  return last[b.length]!;
}

/** Refuses members of a name that there is not: nobody would read them. `what` is what they are. */
export function checkNames(
  members: readonly (readonly [string, unknown])[],
  known: readonly string[],
  what: string,
  refuse: Refuse,
): void {
  for (const [name] of members) {
    if (known.includes(name)) continue;
    const near = nearest(name, known);
    throw refuse(name, `is not ${what}`, near ? `Did you mean ${near}?` : `Use one of: ${known.join(", ")}.`);
  }
}

/** JSON of the native half: `{ exact }` if `JSON.parse` would round an integer of it. */
export type Text = string | { readonly exact: string };

/** Reads JSON of the native half. Integers beyond 2^53 become BigInt. */
export function read(given: Text): unknown {
  const isExact = typeof given !== "string";
  const text = isExact ? given.exact : given;
  // `JSON.parse` refuses a byte order mark.
  const json = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  try {
    return isExact ? new ExactReader(json).read() : JSON.parse(json);
  } catch {
    // The reason would quote the body.
    throw new APIResponseValidationError("the response is not JSON", { kind: "decode", body: text });
  }
}

/** Reads any JSON as `read` does. */
export function readExactly(text: string): unknown {
  return read(/\d{16}/.test(text) ? { exact: text } : text);
}

/** Reads JSON with BigInt for integers that a number can't hold. In Node 20, a reviver doesn't get their text. */
class ExactReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): unknown {
    const value = this.#value();
    if (this.#peek() !== "") throw new SyntaxError();
    return value;
  }

  /** The next character that is no white space; nothing at the end. */
  #peek(): string {
    while (" \n\r\t".includes(this.#text[this.#at] ?? "x")) this.#at++;
    return this.#text[this.#at] ?? "";
  }

  #take(mark: string): boolean {
    const found = this.#peek() === mark;
    if (found) this.#at++;
    return found;
  }

  #value(): unknown {
    const first = this.#peek();
    if (first === "{") return this.#object();
    if (first === "[") return this.#array();
    if (first === '"') return this.#string();
    const start = this.#at;
    while (/[-+.\w]/.test(this.#text[this.#at] ?? "")) this.#at++;
    const word = this.#text.slice(start, this.#at);
    const value: unknown = JSON.parse(word);
    return typeof value === "number" && !Number.isSafeInteger(value) && /^-?\d+$/.test(word) ? BigInt(word) : value;
  }

  #string(): string {
    const start = this.#at;
    for (let end = start; ; ) {
      end = this.#text.indexOf('"', end + 1);
      if (end < 0) throw new SyntaxError();
      let slashes = 0;
      while (this.#text[end - 1 - slashes] === "\\") slashes++;
      if (slashes % 2 > 0) continue;
      this.#at = end + 1;
      return JSON.parse(this.#text.slice(start, end + 1)) as string;
    }
  }

  /** What stands between two brackets, with commas in between. */
  #list(end: string, element: () => void): void {
    this.#at++;
    if (this.#take(end)) return;
    do element();
    while (this.#take(","));
    if (!this.#take(end)) throw new SyntaxError();
  }

  #array(): unknown[] {
    const elements: unknown[] = [];
    this.#list("]", () => elements.push(this.#value()));
    return elements;
  }

  #object(): object {
    const members = {};
    this.#list("}", () => {
      if (this.#peek() !== '"') throw new SyntaxError();
      const name = this.#string();
      if (!this.#take(":")) throw new SyntaxError();
      // Assigned, `__proto__` would be the prototype.
      Object.defineProperty(members, name, {
        value: this.#value(),
        configurable: true,
        enumerable: true,
        writable: true,
      });
    });
    return members;
  }
}
