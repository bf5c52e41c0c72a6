#!/usr/bin/env node
// The emulator as a program: npx devin-v2-emulator --help

import { native } from "./native-emulator.js";

// The native half stops at these, and passes them on to whoever waited for them before: with Node's own handler, which
// raises the signal again, that would never end.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => {});

process.exitCode = native.emulate(process.argv.slice(2));
