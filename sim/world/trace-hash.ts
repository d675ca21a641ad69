/**
 * A rolling hash of everything that happened: two runs that differ anywhere differ here. Two lanes
 * of 32 bits, mixed as murmur3 does; it finds differences and resists nobody.
 */
export class TraceHash {
  #high = 0x9e3779b9 | 0
  #low = 0x85ebca6b | 0

  /** Whole numbers up to 2^53 keep all their bits. */
  add(value: number): void {
    const low = value | 0
    const high = (value / 0x100000000) | 0
    let mixed = Math.imul(low ^ this.#low, 0xcc9e2d51)
    mixed = (mixed << 15) | (mixed >>> 17)
    this.#low = (Math.imul(mixed ^ this.#high, 0x1b873593) + high) | 0
    this.#high = Math.imul((this.#high << 13) | (this.#high >>> 19), 5) + (mixed ^ this.#low) + 0x64
    this.#high |= 0
  }

  addBytes(bytes: Uint8Array): void {
    this.add(bytes.length)
    const whole = bytes.length - (bytes.length % 4)
    for (let i = 0; i < whole; i += 4) {
      const low = (bytes[i] as number) | ((bytes[i + 1] as number) << 8)
      this.add(low | ((bytes[i + 2] as number) << 16) | ((bytes[i + 3] as number) << 24))
    }
    for (let i = whole; i < bytes.length; i++) this.add(bytes[i] as number)
  }

  addText(text: string): void {
    this.add(text.length)
    for (let i = 0; i < text.length; i++) this.add(text.charCodeAt(i))
  }

  /** 16 hexadecimal digits. */
  toString(): string {
    const hex = (word: number): string => (word >>> 0).toString(16).padStart(8, '0')
    return hex(this.#high) + hex(this.#low)
  }
}
