/** A growing buffer for the bytes of one structure. */
export class Bytes {
  #buffer = new Uint8Array(256);
  #view = new DataView(this.#buffer.buffer);
  #size = 0;

  /** The number of bytes written. */
  get length(): number {
    return this.#size;
  }

  /** The bytes written. */
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

  /** Appends an address or a length, both of eight bytes. */
  word(value: number): this {
    const at = this.#grow(8);
    this.#view.setBigUint64(at, BigInt(value), true);
    return this;
  }

  /** Appends the format's undefined address. */
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

  /** Appends zeros. */
  zeros(count: number): this {
    this.#grow(count);
    return this;
  }

  /** Appends zeros up to the next multiple of eight. */
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

/** Allocates addresses in the file, and assembles the file at the end. */
export class Places {
  readonly #pieces: { readonly address: number; readonly bytes: Uint8Array }[] = [];
  #end: number;

  /** Leaves the first `reserved` bytes of the file unallocated. */
  constructor(reserved: number) {
    this.#end = reserved;
  }

  /** The length of the file so far, in bytes. */
  get length(): number {
    return this.#end;
  }

  /** Allocates space that is filled later, and returns its address. */
  reserve(size: number): number {
    const address = this.#end;
    this.#end += Math.ceil(size / 8) * 8;
    return address;
  }

  /** Sets the bytes at an address. They are not copied until {@link Places.done}. */
  fill(address: number, bytes: Uint8Array): void {
    this.#pieces.push({ address, bytes });
  }

  /** Allocates space for bytes, and returns its address. */
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
