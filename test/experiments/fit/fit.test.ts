import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { parseRram } from "#devices/index";
import { fold, normal, rootKey, uniform } from "#src/random/index";
import { inFolder } from "../run-rramlab.ts";

const { place, rramlab, json } = inFolder();
const key = rootKey("measured");

/** Forty devices, ten cycles each: LRS lognormal, HRS with a tail of one in ten. */
const rows = (scale = 1): string[] =>
  Array.from({ length: 400 }, (_, i) => {
    const device = Math.floor(i / 10);
    const draw = (what: string, index: number): number => normal(fold(key, what), index);
    const low = 8000 * Math.exp(0.1 * draw("low device", device) + 0.15 * draw("low", i));
    const tail = uniform(fold(key, "tail"), i) < 0.1 ? Math.log(0.15) : 0;
    const high = 350e3 * Math.exp(tail + 0.15 * draw("high device", device) + 0.2 * draw("high", i));
    return [`LRS,55uA,d${device},${low * scale}`, `HRS,55uA,d${device},${high * scale}`];
  }).flat();
const write = (name: string, header: string, lines: readonly string[]): string => {
  writeFileSync(join(place.folder, name), `${[header, ...lines].join("\n")}\n`);
  return name;
};

describe("rramlab fit", () => {
  test("finds the statistics that the resistances were drawn with, and writes a device that experiments take", async () => {
    const file = write("measured.csv", "state,condition,device,resistance (kohm)", rows(1e-3));
    const { out, device, fits, notes } = await json("fit", file);
    expect(out).toBe("measured.json");
    expect(fits.lrs.chosen).toBe("lognormal");
    expect(fits.hrs.chosen).toBe("two lognormals");
    expect(Math.abs(device.lrs.medianResistance / 8000 - 1)).toBeLessThan(0.05);
    const { deviceToDevice, cycleToCycle } = device.lrs.spread;
    expect(Math.abs(deviceToDevice - 0.1)).toBeLessThan(0.03);
    expect(Math.abs(cycleToCycle - 0.15)).toBeLessThan(0.015);
    const [minor] = device.hrs.shape.components;
    expect(Math.abs(minor.share - 0.1)).toBeLessThan(0.04);
    expect(fits.hrs.families.lognormal.goodness.probability).toBeLessThan(0.01);
    expect(fits.hrs.families["two lognormals"].goodness.probability).toBeGreaterThan(0.02);
    expect(notes.join(" ")).toContain("Share of the variance of ln R between devices");
    expect(parseRram(JSON.parse(readFileSync(join(place.folder, out), "utf8")), out)).toEqual(device);
    const run = async (name: string) =>
      (await json("run", name, "--device", out, "--trials", "20", "--out", `run-${name}`)).rows[0];
    expect((await run("memory-error-rate")).differential_trials).toBeGreaterThan(1000);
    expect((await run("sense-errors")).type3_trials).toBe(20);
    expect(readFileSync(join(place.folder, "run-sense-errors", "report.html"), "utf8")).toContain("measured");
    const report = readFileSync(join(place.folder, "measured.html"), "utf8");
    expect(report).toContain("QQ figure");
  });
  test("takes the unit from the header however it is written, and conductance too", async () => {
    const base = (
      await json("fit", write("ohm.csv", "state,condition,device,ohm", rows().slice(0, 160)), "--family", "lognormal")
    ).device;
    for (const [header, scale] of [
      ["R_kohm", 1e-3],
      ["resistance [M\u03a9]", 1e-6],
      ["kohm", 1e-3],
    ] as const) {
      const { device } = await json(
        "fit",
        write("unit.csv", `state,condition,device,${header}`, rows(scale).slice(0, 160)),
        "--family",
        "lognormal",
      );
      expect(device.hrs.medianResistance / base.hrs.medianResistance).toBeCloseTo(1, 9);
    }
    const inverse = rows()
      .slice(0, 160)
      .map((line) => line.replace(/[^,]+$/, (r) => String(1e6 / Number(r))));
    const { device } = await json(
      "fit",
      write("us.csv", "state,condition,device,conductance (uS)", inverse),
      "--family",
      "lognormal",
    );
    expect(device.lrs.medianResistance / base.lrs.medianResistance).toBeCloseTo(1, 9);
  });
  test("reads semicolons with decimal commas, tabs, byte-order marks and Windows line ends", async () => {
    const lines = rows(1e-3).slice(0, 160);
    const base = (
      await json("fit", write("plain-1.csv", "state,condition,device,kohm", lines), "--family", "lognormal")
    ).device;
    const variants = {
      semicolon: ["state;condition;device;kohm", ...lines.map((l) => l.replaceAll(",", ";").replace(".", ","))].join(
        "\n",
      ),
      tab:
        ["state", "condition", "device", "kohm"].join("\t") + lines.map((l) => `\n${l.replaceAll(",", "\t")}`).join(""),
      windows: `\ufeffstate,condition,device,kohm\r\n${lines.map((l) => l.replace("LRS", '"LRS"')).join("\r\n")}\r\n`,
    };
    for (const [name, text] of Object.entries(variants)) {
      writeFileSync(join(place.folder, `${name}.csv`), text);
      const { device } = await json("fit", `${name}.csv`, "--family", "lognormal");
      expect(device.lrs.medianResistance).toBeCloseTo(base.lrs.medianResistance, 6);
    }
  });
  test("fits a sample of very many values, and says so", async () => {
    const lines = Array.from(
      { length: 24_000 },
      (_, i) => `${i % 2 ? "LRS" : "HRS"},${(i % 2 ? 8e3 : 4e5) * Math.exp(0.3 * normal(key, i))}`,
    );
    const { fits, notes } = await json("fit", write("large.csv", "state,ohm", lines));
    expect(fits.lrs.count).toBe(10_000);
    expect(notes.join(" ")).toContain("Of 12000 values of LRS 10000, drawn by the seed, were fitted");
  });
  test("does not depend on the order of the rows", async () => {
    const forward = (
      await json("fit", write("a.csv", "state,condition,device,ohm", rows().slice(0, 160)), "--name", "x")
    ).fits;
    const backward = (
      await json("fit", write("b.csv", "state,condition,device,ohm", rows().slice(0, 160).reverse()), "--name", "x")
    ).fits;
    expect(backward).toEqual(forward);
  });
  test("takes no family but the lognormal for a few lognormal values", async () => {
    const lines = Array.from({ length: 20 }, (_, i) => [
      `LRS,${8000 * Math.exp(0.3 * normal(fold(key, "few low"), i))}`,
      `HRS,${400e3 * Math.exp(0.6 * normal(fold(key, "few high"), i))}`,
    ]).flat();
    for (const count of [16, 20, 30, 40]) {
      const { fits } = await json("fit", write("few-values.csv", "state,ohm", lines.slice(0, count)));
      expect([fits.lrs.chosen, fits.hrs.chosen]).toEqual(["lognormal", "lognormal"]);
    }
  });
  test("assumes how the spread is shared where no device is named, and says so", async () => {
    const lines = rows()
      .slice(0, 160)
      .map((line) => line.replace(/d\d+,/, ""));
    const { device, notes } = await json(
      "fit",
      write("plain.csv", "state,condition,ohm", lines),
      "--family",
      "lognormal",
    );
    expect(device.lrs.spread.deviceToDevice).toBeCloseTo(device.lrs.spread.cycleToCycle, 12);
    expect(notes.join(" ")).toContain("assumed, half and half");
  });
  test("names what is wrong by file, row and column, counts it, and writes nothing", async () => {
    const good = rows();
    const refused = async (
      name: string,
      header: string,
      lines: readonly string[],
      ...words: string[]
    ): Promise<void> => {
      const { status, stderr } = await rramlab("fit", write(name, header, lines), "--out", `${name}.json`);
      expect(status).toBe(2);
      for (const word of words) expect(stderr).toContain(word);
      expect(() => readFileSync(join(place.folder, `${name}.json`))).toThrow();
    };
    const header = "state,condition,device,ohm";
    await refused(
      "u.csv",
      "state,condition,device,resistance",
      good,
      "u.csv, row 1",
      "no column says that it is a resistance",
    );
    await refused("v.csv", "state,condition,device,V", good, "no column says that it is a resistance");
    await refused("s.csv", "condition,device,ohm", good, 'no column "state"');
    await refused("d.csv", "state,condition,ohm,kohm", good, "both carry a unit");
    await refused(
      "z.csv",
      header,
      [...good, "LRS,55uA,d1,0", "HRS,55uA,d1,-3"],
      "2 of 802 rows",
      'row 802, column "ohm": 0 is not above 0',
      "row 803",
      "-3 is not",
    );
    await refused("t.csv", header, ["LRS,55uA,d1,open", ...good], 'row 2, column "ohm": "open" is no number');
    await refused(
      "n.csv",
      header,
      ["LRS,55uA,d1,NaN", "LRS,55uA,d1,", ...good],
      '"NaN" is no number',
      '"" is no number',
    );
    await refused("m.csv", header, ["LRS?,55uA,d1,8000", ...good], '"LRS?" is neither LRS nor HRS');
    await refused("f.csv", header, ["LRS,55uA,8000", ...good], "row 2", "3 fields");
    await refused("c.csv", header, [...good, "LRS,20uA,d1,8000"], "2 conditions", '"55uA" (800)', "--condition");
    await refused(
      "x.csv",
      header,
      good.map((l) => (l.startsWith("L") ? `H${l.slice(1)}` : `L${l.slice(1)}`)).map((l) => l.replace(/^H(RS)/, "H$1")),
      "not below that of HRS",
      "exchanged",
    );
    await refused("few.csv", header, good.slice(0, 10), "at least 8 of each");
    await refused(
      "equal.csv",
      header,
      good.map((l) => l.replace(/^LRS.*/, "LRS,55uA,d1,8000")),
      "all equal",
    );
    await refused("empty.csv", header, [], "no rows");
    expect((await rramlab("fit", "nowhere.csv")).stderr).toContain("ENOENT");
    expect((await rramlab("fit", "c.csv", "--condition", "10uA")).stderr).toContain('no condition "10uA"');
  });
  test("leaves bad rows out where asked, and tells which; doubts labels that look mixed up", async () => {
    const lines = [...rows(), "LRS,55uA,d1,0", "LRS,55uA,d2,345000"];
    const { notes } = await json(
      "fit",
      write("bad.csv", "state,condition,device,ohm", lines),
      "--skip-bad",
      "--family",
      "lognormal",
    );
    expect(notes.join(" ")).toContain("1 rows were left out: row 802");
    expect(notes.join(" ")).toContain("row 803, LRS 3.45e+5 ohm");
  });
});
