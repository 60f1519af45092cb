/** A fast Fourier transform of one size, in place; the tables are made once. */
export class Fourier {
  readonly #size: number;
  readonly #reversed: Uint32Array;
  readonly #cos: Float64Array;
  readonly #sin: Float64Array;

  /** @param size a power of two. */
  constructor(size: number) {
    this.#size = size;
    const bits = Math.log2(size);
    if (!Number.isInteger(bits)) throw new RangeError(`A Fourier size must be a power of two, not ${size}`);
    this.#reversed = Uint32Array.from({ length: size }, (_, i) => {
      let out = 0;
      for (let bit = 0; bit < bits; bit++) out |= ((i >> bit) & 1) << (bits - 1 - bit);
      return out;
    });
    this.#cos = Float64Array.from({ length: size / 2 }, (_, i) => Math.cos((2 * Math.PI * i) / size));
    this.#sin = Float64Array.from({ length: size / 2 }, (_, i) => Math.sin((2 * Math.PI * i) / size));
  }

  forward(real: Float64Array, imaginary: Float64Array): void {
    this.#permute(real);
    this.#permute(imaginary);
    for (let half = 1; half < this.#size; half *= 2) {
      const stride = this.#size / (2 * half);
      for (let start = 0; start < this.#size; start += 2 * half) {
        for (let k = 0; k < half; k++) {
          const c = this.#cos[k * stride] ?? 0;
          const s = this.#sin[k * stride] ?? 0;
          const low = start + k;
          const high = low + half;
          const re = real[high] ?? 0;
          const im = imaginary[high] ?? 0;
          const turnedRe = re * c + im * s;
          const turnedIm = im * c - re * s;
          const lowRe = real[low] ?? 0;
          const lowIm = imaginary[low] ?? 0;
          real[low] = lowRe + turnedRe;
          imaginary[low] = lowIm + turnedIm;
          real[high] = lowRe - turnedRe;
          imaginary[high] = lowIm - turnedIm;
        }
      }
    }
  }

  /** The inverse is the forward transform of the swapped parts. */
  inverse(real: Float64Array, imaginary: Float64Array): void {
    this.forward(imaginary, real);
    for (let i = 0; i < this.#size; i++) {
      real[i] = (real[i] ?? 0) / this.#size;
      imaginary[i] = (imaginary[i] ?? 0) / this.#size;
    }
  }

  #permute(values: Float64Array): void {
    for (let i = 0; i < this.#size; i++) {
      const j = this.#reversed[i] ?? 0;
      if (j <= i) continue;
      const held = values[i] ?? 0;
      values[i] = values[j] ?? 0;
      values[j] = held;
    }
  }
}
