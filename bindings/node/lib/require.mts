// For the copy of this package that bundlers take: native code can't be part of a bundle, so that its package is looked up
// when the bundle runs, from where the bundle is. `pack.mjs` has the loader import it in place of Node's own `require`.

// Not the named import `createRequire`, whose calls webpack evaluates when it bundles.
import Module from "node:module";

/** Where the program is. A bundler may remove one of these, or replace it by the source's path at build time. */
const PLACES: (() => string | undefined)[] = [() => import.meta.url, () => __filename, () => process.argv[1]];

function resolve(name: string): string {
  let first: unknown;
  for (const place of PLACES) {
    let from: NodeJS.Require;
    try {
      from = Module.createRequire(place() as string);
    } catch {
      continue;
    }
    try {
      return from.resolve(name);
    } catch (error) {
      first ??= error;
    }
  }
  throw first ?? new Error("the path of the running program is not known");
}

function load(name: string): unknown {
  const path = resolve(name);
  return Module.createRequire(path)(path);
}

export const require = Object.assign(load, { resolve });
