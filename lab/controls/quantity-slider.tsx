import { useState } from "preact/hooks";
import { faultOf, type Parameter } from "#src/montecarlo/index";
import { positionOf, positionsOf, type Scale, valueAt } from "../state/slider-scale.ts";
import { expectedOf, typedQuantity } from "../state/typed-quantity.ts";
import { words } from "./words.ts";

type Quantity = Extract<Parameter, { readonly kind: "quantity" }>;

interface QuantitySliderProps {
  readonly name: string;
  readonly label: string;
  readonly parameter: Quantity;
  readonly scale: Scale;
  readonly value: number;
  /** What is shown is the value times this, in `unit`: a resistance, of a factor on a median. */
  readonly base?: number;
  readonly unit?: string;
  readonly onChange: (value: number) => void;
}

/** A quantity by a slider, whose ends are the model's, or typed with its unit. */
export const QuantitySlider = ({
  name,
  label,
  parameter,
  scale,
  value,
  base = 1,
  unit = parameter.unit,
  onChange,
}: QuantitySliderProps) => {
  const [typed, setTyped] = useState<string | null>(null);
  const [fault, setFault] = useState("");
  const show = (v: number): string => words(v * base, unit);
  const shown = show(value);
  const id = `set-${name}`;
  /** The field shows the value again, and nothing is wrong with it. */
  const settle = (): void => {
    setTyped(null);
    setFault("");
  };
  const commit = (text: string): void => {
    if (text.trim() === shown) {
      settle();
      return;
    }
    const found = typedQuantity(text, unit, shown);
    const asShown = found === null || base === 1 ? found : found / base;
    // A number alone that is absurd in the unit that was shown may be one in SI: 3e-9 of a strobe.
    const bare = Number(text) / base;
    const isSi = asShown !== null && faultOf(name, parameter, asShown) && !faultOf(name, parameter, bare);
    const si = isSi ? bare : asShown;
    if (si === null || faultOf(name, parameter, si)) {
      const why = si === null ? `"${text}" is no such quantity` : `${words(si * base, unit)} is outside the range`;
      setFault(`${why}; expected ${expectedOf(parameter, show, unit)}.`);
      return;
    }
    settle();
    onChange(si);
  };
  return (
    <div class="control" title={`${parameter.says}. ${parameter.source}.`}>
      <div class="control-head">
        <label for={id}>{label}</label>
        <input
          id={`${id}-typed`}
          class="typed"
          type="text"
          inputMode="text"
          autocomplete="off"
          spellcheck={false}
          aria-label={`${label}, typed`}
          aria-invalid={fault !== ""}
          value={typed ?? shown}
          onInput={(event) => setTyped(event.currentTarget.value)}
          onBlur={(event) => commit(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter") commit(event.currentTarget.value);
            if (event.key === "Escape") settle();
          }}
        />
      </div>
      <input
        id={id}
        type="range"
        min={0}
        max={positionsOf(scale, parameter)}
        step={1}
        value={positionOf(scale, parameter, value)}
        aria-valuetext={shown}
        onInput={(event) => {
          settle();
          onChange(valueAt(scale, parameter, Number(event.currentTarget.value)));
        }}
      />
      {fault && (
        <p class="fault" role="alert">
          {fault}
        </p>
      )}
    </div>
  );
};
