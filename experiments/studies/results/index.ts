export * from "./crossing.ts";
export * from "./curves.ts";
export * from "./lines.ts";
export * from "./remembered-for.ts";
export * from "./settings.ts";
export * from "./tables.ts";
