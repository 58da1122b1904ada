/** How the trials of varied parameters are spread: independent draws, or sequences that fill their space evenly. */
export const SAMPLINGS = ["independent", "latin hypercube", "sobol"] as const;
export type Sampling = (typeof SAMPLINGS)[number];
