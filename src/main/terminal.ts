/** The terminal, or whatever stands in its place, as the command line sees it. */

import { isatty } from 'node:tty'
import type { CommandParts } from '../cli/index.ts'
import { heedReader } from './pipe-reader.ts'

type Output = CommandParts['output']
type Input = CommandParts['input']

/** As wide as terminals were when nobody says how wide this one is. */
const COLUMNS = 80
const ROWS = 24

export function outputOf(stream: NodeJS.WriteStream & { readonly fd: number }): Output {
  const gone = new AbortController()
  // main.ts has said already that this is no failure.
  stream.on('error', () => gone.abort())
  return {
    isTerminal: stream.isTTY === true,
    columns: () => stream.columns || COLUMNS,
    rows: () => stream.rows || ROWS,
    write: (data) => {
      if (!gone.signal.aborted) stream.write(data)
    },
    gone: gone.signal,
    heedReader: (clock) => heedReader(stream.fd, { clock, onGone: () => gone.abort() }),
  }
}

/** Opened when somebody reads: a program that is only started needs none. */
export function standardInput(): Input {
  return {
    isTerminal: isatty(0),
    pieces: () => process.stdin,
    keys: (on) => {
      const stream = process.stdin
      const hear = (bytes: Buffer): void => {
        for (const key of bytes.toString()) on(key)
      }
      stream.setRawMode(true)
      // Of a terminal that was closed no key comes any more; a signal says that it was.
      stream.on('error', () => {})
      stream.on('data', hear)
      stream.resume()
      return () => {
        stream.off('data', hear)
        if (!stream.destroyed) stream.setRawMode(false)
        stream.pause()
      }
    },
  }
}

/** Signals that ask for an end, from the first time that somebody wants to hear of them. */
export function interruptionOf(): CommandParts['interruption'] {
  const asked = new AbortController()
  let listens = false
  return () => {
    if (!listens) {
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
        // A second one ends the process as if nobody had listened.
        process.once(signal, () => asked.abort(signal))
      }
    }
    listens = true
    return asked.signal
  }
}

export const runProgram: CommandParts['runProgram'] = ([program = '', ...words], environment) => {
  // Loaded here: most commands run no program, and it brings half of the network with it.
  const { spawn } = process.getBuiltinModule('node:child_process')
  const env = { ...process.env, ...environment }
  const child = spawn(program, words, { env, stdio: 'inherit' })
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => resolve({ code, signal }))
  })
  return { ended, kill: (signal) => child.kill(signal) }
}
