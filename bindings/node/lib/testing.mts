// The same classes for `import` as for `require`: there is one copy of them in a process.
export * from "./testing.js";
