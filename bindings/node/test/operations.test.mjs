// The coverage gate, for `import`.

import * as devin from "devin-v2";
import * as testing from "devin-v2/testing";

import "./environment.cjs";
import operations from "./operations.cjs";

operations(devin, testing);
