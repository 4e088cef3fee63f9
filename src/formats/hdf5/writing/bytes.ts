/** Puts the bytes of one structure together. */
export class Bytes {
  #buffer = new Uint8Array(256);
  #view = new DataView(this.#buffer.buffer);
  #size = 0;

  /** How many bytes there are. */
  get length(): number {
    return this.#size;
  }

  /** The bytes so far. */
  done(): Uint8Array {
    return this.#buffer.subarray(0, this.#size);
  }

  byte(value: number): this {
    const at = this.#grow(1);
    this.#view.setUint8(at, value);
    return this;
  }

  uint16(value: number): this {
    const at = this.#grow(2);
    this.#view.setUint16(at, value, true);
    return this;
  }

  uint32(value: number): this {
    const at = this.#grow(4);
    this.#view.setUint32(at, value, true);
    return this;
  }

  /** An address or a size; every address takes eight bytes here. */
  word(value: number): this {
    const at = this.#grow(8);
    this.#view.setBigUint64(at, BigInt(value), true);
    return this;
  }

  /** The address that leads nowhere. */
  undefinedAddress(): this {
    return this.uint32(0xffffffff).uint32(0xffffffff);
  }

  bytes(values: Uint8Array | readonly number[]): this {
    const at = this.#grow(values.length);
    this.#buffer.set(values, at);
    return this;
  }

  letters(text: string): this {
    for (const letter of text) this.byte(letter.charCodeAt(0));
    return this;
  }

  /** Zeros. */
  zeros(count: number): this {
    this.#grow(count);
    return this;
  }

  /** Zeros up to the next multiple of eight. */
  align(): this {
    return this.zeros(-this.#size & 7);
  }

  #grow(count: number): number {
    const at = this.#size;
    this.#size += count;
    if (this.#size > this.#buffer.length) {
      const grown = new Uint8Array(Math.max(this.#size, this.#buffer.length * 2));
      grown.set(this.#buffer);
      this.#buffer = grown;
      this.#view = new DataView(grown.buffer);
    }
    return at;
  }
}

/** Gives out places in the file; at the end everything is put there at once. */
export class Places {
  readonly #pieces: { readonly address: number; readonly bytes: Uint8Array }[] = [];
  #end: number;

  /** The first bytes of the file are left out. */
  constructor(reserved: number) {
    this.#end = reserved;
  }

  /** How long the file is so far. */
  get length(): number {
    return this.#end;
  }

  /** A place that is filled later. */
  reserve(size: number): number {
    const address = this.#end;
    this.#end += Math.ceil(size / 8) * 8;
    return address;
  }

  /** Fills a place. The bytes are not copied before the end. */
  fill(address: number, bytes: Uint8Array): void {
    this.#pieces.push({ address, bytes });
  }

  /** Gives bytes a place. */
  add(bytes: Uint8Array): number {
    const address = this.reserve(bytes.byteLength);
    this.fill(address, bytes);
    return address;
  }

  /** The whole file. */
  done(): Uint8Array {
    const file = new Uint8Array(this.#end);
    for (const { address, bytes } of this.#pieces) file.set(bytes, address);
    return file;
  }
}
