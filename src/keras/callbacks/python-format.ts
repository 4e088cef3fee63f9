/** Python's formats of numbers, which Keras's file names and CSV files contain. */
import { ValueError } from '../../core/errors.ts';

/** A number and its Python type: integers and floats are formatted differently. */
export interface PythonNumber {
  readonly value: number;
  readonly isInteger: boolean;
}

/** Python's `str` of a float: the shortest string that parses to the number, `1.0`, `1e-05`, `nan`, `inf`. */
export function pythonFloat(value: number): string {
  if (!Number.isFinite(value)) return special(value);
  const { sign, digits, exponent } = shortest(value);
  return sign + (exponent < -4 || exponent >= 16 ? scientific(digits, exponent) : plain(digits, exponent, true));
}

/** NumPy's `str` of a float32: the shortest string that parses to the same float32. */
export function pythonFloat32(value: number): string {
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === Math.fround(value)) return pythonFloat(short);
  }
  return pythonFloat(Number(value.toPrecision(9)));
}

const special = (value: number): string => (Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf');

/** A finite number as sign, significant digits d₀d₁… and exponent: d₀.d₁… · 10^exponent. */
interface Decimal {
  readonly sign: '' | '-';
  readonly digits: string;
  readonly exponent: number;
}

const isNegative = (value: number): boolean => value < 0 || Object.is(value, -0);

function shortest(value: number): Decimal {
  const [mantissa = '0', exponent = '0'] = Math.abs(value).toExponential().split('e');
  return { sign: isNegative(value) ? '-' : '', digits: mantissa.replace('.', ''), exponent: Number(exponent) };
}

function scientific(digits: string, exponent: number): string {
  const mantissa = digits.length === 1 ? digits : `${digits.slice(0, 1)}.${digits.slice(1)}`;
  return `${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

function plain(digits: string, exponent: number, withPoint: boolean): string {
  const whole = exponent < 0 ? '0' : digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  const rest = exponent < 0 ? '0'.repeat(-exponent - 1) + digits : digits.slice(exponent + 1);
  if (rest === '') return withPoint ? `${whole}.0` : whole;
  return `${whole}.${rest}`;
}

/** |value| as an exact quotient of integers. */
function fraction(value: number): readonly [bigint, bigint] {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, Math.abs(value));
  const bits = view.getBigUint64(0);
  const [exponent, mantissa] = [Number(bits >> 52n), bits & ((1n << 52n) - 1n)];
  const [integer, power] = exponent === 0 ? [mantissa, -1074] : [mantissa | (1n << 52n), exponent - 1075];
  return power < 0 ? [integer, 1n << BigInt(-power)] : [integer << BigInt(power), 1n];
}

/** |value| · 10^places, rounded to the nearest integer, ties to even. */
function scaled(value: number, places: number): bigint {
  const [numerator, denominator] = fraction(value);
  const power = 10n ** BigInt(Math.abs(places));
  const [over, under] = places < 0 ? [numerator, denominator * power] : [numerator * power, denominator];
  const [quotient, twice] = [over / under, (over % under) * 2n];
  return twice > under || (twice === under && quotient % 2n === 1n) ? quotient + 1n : quotient;
}

function fixed(value: number, places: number): string {
  const digits = scaled(value, places)
    .toString()
    .padStart(places + 1, '0');
  return places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

/** The number rounded to `count` significant digits. */
function significant(value: number, count: number): Omit<Decimal, 'sign'> {
  if (value === 0) return { digits: '0'.repeat(count), exponent: 0 };
  const { exponent } = shortest(value);
  const digits = scaled(value, count - 1 - exponent).toString();
  // 9.99 rounded to two digits is 10.
  return digits.length > count ? { digits: digits.slice(0, count), exponent: exponent + 1 } : { digits, exponent };
}

const withoutZeros = (digits: string): string => digits.replace(/(?<=.)0+$/, '');

/** Python's `g`, or, `withPoint`, its format of a precision without letter: at least one digit after the point. */
function general(value: number, precision: number, withPoint: boolean): string {
  const count = Math.max(1, precision);
  const { digits, exponent } = significant(value, count);
  const short = withoutZeros(digits);
  const limit = withPoint ? count - 1 : count;
  return exponent < -4 || exponent >= limit ? scientific(short, exponent) : plain(short, exponent, withPoint);
}

interface Spec {
  readonly fill: string;
  readonly align: string;
  readonly sign: string;
  readonly width: number;
  readonly grouping: string;
  readonly precision: number | null;
  readonly type: string;
}

const SPEC =
  /^(?:(?<fill>.)?(?<align>[<>=^]))?(?<sign>[-+ ])?(?<zero>0)?(?<width>\d+)?(?<grouping>[,_])?(?:\.(?<precision>\d+))?(?<type>[deEfFgG%]?)$/su;

/**
 * Python's `format(number, spec)`, for the specifications that are useful in file names:
 * `[[fill]align][sign][0][width][grouping][.precision][d|e|E|f|F|g|G|%]`.
 *
 * @throws ValueError for other specifications, or one for integers if the number is a float.
 */
export function pythonFormat(who: string, number: PythonNumber, text: string): string {
  const spec = readSpec(who, text);
  const { value } = number;
  const asInteger = number.isInteger && (spec.type === '' || spec.type === 'd');
  if (spec.type === 'd' && !asInteger) {
    throw refusal(who, text, 'd is for integers, such as epoch and batch. Use f for this number');
  }
  if (asInteger && spec.precision !== null) {
    throw refusal(who, text, 'integers have no precision, unless a letter such as f follows it');
  }
  const magnitude = asInteger ? String(Math.abs(value)) : magnitudeOf(Math.abs(value), spec);
  const sign = isNegative(value) ? '-' : spec.sign === '-' ? '' : spec.sign;
  return padded(
    sign,
    spec.type === 'E' || spec.type === 'F' || spec.type === 'G' ? magnitude.toUpperCase() : magnitude,
    spec,
  );
}

function magnitudeOf(value: number, { type, precision }: Spec): string {
  if (!Number.isFinite(value)) return `${special(value)}${type === '%' ? '%' : ''}`;
  const places = precision ?? 6;
  switch (type.toLowerCase()) {
    case 'f':
      return fixed(value, places);
    case '%':
      return `${Math.abs(value * 100) === Infinity ? 'inf' : fixed(value * 100, places)}%`;
    case 'e': {
      const { digits, exponent } = significant(value, places + 1);
      return scientific(digits, exponent);
    }
    case 'g':
      return general(value, places, false);
    default:
      return precision === null ? pythonFloat(value) : general(value, precision, true);
  }
}

function readSpec(who: string, text: string): Spec {
  const groups = SPEC.exec(text)?.groups;
  if (groups === undefined) {
    throw refusal(
      who,
      text,
      'it must be like 02d, .2f, .3e or .4g: [[fill]align][sign][0][width][grouping][.precision][type]',
    );
  }
  const { fill, align, sign, zero, width, grouping, precision, type } = groups;
  return {
    fill: fill ?? (zero === undefined ? ' ' : '0'),
    align: align ?? (zero === undefined ? '>' : '='),
    sign: sign ?? '-',
    width: Number(width ?? 0),
    grouping: grouping ?? '',
    precision: precision === undefined ? null : Number(precision),
    type: type ?? '',
  };
}

function padded(sign: string, magnitude: string, { fill, align, width, grouping }: Spec): string {
  const [, whole = '', rest = ''] = /^(\d*)(.*)$/s.exec(magnitude) ?? [];
  const room = width - sign.length - rest.length;
  const zeros = fill === '0' && align === '=' && grouping !== '' && whole !== '';
  const body = grouped(zeros ? withZeros(whole, room) : whole, grouping) + rest;
  const missing = Math.max(0, width - sign.length - body.length);
  if (align === '=') return sign + fill.repeat(missing) + body;
  const left = align === '<' ? 0 : align === '>' ? missing : Math.floor(missing / 2);
  return fill.repeat(left) + sign + body + fill.repeat(missing - left);
}

/** Pads with zeros, which are grouped too; one more replaces a leading separator. */
function withZeros(whole: string, room: number): string {
  let digits = whole;
  while (grouped(digits, ',').length < room) digits = `0${digits}`;
  return digits;
}

const grouped = (digits: string, separator: string): string =>
  separator === '' ? digits : digits.replaceAll(/\B(?=(?:\d{3})+$)/g, separator);

function refusal(who: string, spec: string, reason: string): ValueError {
  return new ValueError(`[${who}] the format ${JSON.stringify(spec)} cannot be used: ${reason}.`);
}
