// npm run bench -- NAME: a table and, as the last line, { name, unit, ours, peer, ratio, runs, conditions } as JSON.
const names = [
  "gemm",
  "popcount",
  "errors",
  "transient",
  "crossbar",
  "analog",
  "conv",
  "ep",
  "spiking",
  "threads",
  "workers",
  "lab",
];
const name = process.argv[2];
if (!names.includes(name)) {
  console.error(`npm run bench -- NAME; names: ${names.join(", ")}`);
  process.exit(2);
}
const { default: bench } = await import(`./${name}.mjs`);
console.log(JSON.stringify(await bench()));
