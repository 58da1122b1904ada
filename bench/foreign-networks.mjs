// Networks of others, image by image, and what an import takes: every NAME.onnx of a folder beside which NAME.golden.json says what the
// test images are taken for. node bench/foreign-networks.mjs NETWORKS MNIST
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exportOnnx, fold, normal, rootKey, summariesText } from "rramlab";
import { conditions } from "./measure.mjs";

const [networks, data] = process.argv.slice(2);
const program = join(import.meta.dirname, "..", "dist", "experiments", "command-line", "main.js");
const place = mkdtempSync(join(tmpdir(), "rramlab-networks-"));

const names = readdirSync(networks).flatMap((file) =>
  file.endsWith(".golden.json") ? [file.slice(0, -".golden.json".length)] : [],
);
const rows = names.sort().map((name) => {
  const csv = join(place, "predictions.csv");
  const args = ["evaluate", join(networks, `${name}.onnx`), "--data", data, "--predictions", csv, "--json"];
  const { stdout, stderr, status } = spawnSync(process.execPath, [program, ...args], { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  const { right, images, imported } = JSON.parse(stdout);
  const golden = JSON.parse(readFileSync(join(networks, `${name}.golden.json`), "utf8"));
  const predicted = readFileSync(csv, "utf8")
    .trim()
    .split("\n")
    .slice(1)
    .map((row) => row.split(",")[2]);
  const otherwise = predicted.filter((p, k) => p !== golden.predictions[k]).length;
  const [, difference] = /differ by (\S+) at most/.exec(imported);
  return [name, String(right), String(golden.right), `${otherwise} of ${images}`, difference];
});

// A float perceptron of 2.6 million weights: its file, and reading it in a process of its own.
const widths = [784, 2048, 512, 10];
const layers = widths.slice(1).map((outputs, l) => ({
  name: `dense${l + 1}`,
  kind: "dense",
  outputs,
  weights: { kind: "float" },
  scale: "none",
}));
const key = rootKey("bench foreign networks");
const tensors = Object.fromEntries(
  layers.map(({ name, outputs }, l) => {
    const own = fold(key, name);
    return [`${name}.weight`, Float32Array.from({ length: outputs * widths[l] }, (_, k) => 0.02 * normal(own, k))];
  }),
);
const input = { shape: { channels: 784, height: 1, width: 1 }, scale: 1 / 255, offset: 0, quantizer: null };
const large = join(place, "large.onnx");
const bytes = exportOnnx({ input, layers, tensors }, "bench");
writeFileSync(large, bytes);
const script = `
  import { readFileSync } from "node:fs";
  import { importOnnx, parsePixels } from "rramlab";
  const idle = process.memoryUsage().rss;
  const file = readFileSync(process.argv[1]);
  const before = process.cpuUsage();
  importOnnx(file, parsePixels("0..1"), "large");
  const { user, system } = process.cpuUsage(before);
  console.log(JSON.stringify([(user + system) / 1e6, (process.resourceUsage().maxRSS * 1024 - idle) / 2 ** 20]));
`;
const runs = Array.from({ length: 5 }, () => {
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", script, large], {
    cwd: join(import.meta.dirname, ".."),
    encoding: "utf8",
  });
  if (!stdout) throw new Error(stderr);
  return JSON.parse(stdout);
});
const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
rmSync(place, { recursive: true });

console.log(
  summariesText([
    {
      title: "Networks of others on the official MNIST test images",
      columns: ["network", "right", "by its maker", "otherwise", "largest difference"],
      rows,
      notes: [
        "By its maker: in the framework that trained it, or an executor of its graph. Otherwise: images that are taken for another class here. Largest difference: of an output, on four drawn images, node by node and through the layers.",
      ],
    },
  ]),
);
console.log(
  `\nA float perceptron ${widths.join("-")} as ONNX, ${(bytes.length / 1e6).toFixed(1)} MB, read and compared: ${median(runs.map(([s]) => s)).toFixed(2)} s of CPU, ${median(runs.map(([, m]) => m)).toFixed(0)} MiB above the idle program (medians of five)`,
);
console.log(conditions());
