import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { addressOf, holdsDevice, stateOf } from "../../lab/state/address.ts";
import { type LabState, PAGE_PARAMETERS, READ_PARAMETERS, START } from "../../lab/state/lab-parameters.ts";

const at = (read: Partial<LabState["read"]>, page: Partial<LabState["page"]> = {}): LabState => ({
  ...START,
  read: { ...START.read, ...read },
  page: { ...START.page, ...page },
});

describe("the state in the address", () => {
  test("is nothing at the start", () => {
    expect(addressOf(START)).toBe("");
    expect(stateOf("")).toEqual({ state: START, faults: [] });
  });
  test("comes back as it was, every digit of it", () => {
    const { supply, strobe } = READ_PARAMETERS;
    const within = ({ min, max }: { min: number; max: number }) => fc.double({ min, max, noNaN: true });
    fc.assert(
      fc.property(
        within(supply),
        within(strobe),
        fc.constantFrom(...READ_PARAMETERS.corner.choices),
        fc.constantFrom(...PAGE_PARAMETERS.map.choices),
        fc.string({ unit: "binary", maxLength: 40 }),
        (volts, seconds, corner, map, seed) => {
          const state = at({ supply: volts, strobe: seconds, corner }, { map, seed });
          expect(stateOf(`#${addressOf(state)}`)).toEqual({ state, faults: [] });
        },
      ),
    );
  });
  test("tells what of a link cannot be, and is as at the start there", () => {
    const { state, faults } = stateOf("#supply=9&corner=xx&strobe=soon&nonsense=1&device=mine&temperature=&weight=0");
    expect(faults).toEqual([
      "supply: 9 V is outside 0.3 .. 1.5 V; 0.9 is used",
      'corner: "xx" is not one of tt, ss, ff, sf, fs; tt is used',
      'strobe: "soon" is no number; 3e-9 is used'.replace("3e-9", String(START.read.strobe)),
      '"nonsense" is nothing that can be set here',
      'temperature: "" is no number; 300.15 is used',
      'device: "mine" is not one of strong, reference, weak, measured-a, measured-c; drop its file here',
    ]);
    expect(state).toEqual(at({}, { weight: "0" }));
  });
  test.each([
    "#constructor=1",
    "#__proto__=x",
    "#toString=1",
    "#%",
    "#=&=&&",
    "#deviceFile={",
    "#deviceFile=7",
    "#a=%E0%A4%A",
  ])("takes the nonsense %s without a fault of its own", (address) => {
    const { state, faults } = stateOf(address);
    expect(state).toEqual(START);
    expect(faults.length).toBeLessThanOrEqual(2);
  });
  test("holds a dropped device, unless it is too large for a link", () => {
    const device = { file: "mine.json", record: { name: "mine" } };
    const state = { ...at({ device: "mine.json" }), device };
    expect(stateOf(`#${addressOf(state)}`)).toEqual({ state, faults: [] });
    const large = { ...state, device: { file: "mine.json", record: "x".repeat(10_000) } };
    expect([holdsDevice(state), holdsDevice(large)]).toEqual([true, false]);
    expect(stateOf(`#${addressOf(large)}`)).toEqual({ state: START, faults: [] });
  });
});
