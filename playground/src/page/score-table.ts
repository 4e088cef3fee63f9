import { type NetworkName, type PerNetwork, networkNames } from '../experiment/networks.ts';
import { element } from './dom.ts';

type Score = 'loss' | 'accuracy' | 'test';

/** The table of the present results. */
export class ScoreTable {
  readonly #cells: PerNetwork<Readonly<Record<Score, HTMLElement>>>;
  readonly #step = element('scores-step', HTMLSpanElement);

  constructor() {
    const cell = (network: NetworkName, score: Score): HTMLElement => {
      const found = document.querySelector<HTMLElement>(`[data-network='${network}'] [data-score='${score}']`);
      if (found === null) throw new Error(`The table of scores has no ${score} for ${network}.`);
      return found;
    };
    const cells = (name: NetworkName): Readonly<Record<Score, HTMLElement>> => ({
      loss: cell(name, 'loss'),
      accuracy: cell(name, 'accuracy'),
      test: cell(name, 'test'),
    });
    this.#cells = { normalized: cells('normalized'), plain: cells('plain') };
  }

  set(network: NetworkName, score: Score, text: string): void {
    const cell = this.#cells[network][score];
    cell.textContent = text;
    cell.classList.toggle('bad', text === 'diverged');
  }

  setStep(text: string): void {
    this.#step.textContent = text;
  }

  clear(): void {
    this.setStep('0');
    for (const name of networkNames) {
      for (const score of ['loss', 'accuracy', 'test'] as const) this.set(name, score, '–');
    }
  }
}
