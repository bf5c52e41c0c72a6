module.exports = { roots: ["<rootDir>/jest"], watchman: false };
