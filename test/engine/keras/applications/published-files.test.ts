import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { type Config, Model } from 'evenkeel';
import * as applications from 'evenkeel/applications';
import type { Application, ApplicationOptions } from 'evenkeel/applications';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { type MeasuredNetwork, errorOf, images, valuesOf } from '../../../support/application-weights.ts';
import { type GoldenArray, parseGolden } from '../../../support/golden.ts';
import { takeOutput } from '../../../support/fail-on-console.ts';
import { useKerasHome } from '../../../support/keras-home.ts';

/** A file in one of the layouts of test/golden/make/application_files.py. */
interface StoredFile {
  readonly layout: string;
  /** The bytes, compressed, with zeros instead of the weights. */
  readonly skeleton: GoldenArray;
  /** The places of the weights; null for a count, which the bytes have. */
  readonly offsets: readonly (number | null)[];
}

interface FunctionCase extends StoredFile, MeasuredNetwork {
  readonly function: 'MobileNet' | 'MobileNetV2';
  readonly options: Readonly<Record<string, unknown>>;
  /** The name of the published file. */
  readonly file: string;
}

interface NetworkCase extends StoredFile {
  readonly network: string;
}

interface Network extends MeasuredNetwork {
  readonly name: string;
  readonly network: { readonly config: Config };
}

function read<T>(name: string): readonly T[] {
  const file = new URL(`../../../golden/${name}.json.gz`, import.meta.url);
  return parseGolden<T>(gunzipSync(readFileSync(file)).toString(), name).cases;
}

const files = read<FunctionCase | NetworkCase>('application-files');
const functionCases = files.filter((each) => 'function' in each);
const networkCases = files.filter((each) => 'network' in each);
const networks = new Map(read<Network>('applications').map((each) => [each.name, each]));

/** The bytes of a file with the weights of a network. */
function bytesOf({ skeleton, offsets }: StoredFile, model: Model, measured: MeasuredNetwork): Uint8Array<ArrayBuffer> {
  const bytes = Uint8Array.from(gunzipSync(Uint8Array.from(skeleton.data)));
  const view = new DataView(bytes.buffer);
  for (const [k, variable] of model.weights.entries()) {
    const offset = offsets[k] ?? null;
    if (offset === null) continue;
    for (const [i, value] of valuesOf(variable, k, measured).entries()) {
      view.setFloat32(offset + 4 * i, value, true);
    }
  }
  return bytes;
}

const camelCase = (key: string): string => key.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
const optionsOf = ({ options }: FunctionCase): ApplicationOptions =>
  Object.fromEntries(Object.entries(options).map(([key, value]) => [camelCase(key), value]));
const makeRandom = (each: FunctionCase): Model =>
  (applications[each.function] as Application)({ ...optionsOf(each), weights: null });

function expectWeights(model: Model, measured: MeasuredNetwork): void {
  const differing = model.weights.filter(
    ({ value }, k, all) => String(value.data) !== String(valuesOf(all[k]!, k, measured)),
  );
  expect(differing.map(({ path }) => path)).toEqual([]);
}

const home = useKerasHome();
afterEach(() => vi.unstubAllGlobals());

describe('files in the layouts of those that Keras publishes', () => {
  test.each(functionCases)('$function downloads $file and predicts as Keras with the same file', async (each) => {
    const bytes = bytesOf(each, makeRandom(each), each);
    const asked: string[] = [];
    vi.stubGlobal('fetch', (url: string) => {
      asked.push(url);
      return Promise.resolve(new Response(bytes));
    });
    const model = await (applications[each.function] as Application)(optionsOf(each));
    takeOutput();
    expect(asked).toEqual([expect.stringMatching(`^https://storage\\.googleapis\\.com/.*/${each.file}$`)]);
    expect(errorOf(await model.predict(images(each.x), { verbose: 0 }), each.y)).toBeLessThan(1e-4);
  });

  test('a network reads a file from a path and from a file: address', async () => {
    const each = functionCases[0]!;
    const bytes = bytesOf(each, makeRandom(each), each);
    mkdirSync(join(home, 'own'), { recursive: true });
    const path = join(home, 'own', each.file);
    writeFileSync(path, bytes);
    for (const weights of [path, pathToFileURL(path).href]) {
      const model = await (applications[each.function] as Application)({ ...optionsOf(each), weights });
      expectWeights(model, each);
    }
  });

  test('a network without its top reads the file of the whole network by the names of its layers', async () => {
    const [whole, base] = functionCases.filter((each) => each.function === 'MobileNet');
    const model = makeRandom(base!);
    await model.loadWeights(bytesOf(whole!, makeRandom(whole!), whole!), { byName: true });
    expectWeights(model, whole!);
  });

  test('a network without its top refuses the file of the whole network in the order of the layers', async () => {
    const [whole, base] = functionCases.filter((each) => each.function === 'MobileNet');
    const bytes = bytesOf(whole!, makeRandom(whole!), whole!);
    await expect(makeRandom(base!).loadWeights(bytes)).rejects.toThrow(
      /layer_names must contain 54 layers with weights: .*\. Received: conv1, .*, conv_preds\./,
    );
  });

  // test/engine/keras/models/applications.test.ts predicts with these weights.
  test.each(networkCases)('$network reads the weights of a file in the layout $layout', async (each) => {
    const { network, ...measured } = networks.get(each.network)!;
    const model = Model.fromConfig(network.config);
    await model.loadWeights(bytesOf(each, model, measured));
    expectWeights(model, measured);
  });
});
