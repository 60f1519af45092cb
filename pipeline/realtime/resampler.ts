/**
 * Streaming conversion between sample rates by a windowed-sinc polyphase filter.
 *
 * Written here because the clause map needs sample-exact counts: after `flush`, n input samples have become exactly
 * ⌈n · to / from⌉ output samples, aligned with the input. No audio library in the registry promises that in a stream.
 */
export interface Resampler {
  /** Converts the next samples (−1 to 1); returns what can be computed without samples to come. */
  push(input: Float32Array): Float32Array;
  /** The rest, as if silence followed. Afterwards the resampler starts afresh. */
  flush(): Float32Array;
}

/** Zero crossings of the sinc on each side: stop band below −60 dB with a Kaiser window of β = 7. */
const zeroCrossings = 16;
const kaiserBeta = 7;

export function createResampler(fromHz: number, toHz: number): Resampler {
  if (!(Number.isInteger(fromHz) && Number.isInteger(toHz) && fromHz > 0 && toHz > 0)) {
    throw new RangeError(`Cannot resample from ${fromHz} Hz to ${toHz} Hz: rates are whole numbers above 0`);
  }
  const divisor = greatestCommonDivisor(fromHz, toHz);
  const up = toHz / divisor;
  const down = fromHz / divisor;
  if (up === down) return { push: (input) => input.slice(), flush: () => new Float32Array(0) };
  const { taps, phases } = polyphase(up, down);
  const half = taps / 2;
  let history: Float32Array = new Float32Array(half - 1);
  let firstIndex = -(half - 1);
  let received = 0;
  let produced = 0;

  const run = (outputEnd: number): Float32Array => {
    const output = new Float32Array(Math.max(0, outputEnd - produced));
    for (let n = 0; n < output.length; n += 1) {
      const position = (produced + n) * down;
      const centre = Math.floor(position / up);
      const phase = phases[position % up];
      if (phase === undefined) continue;
      const start = centre - half + 1 - firstIndex;
      let sum = 0;
      for (let k = 0; k < taps; k += 1) sum += (history[start + k] ?? 0) * (phase[k] ?? 0);
      output[n] = sum;
    }
    produced += output.length;
    const keepFrom = Math.floor((produced * down) / up) - half + 1 - firstIndex;
    if (keepFrom > 0) {
      history = history.slice(keepFrom);
      firstIndex += keepFrom;
    }
    return output;
  };

  return {
    push(input) {
      const joined = new Float32Array(history.length + input.length);
      joined.set(history);
      joined.set(input, history.length);
      history = joined;
      received += input.length;
      // An output at input position p reads up to p + half.
      return run(Math.max(produced, Math.ceil(((received - half) * up) / down)));
    },
    flush() {
      const joined = new Float32Array(history.length + taps);
      joined.set(history);
      history = joined;
      const rest = run(Math.ceil((received * up) / down));
      history = new Float32Array(half - 1);
      firstIndex = -(half - 1);
      received = 0;
      produced = 0;
      return rest;
    },
  };
}

/** Filter taps for each of `up` phases; cut-off at the lower of the two Nyquist rates. */
function polyphase(up: number, down: number): { taps: number; phases: Float32Array[] } {
  const cutoff = Math.min(1, up / down);
  const half = Math.ceil(zeroCrossings / cutoff);
  const taps = half * 2;
  const phases = Array.from({ length: up }, (_, phase) => {
    const coefficients = new Float32Array(taps);
    let sum = 0;
    for (let k = 0; k < taps; k += 1) {
      const distance = k - half + 1 - phase / up;
      const value = cutoff * sinc(cutoff * distance) * kaiser(distance / half);
      coefficients[k] = value;
      sum += value;
    }
    // Unity gain at 0 Hz in every phase, so that no tone at the input rate is added.
    return coefficients.map((value) => value / sum);
  });
  return { taps, phases };
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

/** Kaiser window, x from −1 to 1 (Kaiser & Schafer 1980). */
function kaiser(x: number): number {
  return Math.abs(x) >= 1 ? 0 : bessel(kaiserBeta * Math.sqrt(1 - x * x)) / bessel(kaiserBeta);
}

/** Modified Bessel function of the first kind, order 0, by its power series. */
function bessel(x: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; term > sum * 1e-9; k += 1) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
