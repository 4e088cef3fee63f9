import { type Config, Input, Model, NotImplementedError, type Value, ops } from 'evenkeel';
import { Layer, type LayerOptions, serialize } from 'evenkeel/layers';
import { describe, expect, test } from 'vitest';

const MEND =
  'Override getConfig: return { ...super.getConfig(), units: this.units }; and, for arguments before the options, static fromConfig.';

abstract class Identical extends Layer {
  override call(x: Value): Value {
    return x;
  }
}

describe('a layer of one’s own that forgets its config', () => {
  class Positional extends Identical {
    static override readonly className: string = 'Positional';
    readonly units: number;
    constructor(units: number, options: LayerOptions | undefined) {
      super(options);
      this.units = units;
    }
  }

  class Optional extends Identical {
    static override readonly className: string = 'Optional';
    readonly units: number;
    constructor({ units = 3, ...options }: LayerOptions & { readonly units?: number } = {}) {
      super({ ...options, units } as LayerOptions, ['units']);
      this.units = units;
    }
  }

  class Dropping extends Identical {
    static override readonly className: string = 'Dropping';
    readonly units: number;
    constructor(units: number, options: LayerOptions = {}) {
      super(options);
      this.units = units;
    }
  }

  test('a layer of one’s own that forgets its config is told how to mend it when it is written', () => {
    expect(() => serialize(new Positional(3, { name: 'mine' }))).toThrow(
      new NotImplementedError(
        `[Positional mine] a layer with additional arguments must override getConfig. Received: a constructor with 2 parameters. ${MEND}`,
      ),
    );
    expect(() => new Optional({ name: 'mine', units: 4 }).getConfig()).toThrow(
      new NotImplementedError(
        `[Optional mine] a layer with additional arguments must override getConfig. Received: the options units. ${MEND}`,
      ),
    );
  });

  test('a layer of one’s own that forgets its config is told how to mend it when it is read, in a model too', () => {
    const inputs = Input({ shape: [2], name: 'x' });
    const config = new Model({ inputs, outputs: new Dropping(3, { name: 'mine' }).apply(inputs) }).getConfig();
    expect(() => Model.fromConfig(config, { customObjects: { Dropping } })).toThrow(
      new NotImplementedError(
        `[Dropping] the constructor must pass its options to super. Received: a config with name="mine", and a layer named "dropping". ${MEND}`,
      ),
    );
  });

  test('a layer of one’s own that forgets its config is no matter where the config is complete', () => {
    class Complete extends Identical {
      static override readonly className: string = 'Complete';
      readonly factor: number;
      constructor(factor: number, options: LayerOptions | undefined) {
        super(options);
        this.factor = factor;
      }
      override call(x: Value): Value {
        return ops.multiply(x, this.factor);
      }
      override getConfig(): Config {
        return { ...super.getConfig(), factor: this.factor };
      }
      static override fromConfig({ factor, name }: Config): Layer {
        return new Complete(factor as number, { name: name as string });
      }
    }
    const inputs = Input({ shape: [2], name: 'x' });
    const config = new Model({ inputs, outputs: new Complete(3, { name: 'mine' }).apply(inputs) }).getConfig();
    const copy = Model.fromConfig(config, { customObjects: { Complete } }).layers[1];
    expect(copy).toBeInstanceOf(Complete);
    expect((copy as Complete).factor).toBe(3);
    expect(copy?.name).toBe('mine');
  });
});
