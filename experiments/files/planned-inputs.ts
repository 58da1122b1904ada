import type { Plan } from "#src/montecarlo/index";
import { expectDataSets } from "./data-sets.ts";
import { expectDevices } from "./device-files.ts";
import { expectNetworks } from "./network-files.ts";

/** From here on data sets, networks and devices are those of this plan; null: of one that is being made. */
export const expectInputs = (plan: Pick<Plan, "dataSets" | "networks" | "devices"> | null): void => {
  expectDataSets(plan?.dataSets ?? []);
  expectNetworks(plan?.networks ?? []);
  expectDevices(plan?.devices ?? []);
};
