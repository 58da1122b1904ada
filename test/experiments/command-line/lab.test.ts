import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { inFolder, main, packageFolder } from "../run-rramlab.ts";

const { place, rramlab, json } = inFolder();
const page = readFileSync(join(packageFolder, "dist", "lab", "lab.html"), "utf8");

/** `rramlab lab` as a process of its own: its address, and how it ends on a signal. */
const serving = async (...args: string[]) => {
  const child = spawn(process.execPath, [main, "lab", "--json", ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const line = await new Promise<string>((resolve) => child.stdout.once("data", (bytes) => resolve(String(bytes))));
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  return {
    address: JSON.parse(line).address as string,
    stop: () => {
      child.kill("SIGINT");
      return ended;
    },
  };
};

describe("rramlab lab", () => {
  test("writes the page as one file, under 1 MB, that names no other", async () => {
    const { out, bytes } = await json("lab", "--out", "here/lab.html");
    expect(out).toBe("here/lab.html");
    const written = readFileSync(join(place.folder, out), "utf8");
    expect(written).toBe(page);
    expect(bytes).toBe(Buffer.byteLength(page));
    expect(bytes).toBeLessThan(1e6);
    expect(page).not.toMatch(/<(?:script|img|link)[^>]*(?:src|href)="(?!data:)/);
    expect(page).toContain("connect-src 'none'");
  });
  test("serves that page, to this machine alone, until it is stopped", async () => {
    const { address, stop } = await serving("--port", "0");
    expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    const answer = await fetch(address);
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
    expect(await answer.text()).toBe(page);
    expect((await fetch(`${address}package.json`)).status).toBe(404);
    expect((await fetch(address, { method: "POST" })).status).toBe(404);
    expect(await stop()).toBe(0);
  });
  test("tells a port that is taken, and takes another where none was asked for", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as AddressInfo;
    try {
      const { status, stderr } = await rramlab("lab", "--port", String(port));
      expect([status, stderr]).toEqual([
        2,
        expect.stringContaining(`--port ${port} is taken by another program; give another`),
      ]);
    } finally {
      other.close();
    }
    const first = await serving();
    const second = await serving();
    expect(second.address).not.toBe(first.address);
    expect([await first.stop(), await second.stop()]).toEqual([0, 0]);
  });
  test.each([
    [["--out", "lab.txt"], "--out lab.txt: expected a name that ends in .html"],
    [["--out", ""], "expected a name that ends in .html"],
    [["--port", "many"], "--port many: expected a number of a port"],
    [["--port", "70000"], "--port 70000: expected a number of a port"],
    [["--out", "lab.html", "--port", "80"], "one or the other"],
  ])("refuses %j, and writes nothing", async (args, says) => {
    const { status, stderr } = await rramlab("lab", ...args);
    expect([status, stderr]).toEqual([2, expect.stringContaining(says)]);
    expect(existsSync(join(place.folder, "lab.html"))).toBe(false);
  });
});
