import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { inFolder } from "../run-rramlab.ts";

const { place, rramlab, json } = inFolder();

describe("rramlab spice", () => {
  test.each(["sense-amplifier", "sram-read", "ring-oscillator", "rc-ladder"])(
    "exports %s as a deck that it reads back",
    async (name) => {
      const { status, stdout } = await rramlab("spice", "export", name);
      expect(status).toBe(0);
      writeFileSync(join(place.folder, `${name}.cir`), stdout);
      const { ok, runs } = await json("spice", "run", `${name}.cir`);
      expect(ok).toBe(true);
      expect(runs[0].transient.times.length).toBe(1001);
    },
  );
  test("a deck of ours becomes one of subcircuits", async () => {
    writeFileSync(
      join(place.folder, "mine.cir"),
      "mine\n.model n rramlab_nmos vt0=0.4 n=1.3 kp=3e-4\nV1 d 0 1\nM1 d d 0 0 n w=1u l=0.2u\n.tran 1n 10n\n",
    );
    const { deck } = await json("spice", "export", "mine.cir");
    expect(deck).toMatch(/\.subckt rramlab_ekv_n d g s b/);
    expect(deck).not.toMatch(/\.model/);
  });
  test("tells line and word, with exit code 2", async () => {
    writeFileSync(join(place.folder, "bad.cir"), "bad\nL1 a 0 1n\n.op\n");
    expect(await rramlab("spice", "run", "bad.cir")).toMatchObject({
      status: 2,
      stderr: 'rramlab: bad.cir: line 2, "L1": outside the subset that is read (docs/spice.md)\n',
    });
    expect(await rramlab("spice", "export", "nothing")).toMatchObject({ status: 2 });
    expect((await rramlab("spice", "export", "rc-ladder", "--stop", "-1ns")).status).toBe(2);
  });
});

describe("the studies of circuits", () => {
  const table = (out: string): string[] =>
    readFileSync(join(place.folder, out, "results.csv"), "utf8")
      .trim()
      .split("\n");
  test("pvt maps points of corner, supply and temperature, with the same bytes for one and two workers", async () => {
    const grid = [
      "--grid",
      "corner=tt,ss",
      "--grid",
      "supply=1.0V",
      "--grid",
      "temperature=300.15K",
      "--set",
      "samples=40",
      "--trials",
      "2",
    ];
    for (const workers of ["1", "2"])
      expect((await rramlab("run", "pvt", ...grid, "--workers", workers, "--out", `pvt${workers}`)).status).toBe(0);
    expect(table("pvt1")).toEqual(table("pvt2"));
    expect(table("pvt1")).toHaveLength(3);
    expect(readFileSync(join(place.folder, "pvt1", "report.html"), "utf8")).toContain('"type":"heatmap"');
  });
  test("rare-errors gives a probability, and fails a point whose nominal read fails without losing the others", async () => {
    const { rows } = await json(
      "run",
      "rare-errors",
      "--set",
      "error=type2",
      "--set",
      "method=importance",
      "--grid",
      "strobe=50ps,2ns",
      "--set",
      "relativeError=0.2",
      "--trials",
      "2",
      "--out",
      "rare",
    );
    expect(rows).toHaveLength(2);
    const [impossible, rare] = rows;
    expect(impossible.probability_trials).toBe(0);
    expect(rare.probability).toBeGreaterThan(3e-7);
    expect(rare.probability).toBeLessThan(4e-6);
  });
  test("shared-amplifiers and the networks' studies read whole chips", async () => {
    const small = ["--set", "widths=784-8-10", "--set", "epochs=1", "--set", "seeds=1", "--trials", "1"];
    const shared = await json(
      "run",
      "shared-amplifiers",
      ...small,
      "--grid",
      "strobe=3ns",
      "--grid",
      "weights=ternary",
      "--out",
      "shared",
    );
    expect(shared.rows[0].chip).toBeGreaterThan(0.3);
    const at = await json(
      "run",
      "accuracy-versus-errors",
      ...small,
      "--set",
      "amplifiers=column per input",
      "--grid",
      "error=type2",
      "--grid",
      "rate=0.3",
      "--out",
      "rates",
    );
    expect(at.rows).toHaveLength(1);
    expect(
      (
        await rramlab(
          "run",
          "accuracy-versus-errors",
          ...small,
          "--set",
          "amplifiers=column per input",
          "--grid",
          "error=type1",
          "--grid",
          "rate=0.3",
        )
      ).status,
    ).toBe(2);
  });
});
