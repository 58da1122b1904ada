import type { LabState } from "../state/lab-parameters.ts";
import type { Setting } from "./task.ts";

/** What workers need of the state to read. */
export const settingOf = ({ read, page, device }: LabState): Setting => ({
  params: read,
  device: read.device === device?.file ? device : null,
  seed: page.seed,
});
