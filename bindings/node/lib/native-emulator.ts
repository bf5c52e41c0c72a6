// The native half of the emulator, which only those load who use it.

import { load } from "./native.js";

/** A running emulator. Text that is given in place of nothing says what went wrong. */
export interface NativeEmulator {
  readonly url: string;
  readonly apiKey: string;
  fault(fault: string): string | null;
  requests(): string | null;
  clearRequests(): string | null;
  reset(): string | null;
  close(): void;
}

interface NativeTesting {
  readonly Emulator: { start(settings: string): NativeEmulator | string };
  emulate(args: string[]): number;
  version(): string;
}

export const native: NativeTesting = load("-emulator");
