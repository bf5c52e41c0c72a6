// The native half of the emulator, which only those load who use it.

import { load } from "./native.js";

/** A running emulator. */
export interface NativeEmulator {
  readonly url: string;
  readonly apiKey: string;
  fault(fault: string): void;
  requests(): string;
  clearRequests(): void;
  reset(): void;
  close(): void;
}

interface NativeTesting {
  readonly Emulator: new (settings: string) => NativeEmulator;
  emulate(args: string[]): number;
  version(): string;
}

export const native: NativeTesting = load("-emulator");
