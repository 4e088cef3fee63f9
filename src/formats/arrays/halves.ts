const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** Converts float16 bits to a number: 1 sign bit, 5 exponent bits, 10 mantissa bits. */
export function fromFloat16(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const mantissa = half & 1023;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  if (exponent === 31) return mantissa === 0 ? sign * Infinity : NaN;
  return sign * (1024 + mantissa) * 2 ** (exponent - 25);
}

/** Rounds a number to float16, ties to even, and returns the bits. */
export function toFloat16(value: number): number {
  if (Number.isNaN(value)) return 0x7e00;
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const magnitude = Math.abs(value);
  // 65520 is halfway between the maximum, 65504, and the next step, and rounds to infinity.
  if (magnitude >= 65520) return sign | 0x7c00;
  const exponent = Math.max(-14, magnitude === 0 ? -14 : floorLog2(magnitude));
  // In units of the last bit; a mantissa that is rounded up to the next power of two carries into the exponent.
  const units = roundToEven(magnitude * 2 ** (10 - exponent));
  return sign | (((exponent + 14) << 10) + units);
}

/** Converts bfloat16 bits, the upper half of a float32, to a number. */
export function fromBfloat16(half: number): number {
  bits[0] = half << 16;
  return float[0] ?? NaN;
}

/** Rounds a float32 to bfloat16, ties to even, and returns the bits. */
export function toBfloat16(value: number): number {
  float[0] = value;
  const word = bits[0] ?? 0;
  if (Number.isNaN(value)) return ((word >>> 16) & 0x8000) | 0x7fc0;
  return ((word + 0x7fff + ((word >>> 16) & 1)) >>> 16) & 0xffff;
}

function floorLog2(value: number): number {
  const guess = Math.floor(Math.log2(value));
  if (2 ** guess > value) return guess - 1;
  return 2 ** (guess + 1) <= value ? guess + 1 : guess;
}

function roundToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
