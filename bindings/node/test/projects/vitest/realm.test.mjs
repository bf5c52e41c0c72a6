import * as devin from "devin-v2";
import * as testing from "devin-v2/testing";
import { expect, test } from "vitest";

import realm from "../realm.cjs";

realm({ test, expect, devin, testing });
