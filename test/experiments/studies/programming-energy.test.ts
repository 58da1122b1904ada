import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { errorsAfterCorrection } from "#circuits/index";
import { defaultsOf } from "#src/montecarlo/parameter";
import { fold, rootKey, uniform } from "#src/random/index";
import { programmedFilaments } from "../../../experiments/studies/chips/programmed-filaments.ts";
import { afterSecded } from "../../../experiments/studies/chips/programming-energy.ts";
import { PARAMETERS, type Params } from "../../../experiments/studies/chips/programming-energy-parameters.ts";
import { inFolder } from "../run-rramlab.ts";

const KEY = rootKey("programming energy");
const params = (over: Partial<Params>): Params => ({ ...(defaultsOf(PARAMETERS) as Params), cells: 20, ...over });
const programmed = (over: Partial<Params>) => {
  const found = programmedFilaments(params(over), KEY);
  if ("failed" in found || !found.programming) throw new Error("nothing is stored");
  return { ...found, programming: found.programming };
};

describe("words of SECDED(8,4)", () => {
  test.each([0.02, 0.2])("keep as many wrong bits as words that are drawn do, at a rate of %d", (rate) => {
    const bits = 80_000;
    const wrong = Uint8Array.from({ length: bits }, (_, i) => (uniform(fold(KEY, `${rate}`), i) < rate ? 1 : 0));
    const left = errorsAfterCorrection(wrong, 8);
    // Wrong bits come together: the variance of their count is some four times that of independent ones at most.
    expect(Math.abs(left - bits * afterSecded(rate))).toBeLessThan(4 * Math.sqrt(4 * bits * afterSecded(rate)));
  });
});

describe("filaments that pulses program", () => {
  test("take more energy and have a lower resistance where the gate lets more current through", () => {
    const [weak, strong] = [0.85, 1.1].map((setGate) => programmed({ setGate }));
    expect(strong.programming.setEnergy).toBeGreaterThan(2 * weak.programming.setEnergy);
    expect(strong.lrs.medianResistance).toBeLessThan(weak.lrs.medianResistance / 2);
    // The SET pulse's current is the transistor's: as long again, as much energy again.
    const short = programmed({ setGate: 1.1, pulseWidth: 0.5e-6 });
    expect(strong.programming.setEnergy / short.programming.setEnergy).toBeCloseTo(2, 1);
  });
  test("have a wider window where RESET is stronger", () => {
    const [weak, strong] = [2, 2.6].map((resetVoltage) => programmed({ setGate: 1, resetVoltage }));
    expect(strong.hrs.medianResistance).toBeGreaterThan(1.5 * weak.hrs.medianResistance);
    expect(strong.lrs).toEqual(weak.lrs);
  });
  test("are all alike where cells do not differ", () => {
    const { lrs, hrs } = programmed({ logCurrent: 0, barrier: 0 });
    expect([lrs.spread.deviceToDevice, hrs.spread.deviceToDevice]).toEqual([0, 0]);
  });
  test("store nothing where SET is too weak, and it is said", () => {
    expect(programmedFilaments(params({ setGate: 0.3 }), KEY)).toEqual({
      failed: expect.stringMatching(/nothing is stored/),
    });
  });
});

describe("programming conditions of a table", () => {
  const { place, rramlab } = inFolder();
  const at = (...names: string[]): string => join(place.folder, ...names);
  const HEAD =
    "condition,set energy (pJ),reset energy (pJ),low median (kohm),low spread,high median (kohm),high spread";
  test("become devices that the study takes, with the table's numbers", async () => {
    writeFileSync(at("table.csv"), `${HEAD}\nweak,20,15,30,0.35,120,0.8\nstrong,150,0.14 nJ,4,0.2,0.3 Mohm,0.9\n`);
    expect(await rramlab("conditions", "table.csv", "--out", "made")).toMatchObject({ status: 0 });
    const strong = JSON.parse(readFileSync(at("made", "strong.json"), "utf8"));
    expect(strong).toMatchObject({ lrs: { medianResistance: 4000 }, hrs: { medianResistance: 300_000 } });
    expect(strong.programming.setEnergy).toBeCloseTo(150e-12, 20);
    expect(strong.programming.resetEnergy).toBeCloseTo(140e-12, 20);
    const args = [
      "--quick",
      "--set",
      "conditions=device",
      "--grid",
      "device=made/weak.json,made/strong.json",
      "--set",
      "samples=50",
    ];
    const { status, stdout } = await rramlab("run", "programming-energy", ...args, "--trials", "2", "--out", "run");
    expect([status, stdout]).toEqual([0, expect.stringMatching(/strong +150 +140/)]);
  });
  test("are refused where columns, numbers or names are missing, and nothing is written", async () => {
    for (const [text, said] of [
      [
        `${HEAD.replace("low median", "low")}\nweak,20,15,30,0.35,120,0.8\n`,
        /no column "low median"; there are "condition"/,
      ],
      [`${HEAD}\nweak,20,-15,30,0.35,120,0.8\n`, /row 2, column "reset energy": -15 is not above 0/],
      [`${HEAD}\nweak,20,,30,0.35,120,0.8\n`, /row 2, column "reset energy"/],
      [`${HEAD}\nweak,20,15,130,0.35,120,0.8\n`, /lrs.medianResistance 130000 ohm is not below/],
      [`${HEAD.replace(/ \(pJ\)/g, "")}\nweak,20,15,30,0.35,120,0.8\n`, /"set energy": 20 has no unit|has no unit/],
      [`${HEAD}\na/b,20,15,30,0.35,120,0.8\n`, /row 2: condition "a\/b"; expected a name/],
      [`${HEAD}\na,20,15,30,0.35,120,0.8\na,20,15,30,0.35,120,0.8\n`, /row 3: condition "a" stands there twice/],
    ] as const) {
      writeFileSync(at("bad.csv"), text);
      const { status, stderr } = await rramlab("conditions", "bad.csv", "--out", "none");
      expect([text, status, stderr]).toEqual([text, 2, expect.stringMatching(said)]);
    }
    expect(existsSync(at("none"))).toBe(false);
    const { status, stderr } = await rramlab("run", "programming-energy", "--set", "conditions=device");
    expect([status, stderr]).toEqual([2, expect.stringMatching(/does not say what programming it takes/)]);
  });
});
