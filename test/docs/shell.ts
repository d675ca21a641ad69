/** A bash that is told one command after the other, as somebody at a terminal would. */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

const COMMAND_MS_MAX = 60_000
/** At the end of what a command prints; nothing that a document shows looks like it. */
const MARK = '\u0001done'

export interface Printed {
  readonly status: number
  /** Both outputs, in the order they came. */
  readonly text: string
}

export class Shell {
  readonly #bash: ChildProcess
  readonly #ended: Promise<unknown>
  #text = ''
  #heard: () => void = () => {}

  constructor(cwd: string, environment: Readonly<Record<string, string>>) {
    const env = { ...process.env, ...environment }
    // A group of its own: what it has started ends with it.
    this.#bash = spawn('bash', ['--noprofile', '--norc'], { cwd, env, detached: true })
    this.#ended = once(this.#bash, 'close')
    for (const output of [this.#bash.stdout, this.#bash.stderr]) {
      output?.setEncoding('utf8').on('data', (piece: string) => {
        this.#text += piece
        this.#heard()
      })
    }
  }

  /** Fails when it takes longer than anything a document shows may take. */
  async run(command: string): Promise<Printed> {
    this.#text = ''
    const done = new RegExp(`${MARK} (\\d+)\n`)
    const found = new Promise<void>((resolve) => {
      this.#heard = () => {
        if (done.test(this.#text)) resolve()
      }
    })
    this.#bash.stdin?.write(`{\n${command}\n} 2>&1 < /dev/null\nprintf '${MARK} %d\\n' $?\n`)
    const late = AbortSignal.timeout(COMMAND_MS_MAX)
    await Promise.race([found, this.#ended, once(late, 'abort')])
    const match = done.exec(this.#text)
    if (match === null) throw new Error(`it has not ended; it has printed:\n${this.#text}`)
    return { status: Number(match[1]), text: this.#text.slice(0, match.index) }
  }

  /** Goes on until the shell is closed. What it prints goes to a file beside it. */
  async begin(command: string): Promise<void> {
    await this.run(`{\n${command}\n} > background.txt 2>&1 &`)
  }

  async close(): Promise<void> {
    const { pid } = this.#bash
    try {
      if (pid !== undefined) process.kill(-pid, 'SIGKILL')
    } catch {
      // It is gone by itself.
    }
    await this.#ended
  }
}
