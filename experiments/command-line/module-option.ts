import { Option } from "commander";

/** The module that the user lets a plan load. */
export interface ModuleFlag {
  readonly module?: string;
}

export const moduleOption = (): Option =>
  new Option(
    "--module <file>",
    "the module that the run's plan names, where it is not below the current folder: its code is run",
  );
