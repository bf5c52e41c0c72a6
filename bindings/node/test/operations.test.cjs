// The coverage gate, for `require`.

require("./environment.cjs");
const devin = require("devin-v2");
const testing = require("devin-v2/testing");

require("./operations.cjs")(devin, testing);
