const BLOCKS = '▁▂▃▄▅▆▇█';

/** The number of values that are kept; when there are more, each two neighbors become one. */
const KEPT = 256;

/**
 * A curve of a few characters. Values that are all positive are shown on a logarithmic scale, since losses fall by factors; NaN and
 * infinity are gaps.
 */
export class Sparkline {
  #means: number[] = [];
  /** The number of values in each of the means, of which the last one may have fewer. */
  #stride = 1;
  #pending = 0;

  /** Adds a value at the end. */
  add(value: number): void {
    const last = this.#means.at(-1);
    if (this.#pending === 0 || last === undefined) this.#means.push(value);
    else this.#means[this.#means.length - 1] = last + (value - last) / (this.#pending + 1);
    this.#pending = (this.#pending + 1) % this.#stride;
    if (this.#means.length < KEPT || this.#pending !== 0) return;
    this.#means = groupsOf(this.#means, KEPT / 2);
    this.#stride *= 2;
  }

  /** The curve in at most `width` characters; empty if there are fewer than two values. */
  draw(width: number): string {
    if (this.#means.length < 2) return '';
    const values = groupsOf(this.#means, Math.min(width, this.#means.length));
    const finite = values.filter(Number.isFinite);
    const scale = finite.every((value) => value > 0) ? Math.log : (value: number): number => value;
    const [low, high] = [Math.min(...finite.map(scale)), Math.max(...finite.map(scale))];
    const top = BLOCKS.length - 1;
    return values
      .map((value) => {
        if (!Number.isFinite(value)) return ' ';
        const height = high > low ? Math.round(((scale(value) - low) / (high - low)) * top) : 0;
        return BLOCKS[height] ?? ' ';
      })
      .join('');
  }
}

/** The means of `count` groups of neighbors. */
function groupsOf(values: readonly number[], count: number): number[] {
  return Array.from({ length: count }, (_, i) => {
    const start = Math.floor((i * values.length) / count);
    const end = Math.floor(((i + 1) * values.length) / count);
    const group = values.slice(start, end);
    return group.reduce((sum, value) => sum + value, 0) / group.length;
  });
}
