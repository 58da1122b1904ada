import type { CellAge, Hold } from "#devices/index";
import { Misuse } from "../misuse.ts";
import { parseQuantity } from "../units/parse.ts";

/** Thirty thousand years: no memory is asked to keep longer [s]. */
const MOST_SECONDS = 1e12;

/** One hold: "10000 s, 85 degC". @throws Misuse */
const parseHold = async (text: string, own: number): Promise<Hold> => {
  const [time, temperature, ...more] = text.split(",").map((part) => part.trim());
  if (more.length > 0) throw new Misuse(`--at ${text}: expected a time and, after a comma, a temperature.`);
  const seconds = await parseQuantity(time, "s", "--at");
  if (!(seconds >= 0)) throw new Misuse(`--at ${text}: ${seconds} s; times since programming are 0 or more.`);
  if (seconds > MOST_SECONDS) throw new Misuse(`--at ${text}: ${seconds} s; at most ${MOST_SECONDS} s.`);
  return { seconds, temperature: temperature === undefined ? own : await parseQuantity(temperature, "K", "--at") };
};

/**
 * What cells have been through: holds in their order, apart by semicolons, each a time and, where it is not the measurement's, a temperature:
 * "100 s; 1 h, 85 degC".
 *
 * @throws Misuse
 */
export const parseAge = async (text: string, own: number): Promise<CellAge> => ({
  holds: await Promise.all(text.split(";").map((hold) => parseHold(hold.trim(), own))),
});
