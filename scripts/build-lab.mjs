// Builds the lab to one file, BUILT/lab/lab.html: page and worker by esbuild from their sources, digits and networks packed beside them.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { deflateRawSync } from "node:zlib";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../", import.meta.url));
/** Where the lab lies in a built folder. */
export const LAB = join("lab", "lab.html");

const bundled = async (entry) => {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    minify: true,
    format: "iife",
    platform: "browser",
    target: ["chrome116", "firefox116", "safari16.4"],
    conditions: ["source"],
    legalComments: "none",
    write: false,
    logLevel: "silent",
  });
  return outputFiles[0].text;
};

const packed = (name, bytes) =>
  `<script type="text/plain" id="${name}">${deflateRawSync(bytes, { level: 9 }).toString("base64")}</script>`;

/**
 * Digits that the shipped networks were tested on, by the program's own reader, bundled since the program is not in its place yet; nothing
 * where npm's optional package is not there.
 */
const digits = async () => {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ["experiments/files/load-data-set.ts"],
    bundle: true,
    format: "esm",
    platform: "node",
    conditions: ["source"],
    // Packages are found from here, wherever the bundle is.
    define: { "import.meta.url": JSON.stringify(import.meta.url) },
    write: false,
    logLevel: "silent",
  });
  const reader = Buffer.from(outputFiles[0].contents).toString("base64");
  const { loadDataSet } = await import(`data:text/javascript;base64,${reader}`);
  try {
    const { images, labels } = loadDataSet("mnist-10k").test;
    return [packed("digits", images), packed("labels", labels)];
  } catch {
    return [];
  }
};

const networks = () =>
  ["binary", "ternary"].map((kind) => packed(kind, readFileSync(join(root, "models", `digits-${kind}.safetensors`))));

// A script ends where its element does: no text of ours may hold its end.
const inElement = (script) => script.replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--");

/** @param built Folder that holds the built program, and is given the lab. */
export const buildLab = async (built) => {
  const [page, worker] = await Promise.all([bundled("lab/main.tsx"), bundled("lab/work/worker.ts")]);
  const parts = {
    style: readFileSync(join(root, "lab", "page", "page.css"), "utf8"),
    packed: [packed("worker", worker), ...(await digits()), ...networks()].join("\n"),
    script: inElement(page),
  };
  const html = readFileSync(join(root, "lab", "page", "page.html"), "utf8").replace(
    /{{(\w+)}}/g,
    (_, name) => parts[name],
  );
  mkdirSync(join(built, "lab"), { recursive: true });
  writeFileSync(join(built, LAB), html);
};
