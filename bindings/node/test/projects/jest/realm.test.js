require("../realm.cjs")({ test, expect, devin: require("devin-v2"), testing: require("devin-v2/testing") });
