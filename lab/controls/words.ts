import { showMeasured, showQuantity } from "#experiments/units/show";

const ohms = (text: string): string => text.replace(/ohm$/, "Ω");

/** A value that is set, as the page writes it: "3 ns", "10 kΩ", "27 °C". */
export const words = (value: number, unit: string): string =>
  ohms(unit === "K" ? showQuantity(value, unit) : showMeasured(value, unit));

/** Of a computed quantity: three digits. */
export const measured = (value: number, unit: string): string =>
  Number.isFinite(value) ? ohms(showQuantity(Number(value.toPrecision(3)), unit)) : "–";

/** A mean and half its interval in one unit, told as finely as the interval allows: "14.40 ± 0.08 fJ". */
export const withHalf = (mean: number, half: number, unit: string): string => {
  const [number, shown] = measured(mean, unit).split(" ");
  const factor = mean / Number(number);
  if (!(half > 0) || !Number.isFinite(factor)) return measured(mean, unit);
  const decimals = Math.min(6, Math.max(0, Math.ceil(-Math.log10(half / factor))));
  return `${(mean / factor).toFixed(decimals)} ± ${(half / factor).toFixed(decimals)} ${shown ?? ""}`.trim();
};
