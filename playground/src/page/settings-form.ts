import { fragmentOf, settingsFrom } from '../experiment/address.ts';
import { experiments } from '../experiment/experiments.ts';
import { type NormalizationName, normalizationOf, normalizations, usesMomentum } from '../experiment/normalizations.ts';
import {
  type EngineName,
  type OptimizerName,
  type Settings,
  batchSizes,
  defaultSettings,
  learningRates,
  momenta,
} from '../experiment/settings.ts';
import { create, element } from './dom.ts';
import { Ladder } from './ladder.ts';

/** The controls of the training. */
export class SettingsForm {
  readonly #changed: (settings: Settings, before: Settings) => void;
  readonly #normalization = element('normalization', HTMLSelectElement);
  readonly #optimizer = element('optimizer', HTMLSelectElement);
  readonly #engine = element('engine', HTMLSelectElement);
  readonly #learningRate: Ladder;
  readonly #batchSize: Ladder;
  readonly #momentum: Ladder;
  #settings: Settings = settingsFrom(location.hash);

  /** @param changed is called with the new settings and those before */
  constructor(changed: (settings: Settings, before: Settings) => void) {
    this.#changed = changed;
    const read = (): void => this.#set(this.#read());
    this.#learningRate = new Ladder('learning-rate', learningRates, read);
    this.#batchSize = new Ladder('batch-size', batchSizes, read);
    this.#momentum = new Ladder('momentum', momenta, read);
    for (const [name, { label }] of Object.entries(normalizations)) {
      this.#normalization.append(create('option', { value: name, text: label }));
    }
    for (const select of [this.#normalization, this.#optimizer, this.#engine]) select.addEventListener('change', read);
    element('settings', HTMLFormElement).addEventListener('submit', (event) => event.preventDefault());
    element('experiments', HTMLDivElement).append(...experiments.map((each) => this.#experiment(each)));
    this.#show();
  }

  get settings(): Settings {
    return this.#settings;
  }

  #experiment({ label, lookFor, settings }: (typeof experiments)[number]): HTMLElement {
    const button = create('button', { type: 'button', text: label });
    button.addEventListener('click', () =>
      this.#set({ ...defaultSettings, engine: this.#settings.engine, ...settings }),
    );
    return create('div', {}, button, create('p', { class: 'hint', text: lookFor }));
  }

  #set(settings: Settings): void {
    const before = this.#settings;
    this.#settings = settings;
    // A copied address shows the same.
    history.replaceState(null, '', fragmentOf(settings) || location.pathname + location.search);
    this.#show();
    this.#changed(settings, before);
  }

  #read(): Settings {
    return {
      normalization: this.#normalization.value as NormalizationName,
      optimizer: this.#optimizer.value as OptimizerName,
      engine: this.#engine.value as EngineName,
      learningRate: this.#learningRate.value,
      batchSize: this.#batchSize.value,
      momentum: this.#momentum.value,
    };
  }

  #show(): void {
    const { normalization, optimizer, engine, learningRate, batchSize, momentum } = this.#settings;
    this.#normalization.value = normalization;
    this.#optimizer.value = optimizer;
    this.#engine.value = engine;
    this.#learningRate.value = learningRate;
    this.#batchSize.value = batchSize;
    this.#momentum.value = momentum;
    const { label, explanation } = normalizationOf(this.#settings);
    const hasMomentum = usesMomentum(this.#settings);
    this.#momentum.disabled = !hasMomentum;
    element('normalization-hint', HTMLParagraphElement).textContent = explanation;
    element('normalized-name', HTMLSpanElement).textContent = `With ${label.toLowerCase().replace('rms', 'RMS')}`;
    element('momentum-hint', HTMLParagraphElement).textContent = hasMomentum
      ? 'How slowly the moving averages follow the batches. They are used in tests, and for the digits that you draw.'
      : `${label} keeps no moving averages, so there is no momentum.`;
  }
}
