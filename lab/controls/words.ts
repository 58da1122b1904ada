import { showMeasured, showQuantity } from "#experiments/units/show";
import type { Belonging } from "../state/csv.ts";

const ohms = (text: string): string => text.replace(/ohm$/, "Ω");

/** A value that is set, as the page writes it: "3 ns", "10 kΩ", "27 °C"; electronvolts as they are, so that a number without a unit means what it meant before. */
export const words = (value: number, unit: string): string => {
  if (unit === "eV") return `${Number(value.toPrecision(4))} eV`;
  return ohms(unit === "K" ? showQuantity(value, unit) : showMeasured(value, unit));
};

/** Of a computed quantity: three digits. */
export const measured = (value: number, unit: string): string =>
  Number.isFinite(value) ? ohms(showQuantity(Number(value.toPrecision(3)), unit)) : "–";

/** What numbers belong to, in a line for a picture. */
export const settingWords = ({ values, seed }: Belonging): string => {
  const { supply, strobe, temperature, corner, technology, device, mismatch } = values;
  return `supply ${words(supply, "V")}, strobe ${words(strobe, "s")}, ${words(temperature, "K")}, ${technology} ${corner}, device ${device}, mismatch ×${mismatch}, seed ${seed.slice(0, 40)}`;
};

const MOST_DECIMALS = 4;

/** A mean and half its interval in one unit, told as finely as the interval allows: "14.40 ± 0.08 fJ". */
export const withHalf = (mean: number, half: number, unit: string): string => {
  const rough = Number(mean.toPrecision(3));
  const [number, shown] = measured(mean, unit).split(" ");
  // What the unit stands for, of the rounded value: the mean itself keeps its digits.
  const factor = Number((rough / Number(number)).toPrecision(6));
  if (!(half > 0) || !(factor > 0)) return measured(mean, unit);
  const decimals = Math.min(MOST_DECIMALS, Math.max(0, Math.ceil(-Math.log10(half / factor))));
  const width = (half / factor).toFixed(decimals);
  const told = Number(width) === 0 ? "" : ` ± ${width}`;
  return `${(mean / factor).toFixed(decimals)}${told} ${shown ?? ""}`.trim();
};
