const { Client } = require("devin-v2");
const { Emulator } = require("devin-v2/testing");

module.exports = { Client, Emulator };
