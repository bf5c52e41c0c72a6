// A key, an address or a proxy of the machine is none of the tests' business, nor of the programs that they start.

const FOREIGN = /^(?:DEVIN_.*|(?:https?|all|no)_proxy)$/i;

for (const name of Object.keys(process.env)) if (FOREIGN.test(name)) delete process.env[name];
