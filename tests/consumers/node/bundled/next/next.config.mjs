import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

// Next itself is installed two folders above.
const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

export default {
  output: "standalone",
  serverExternalPackages: ["devin-v2"],
  outputFileTracingRoot: root,
  turbopack: { root },
};
