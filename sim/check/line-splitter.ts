import { HistoryError } from './history.ts'

const LINE_END = 10

/** Cuts bytes, as they arrive, into lines of text that are no longer than they may be. */
export class LineSplitter {
  readonly #bytesMax: number
  readonly #onLine: (text: string) => void
  readonly #decoder = new TextDecoder('utf-8', { fatal: true })
  /** The beginning of a line whose end has not arrived. */
  #rest: Uint8Array[] = []
  #restBytes = 0
  #line = 1

  constructor(bytesMax: number, onLine: (text: string) => void) {
    this.#bytesMax = bytesMax
    this.#onLine = onLine
  }

  /** The bytes are the caller's again afterwards. */
  push(bytes: Uint8Array): void {
    let start = 0
    for (let end = bytes.indexOf(LINE_END); end >= 0; end = bytes.indexOf(LINE_END, start)) {
      this.#keep(bytes.subarray(start, end))
      this.#finishLine()
      start = end + 1
    }
    if (start < bytes.length) this.#keep(bytes.slice(start))
  }

  /** The last line needs no end. */
  finish(): void {
    if (this.#restBytes > 0) this.#finishLine()
  }

  #keep(bytes: Uint8Array): void {
    this.#restBytes += bytes.length
    if (this.#restBytes > this.#bytesMax) {
      throw new HistoryError('TOO_LARGE', 'the line is too long', { line: this.#line })
    }
    this.#rest.push(bytes)
  }

  #finishLine(): void {
    const whole = new Uint8Array(this.#restBytes)
    let position = 0
    for (const piece of this.#rest) {
      whole.set(piece, position)
      position += piece.length
    }
    this.#rest = []
    this.#restBytes = 0
    this.#onLine(this.#decode(whole))
    this.#line += 1
  }

  #decode(bytes: Uint8Array): string {
    try {
      return this.#decoder.decode(bytes)
    } catch (cause) {
      throw new HistoryError('BAD_REQUEST', 'the line is not UTF-8', { line: this.#line, cause })
    }
  }
}
