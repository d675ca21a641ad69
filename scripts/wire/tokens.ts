import { ProtoProblem } from './model.ts'

interface Token {
  readonly text: string
  readonly line: number
}

const TOKEN = /\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/|("[^"\n\\]*")|([\w.]+)|([-{}()[\]<>=,;])|(.)/gy

/** The words of a file, one after the other. Comments are left out. */
export class Tokens {
  readonly #file: string
  readonly #tokens: Token[] = []
  #at = 0

  constructor(file: string, text: string) {
    this.#file = file
    let line = 1
    for (const match of text.matchAll(TOKEN)) {
      const [all, quoted, word, sign, other] = match
      if (other !== undefined)
        throw this.#problem(`${JSON.stringify(other)} is not understood`, line)
      const kept = quoted ?? word ?? sign
      if (kept !== undefined) this.#tokens.push({ text: kept, line })
      line += all.split('\n').length - 1
    }
  }

  get line(): number {
    return (this.#tokens[this.#at] ?? this.#tokens.at(-1))?.line ?? 1
  }

  get isAtEnd(): boolean {
    return this.#at === this.#tokens.length
  }

  get ahead(): string {
    return this.#tokens[this.#at]?.text ?? ''
  }

  next(): string {
    const token = this.#tokens[this.#at]
    if (token === undefined) throw this.problem('the file ends too early')
    this.#at += 1
    return token.text
  }

  /** Takes the word when it comes next. */
  accept(text: string): boolean {
    if (this.ahead !== text) return false
    this.#at += 1
    return true
  }

  expect(text: string): void {
    if (!this.accept(text)) throw this.problem(`there should be ${text}, not ${this.ahead}`)
  }

  /** A name with dots, as in `a.B`. */
  path(): string {
    const text = this.next()
    if (/^\.?[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/.test(text)) return text
    throw this.problem(`${text} is no name`)
  }

  name(): string {
    const text = this.path()
    if (!text.includes('.')) return text
    throw this.problem(`${text} should be a name without dots`)
  }

  number(): number {
    const negative = this.accept('-')
    const text = this.next()
    if (/^(\d+|0x[0-9a-f]+)$/i.test(text)) return negative ? -Number(text) : Number(text)
    throw this.problem(`${text} is no number`)
  }

  quoted(): string {
    const text = this.next()
    if (text.startsWith('"')) return text.slice(1, -1)
    throw this.problem(`${text} should stand in quotation marks`)
  }

  problem(text: string): ProtoProblem {
    return this.#problem(text, this.line)
  }

  #problem(text: string, line: number): ProtoProblem {
    return new ProtoProblem(text, { file: this.#file, line })
  }
}
