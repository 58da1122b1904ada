import { measured, words } from "../controls/words.ts";
import type { ReadValues } from "../state/lab-parameters.ts";
import type { Waveforms } from "../work/task.ts";
import { nominalAt, type WeightName } from "./nominal-at.ts";

/** Without a minus before nothing. */
const voltsText = (voltage: number): string => (Math.abs(voltage) < 0.005 ? 0 : voltage).toFixed(2);

const WIRE = { stroke: "var(--ink)", "stroke-width": 1.6, fill: "none" } as const;
const TEXT = { fill: "var(--ink)", "font-size": 14 } as const;
const SOFT = { fill: "var(--muted)", "font-size": 12.5 } as const;

/** A transistor on a vertical wire, its gate on the left or on the right, a circle at it where it is a pMOS. */
const Transistor = ({ x, y, gate, p = false }: { x: number; y: number; gate: "left" | "right"; p?: boolean }) => {
  const s = gate === "left" ? -1 : 1;
  const lead = p ? 13 : 8;
  return (
    <g {...WIRE}>
      <path d={`M${x} ${y - 26} V${y - 12} H${x + 5 * s} M${x} ${y + 26} V${y + 12} H${x + 5 * s}`} />
      <path d={`M${x + 5 * s} ${y - 14} V${y + 14}`} stroke-width="2.4" />
      <path d={`M${x + 9 * s} ${y - 11} V${y + 11} M${x + lead * s + (p ? 0 : s)} ${y} H${x + 24 * s}`} />
      {p && <circle cx={x + 11.5 * s} cy={y} r="2.6" fill="var(--ground)" />}
    </g>
  );
};

const Resistor = ({ x, y, low }: { x: number; y: number; low: boolean }) => (
  <g>
    <path {...WIRE} d={`M${x} ${y - 26} V${y - 16} M${x} ${y + 16} V${y + 26}`} />
    <rect
      x={x - 9}
      y={y - 16}
      width="18"
      height="32"
      rx="2"
      stroke="var(--ink)"
      stroke-width="1.6"
      fill={low ? "var(--low)" : "var(--high)"}
    />
  </g>
);

const Capacitor = ({ x, y, side }: { x: number; y: number; side: "left" | "right" }) => {
  const s = side === "left" ? -1 : 1;
  return (
    <path
      {...WIRE}
      d={`M${x} ${y} H${x + 34 * s} V${y + 10} M${x + 24 * s} ${y + 10} H${x + 44 * s} M${x + 24 * s} ${y + 15} H${x + 44 * s} M${x + 34 * s} ${y + 15} V${y + 24} M${x + 27 * s} ${y + 24} H${x + 41 * s}`}
    />
  );
};

/** A node as a dot, the fuller the nearer to the supply, with its voltage. */
const NodeAt = (props: {
  x: number;
  y: number;
  name: string;
  voltage: number;
  supply: number;
  side: "left" | "right";
  below?: boolean;
}) => {
  const { x, y, name, voltage, supply, side, below = false } = props;
  const share = Math.min(1, Math.max(0, voltage / supply));
  return (
    <g>
      <circle cx={x} cy={y} r="6" fill="var(--ground)" stroke="var(--ink)" stroke-width="1.4" />
      <circle cx={x} cy={y} r="5" fill="var(--accent)" fill-opacity={Number.isFinite(share) ? share : 0} />
      <text
        {...TEXT}
        x={x + (side === "left" ? -12 : 12)}
        y={below ? y + 19 : y - 7}
        text-anchor={side === "left" ? "end" : "start"}
      >
        {name}
        <tspan {...SOFT} dx="4">
          {Number.isFinite(voltage) ? `${voltsText(voltage)} V` : ""}
        </tspan>
      </text>
    </g>
  );
};

const [L, R, MIDDLE] = [150, 330, 240];

interface SchematicProps {
  readonly values: ReadValues;
  readonly weight: WeightName;
  readonly waveforms: Waveforms | null;
  /** Whether the waveforms are of these values. */
  readonly isFresh: boolean;
}

const STATES: Readonly<Record<WeightName, readonly [boolean, boolean]>> = {
  "+1": [true, false],
  "-1": [false, true],
  "0": [false, false],
};

/** The cell and its amplifier, with the voltages of the nominal read at the strobe. */
export const Schematic = ({ values, weight, waveforms, isFresh }: SchematicProps) => {
  const { supply, strobe, bitLineCapacitance } = values;
  const at = waveforms ? nominalAt(waveforms, weight, strobe) : {};
  const v = (node: string): number => at[node] ?? Number.NaN;
  const [low, high] = waveforms?.medians ?? [Number.NaN, Number.NaN];
  const [leftLow, rightLow] = STATES[weight];
  const ohm = (isLow: boolean): string => measured(isLow ? low : high, "ohm");
  const said = `Cell that holds ${weight} and its amplifier at the strobe: Q ${voltsText(v("q"))} V, Qb ${voltsText(v("qb"))} V`;
  return (
    <svg viewBox="24 0 432 438" role="img" aria-label={said} class={`schematic ${isFresh ? "" : "stale"}`}>
      <path {...WIRE} d={`M60 24 H420`} stroke-width="2.4" />
      <text {...TEXT} x={MIDDLE} y="17" text-anchor="middle">
        {`supply ${words(supply, "V")}`}
      </text>
      <path {...WIRE} d={`M${L - 70} 24 V34 M${L} 24 V34 M${R} 24 V34 M${R + 70} 24 V34`} />
      <Transistor x={L - 70} y={60} gate="left" p />
      <Transistor x={L} y={60} gate="right" p />
      <Transistor x={R} y={60} gate="left" p />
      <Transistor x={R + 70} y={60} gate="right" p />
      <text {...SOFT} x={L - 98} y="64" text-anchor="end">
        SEN
      </text>
      <text {...SOFT} x={R + 98} y="64">
        SEN
      </text>
      <path {...WIRE} d={`M${L - 70} 86 V110 H${L} M${L} 86 V134 M${R + 70} 86 V110 H${R} M${R} 86 V134`} />
      <Transistor x={L} y={160} gate="right" />
      <Transistor x={R} y={160} gate="left" />
      <path
        {...WIRE}
        d={`M${L + 24} 60 H${L + 40} V160 H${L + 24} M${R - 24} 60 H${R - 40} V160 H${R - 24} M${L} 110 L${L + 34} 110 M${R} 110 L${R - 34} 110`}
      />
      <path {...WIRE} d={`M${L + 34} 110 L${R - 40} 128 M${R - 34} 110 L${L + 40} 128`} />
      <NodeAt x={L} y={110} name="Q" voltage={v("q")} supply={supply} side="left" below />
      <NodeAt x={R} y={110} name="Qb" voltage={v("qb")} supply={supply} side="right" below />
      <path {...WIRE} d={`M${L} 186 V222 M${R} 186 V222`} />
      <Capacitor x={L} y={204} side="left" />
      <Capacitor x={R} y={204} side="right" />
      <text {...SOFT} x={L - 50} y="222" text-anchor="end">
        {words(bitLineCapacitance, "F")}
      </text>
      <text {...SOFT} x={R + 50} y="222">
        {words(bitLineCapacitance, "F")}
      </text>
      <NodeAt x={L} y={204} name="BL" voltage={v("bl")} supply={supply} side="left" />
      <NodeAt x={R} y={204} name="BLb" voltage={v("blb")} supply={supply} side="right" />
      <Resistor x={L} y={248} low={leftLow} />
      <Resistor x={R} y={248} low={rightLow} />
      <text {...TEXT} x={L - 18} y="252" text-anchor="end">
        {ohm(leftLow)}
      </text>
      <text {...TEXT} x={R + 18} y="252">
        {ohm(rightLow)}
      </text>
      <text {...SOFT} x={MIDDLE} y="244" text-anchor="middle">
        {`cell: ${weight}`}
      </text>
      <text {...SOFT} x={MIDDLE} y="259" text-anchor="middle">
        {`${leftLow ? "low" : "high"} | ${rightLow ? "low" : "high"}`}
      </text>
      <Transistor x={L} y={300} gate="right" />
      <Transistor x={R} y={300} gate="left" />
      <path {...WIRE} d={`M${L + 24} 300 H${R - 24}`} />
      <text {...SOFT} x={MIDDLE} y="295" text-anchor="middle">
        {`word line ${words(supply, "V")}`}
      </text>
      <path {...WIRE} d={`M${L} 326 V346 H${R} V326 M${MIDDLE} 346 V358`} />
      <NodeAt x={MIDDLE} y={346} name="SL" voltage={v("sl")} supply={supply} side="right" />
      <Transistor x={MIDDLE} y={384} gate="left" />
      <text {...SOFT} x={MIDDLE - 30} y="388" text-anchor="end">
        SEN
      </text>
      <path {...WIRE} d={`M${MIDDLE} 410 V420 M${MIDDLE - 12} 420 H${MIDDLE + 12} M${MIDDLE - 6} 425 H${MIDDLE + 6}`} />
    </svg>
  );
};
