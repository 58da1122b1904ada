/** Tests run the TypeScript sources through the `source` condition of package.json's "imports". */
export default {
  globalSetup: "<rootDir>/test/program/set-up.mjs",
  globalTeardown: "<rootDir>/test/program/tear-down.mjs",
  testEnvironment: "<rootDir>/test/program/environment.mjs",
  testEnvironmentOptions: { customExportConditions: ["source", "node", "node-addons"] },
  extensionsToTreatAsEsm: [".ts"],
  transform: {
    "\\.ts$": ["@swc/jest", { jsc: { parser: { syntax: "typescript" }, target: "es2022" }, module: { type: "es6" } }],
  },
  testMatch: ["<rootDir>/test/**/*.test.ts"],
  testPathIgnorePatterns: process.env.RRAMLAB_SLOW ? ["/node_modules/"] : ["/node_modules/", "/test/slow/"],
  modulePathIgnorePatterns: ["<rootDir>/dist"],
  // Against tests that never end, not against slow machines: no result depends on how fast a test runs.
  testTimeout: 1_800_000,
};
