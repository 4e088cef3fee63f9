import { InvalidArgumentError } from 'commander';

/** Returns a parser of integers ≥ `minimum`. */
export function integer(minimum: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^[+-]?\d+$/u.test(text) || !Number.isSafeInteger(value) || value < minimum) {
      throw new InvalidArgumentError(`It must be an integer ≥ ${minimum}.`);
    }
    return value;
  };
}

/** Parses a number, or a fraction such as `1/255`. */
export function numberOrFraction(text: string): number {
  const parts = text.split('/');
  const numbers = parts.map((part) => (part.trim() === '' ? NaN : Number(part)));
  const value = numbers.length > 2 ? NaN : (numbers[0] ?? NaN) / (numbers[1] ?? 1);
  if (!Number.isFinite(value)) throw new InvalidArgumentError('It must be a number, or a fraction such as 1/255.');
  return value;
}

/** Parses a positive number, or a fraction. */
export function positiveNumber(text: string): number {
  const value = numberOrFraction(text);
  if (value <= 0) throw new InvalidArgumentError('It must be greater than 0.');
  return value;
}

/** Parses a number ≥ 0, or a fraction. */
export function nonNegativeNumber(text: string): number {
  const value = numberOrFraction(text);
  if (value < 0) throw new InvalidArgumentError('It must be at least 0.');
  return value;
}

/** Parses a name and a number, `distance=1`, and adds it to those before. */
export function namedNumber(
  text: string,
  before: Readonly<Record<string, number>> = {},
): Readonly<Record<string, number>> {
  const [, name = '', value = ''] = /^([^=]+)=(.*)$/u.exec(text) ?? [];
  if (name === '') throw new InvalidArgumentError('It must be a name and a number: distance=1.');
  return { ...before, [name]: numberOrFraction(value) };
}

/** Parses a height and a width: `224x224`. */
export function imageSize(text: string): readonly [height: number, width: number] {
  const [, height, width] = /^(\d{1,5})x(\d{1,5})$/u.exec(text) ?? [];
  const size = [Number(height), Number(width)] as const;
  if (!size.every((side) => side >= 1)) throw new InvalidArgumentError('It must be a height and a width: 224x224.');
  return size;
}

/** Parses comma-separated names. */
export function names(text: string): readonly string[] {
  const read = text.split(',').map((name) => name.trim());
  if (read.includes('')) throw new InvalidArgumentError('It must be a comma-separated list of names.');
  return read;
}

/** Collects the values of an option that may be repeated. */
export function several(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
