import { useRef } from "preact/hooks";
import { RRAM_SETS } from "#devices/index";
import { ChoiceField } from "../controls/choice-field.tsx";
import { QuantitySlider } from "../controls/quantity-slider.tsx";
import { READ_PARAMETERS, type ReadName, type ReadValues } from "../state/lab-parameters.ts";
import type { Scale } from "../state/slider-scale.ts";
import { remarksOn } from "./remarks.ts";

interface ReadControlsProps {
  readonly values: ReadValues;
  /** Medians of the device set [ohm]. */
  readonly medians: { readonly low: number; readonly high: number };
  /** Name of the file that was dropped, where one was. */
  readonly dropped: string | null;
  readonly onChange: (values: Partial<ReadValues>) => void;
  readonly onFile: (file: File) => void;
}

type QuantityName = {
  [N in ReadName]: (typeof READ_PARAMETERS)[N] extends { readonly kind: "quantity" } ? N : never;
}[ReadName];

interface Slider {
  readonly name: QuantityName;
  readonly label: string;
  readonly scale: Scale;
}

const linear = (step: number): Scale => ({ kind: "linear", step });
const log = (perDecade: number): Scale => ({ kind: "log", perDecade });

const OPERATION: readonly Slider[] = [
  { name: "supply", label: "Supply", scale: linear(0.01) },
  { name: "strobe", label: "Strobe", scale: log(40) },
  { name: "temperature", label: "Temperature", scale: linear(1) },
];
const AMPLIFIER: readonly Slider[] = [
  { name: "bitLineCapacitance", label: "Bit-line capacitance", scale: log(20) },
  { name: "mismatch", label: "Mismatch (×)", scale: linear(0.05) },
];
const SPREADS: readonly Slider[] = [
  { name: "lrsSpreadFactor", label: "Low spread (×)", scale: log(20) },
  { name: "hrsSpreadFactor", label: "High spread (×)", scale: log(20) },
  { name: "activationEnergyHrs", label: "High activation energy", scale: linear(0.01) },
];
const MEDIANS = [
  { name: "lrsMedianFactor", label: "Low resistance", of: "low" },
  { name: "hrsMedianFactor", label: "High resistance", of: "high" },
] as const;

const sliderIn =
  ({ values, onChange }: Pick<ReadControlsProps, "values" | "onChange">) =>
  ({ name, label, scale }: Slider) => (
    <QuantitySlider
      key={name}
      name={name}
      label={label}
      scale={scale}
      parameter={READ_PARAMETERS[name]}
      value={values[name]}
      onChange={(value) => onChange({ [name]: value })}
    />
  );

const choiceIn =
  ({ values, onChange }: Pick<ReadControlsProps, "values" | "onChange">) =>
  (name: "corner" | "technology" | "conduction", label: string) => (
    <ChoiceField<string>
      name={name}
      label={label}
      choices={READ_PARAMETERS[name].choices}
      value={values[name]}
      says={READ_PARAMETERS[name].source}
      onChange={(choice) => onChange({ [name]: choice })}
    />
  );

/** Where and when is read. */
export const OperatingPoint = ({
  values,
  medians,
  onChange,
}: Pick<ReadControlsProps, "values" | "medians" | "onChange">) => (
  <section class="controls operation" aria-label="Operating point">
    <h2>Operating point</h2>
    {OPERATION.map(sliderIn({ values, onChange }))}
    <div class="pair">
      {choiceIn({ values, onChange })("corner", "Corner")}
      {choiceIn({ values, onChange })("technology", "Technology")}
    </div>
    <p class="remarks" role="status" aria-label="Remarks">
      {remarksOn(values, medians).join(" ")}
    </p>
  </section>
);

/** What is read, and by what amplifier. */
export const CellsAndAmplifier = ({ values, medians, dropped, onChange, onFile }: ReadControlsProps) => {
  const picker = useRef<HTMLInputElement>(null);
  const slider = sliderIn({ values, onChange });
  const devices = [...Object.keys(RRAM_SETS), ...(dropped ? [dropped] : [])];
  return (
    <section class="controls cells" aria-label="Cells and amplifier">
      <h2>Cells</h2>
      <ChoiceField
        name="device"
        label="Device"
        choices={devices}
        value={values.device}
        says={READ_PARAMETERS.device.says}
        onChange={(device) => onChange({ device })}
      />
      <button type="button" class="quiet" onClick={() => picker.current?.click()}>
        Your own device: drop its .json here, or choose it
      </button>
      <input
        ref={picker}
        type="file"
        id="device-file"
        class="unseen"
        tabIndex={-1}
        accept=".json,.safetensors,.onnx"
        aria-label="File of a device"
        onChange={(event) => {
          const [file] = event.currentTarget.files ?? [];
          if (file) onFile(file);
          event.currentTarget.value = "";
        }}
      />
      {MEDIANS.map(({ name, label, of }) => (
        <QuantitySlider
          key={name}
          name={name}
          label={label}
          scale={log(20)}
          parameter={READ_PARAMETERS[name]}
          value={values[name]}
          base={medians[of]}
          unit="ohm"
          onChange={(value) => onChange({ [name]: value })}
        />
      ))}
      {SPREADS.map(slider)}
      {choiceIn({ values, onChange })("conduction", "Conduction")}
      <h2>Amplifier</h2>
      {AMPLIFIER.map(slider)}
    </section>
  );
};
