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

function access(platform: string, load: boolean): unknown {
  try {
    switch (platform) {
      case "darwin-arm64":
        return load ? require("@devin-v2/darwin-arm64/emulator.node") : require.resolve("@devin-v2/darwin-arm64/emulator.node");
      case "darwin-x64":
        return load ? require("@devin-v2/darwin-x64/emulator.node") : require.resolve("@devin-v2/darwin-x64/emulator.node");
      case "linux-arm64-gnu":
        return load ? require("@devin-v2/linux-arm64-gnu/emulator.node") : require.resolve("@devin-v2/linux-arm64-gnu/emulator.node");
      case "linux-arm64-musl":
        return load ? require("@devin-v2/linux-arm64-musl/emulator.node") : require.resolve("@devin-v2/linux-arm64-musl/emulator.node");
      case "linux-x64-gnu":
        return load ? require("@devin-v2/linux-x64-gnu/emulator.node") : require.resolve("@devin-v2/linux-x64-gnu/emulator.node");
      case "linux-x64-musl":
        return load ? require("@devin-v2/linux-x64-musl/emulator.node") : require.resolve("@devin-v2/linux-x64-musl/emulator.node");
      case "win32-x64-msvc":
        return load ? require("@devin-v2/win32-x64-msvc/emulator.node") : require.resolve("@devin-v2/win32-x64-msvc/emulator.node");
      default:
        return undefined;
    }
  } catch (error) {
    throw error;
  }
}

export const native: NativeTesting = load(access);
