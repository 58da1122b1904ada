export * from "./browser.ts";
export * from "./experiments/index.ts";
