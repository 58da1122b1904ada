/** The smallest module with an instruction of SIMD in it: (func (result v128) i32.const 0, i8x16.splat, i8x16.popcnt). */
const SIMD = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11,
]);

/** What this browser lacks, in a sentence; null: nothing. */
export const missingOf = (): string | null => {
  const lacks = [
    typeof Worker === "undefined" && "web workers",
    (typeof WebAssembly === "undefined" || !WebAssembly.validate(SIMD)) && "WebAssembly with SIMD",
    typeof DecompressionStream === "undefined" && "decompression of streams",
  ].filter((lack): lack is string => lack !== false);
  return lacks.length === 0
    ? null
    : `The lab needs ${lacks.join(", ")}, which this browser does not have; Firefox, Chromium, Edge and Safari of 2023 and later do. The command line gives the same numbers: npx rramlab run sense-errors.`;
};

/** Fewest workers: while one counts, another answers. */
const FEWEST = 2;
/** More than that a page hardly profits from. */
const MOST = 16;

/** Workers for a machine of so many cores; undefined: the browser does not say. */
export const workersOf = (cores: number | undefined): number => Math.min(MOST, Math.max(FEWEST, cores ?? FEWEST));
