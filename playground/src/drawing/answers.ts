import { type NetworkName, type PerNetwork, networkNames, perNetwork } from '../experiment/networks.ts';
import { create, element } from '../page/dom.ts';
import { percent } from '../page/format.ts';

/** The probabilities that both networks give to the ten digits. */
export class Answers {
  readonly #cells: readonly PerNetwork<HTMLElement>[];
  readonly #text = element('answers-text', HTMLParagraphElement);

  constructor() {
    this.#cells = Array.from({ length: 10 }, () =>
      perNetwork((name) => create('div', { class: `answer ${name}` }, bar(), create('span', { text: '–' }))),
    );
    element('answers', HTMLTableSectionElement).append(
      ...this.#cells.map((cells, digit) =>
        create(
          'tr',
          {},
          create('th', { scope: 'row', text: String(digit) }),
          ...networkNames.map((name) => create('td', {}, cells[name])),
        ),
      ),
    );
    this.clear();
  }

  show(probabilities: PerNetwork<readonly number[]>): void {
    for (const name of networkNames) {
      const best = bestOf(probabilities[name]);
      for (const [digit, cells] of this.#cells.entries()) {
        this.#set(cells[name], probabilities[name][digit] ?? NaN, digit === best);
      }
    }
    const say = (name: NetworkName): string => {
      const best = bestOf(probabilities[name]);
      return best < 0
        ? 'nothing: its weights are not numbers any more'
        : `${best} (${percent(probabilities[name][best] ?? NaN)})`;
    };
    this.#text.textContent = `With normalization: ${say('normalized')}. Without: ${say('plain')}.`;
  }

  clear(): void {
    for (const cells of this.#cells) for (const name of networkNames) this.#set(cells[name], NaN, false);
    this.#text.textContent = 'Draw a digit to see the answers.';
  }

  #set(cell: HTMLElement, share: number, isBest: boolean): void {
    cell.style.setProperty('--share', String(Number.isFinite(share) ? share : 0));
    cell.classList.toggle('best', isBest);
    const text = cell.lastElementChild;
    if (text !== null) text.textContent = percent(share);
  }
}

const bar = (): HTMLElement => create('span', { class: 'bar', 'aria-hidden': 'true' }, create('span'));

/** The most probable digit; −1 if no probability is a number. */
function bestOf(probabilities: readonly number[]): number {
  const known = probabilities.filter(Number.isFinite);
  return known.length === 0 ? -1 : probabilities.indexOf(Math.max(...known));
}
