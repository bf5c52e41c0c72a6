#!/usr/bin/env node
// The emulator as a program: npx devin-v2-emulator --help

import { native } from "./native.js";

process.exitCode = native.emulate(process.argv.slice(2));
