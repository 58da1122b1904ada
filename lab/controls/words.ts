import { showMeasured, showQuantity } from "#experiments/units/show";

const ohms = (text: string): string => text.replace(/ohm$/, "Ω");

/** A value that is set, as the page writes it: "3 ns", "10 kΩ", "27 °C". */
export const words = (value: number, unit: string): string =>
  ohms(unit === "K" ? showQuantity(value, unit) : showMeasured(value, unit));

/** Of a computed quantity: three digits. */
export const measured = (value: number, unit: string): string =>
  Number.isFinite(value) ? ohms(showQuantity(Number(value.toPrecision(3)), unit)) : "–";
