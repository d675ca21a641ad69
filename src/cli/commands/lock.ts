/** `quorate lock` */

import type { Lock } from '../../client/index.ts'
import type { Timer } from '../../io/index.ts'
import type { CommandParts, ProgramEnd } from '../command-parts.ts'
import { failureText } from '../failure-text.ts'
import type { CallOf } from '../framework/index.ts'
import type { LOCK } from '../specs/coordination.ts'
import { STATUS } from '../specs/shared.ts'
import { type Store, withStore } from './connection.ts'
import { Interrupted } from './outcome.ts'
import { printJson, styleFor } from './show.ts'

type LockCall = CallOf<typeof LOCK>
type Values = LockCall['values']

/** For a program to end by itself once the lock is lost; others may have it by then. */
const GRACE_MS = 1000
/** Many a lock is given back sooner, which needs no word. */
const SILENCE_MS = 300
const STATUS_NO_PROGRAM = 127

export async function runLock(call: LockCall, parts: CommandParts): Promise<number> {
  const { values, words, program } = call
  const name = words[0] ?? ''
  const interruption = parts.interruption()
  return withStore(values, parts, async (store) => {
    const lock = await take({ store, name, values, interruption }, parts)
    if (lock === null) {
      parts.complain(`quorate: others hold the lock ${JSON.stringify(name)}`)
      return STATUS.conditionFailed
    }
    try {
      if (program.length === 0) return await hold(lock, { values, interruption, parts })
      return await runHolding(lock, { program, interruption, parts })
    } finally {
      await lock.release()
    }
  })
}

interface Taking {
  readonly store: Store
  readonly name: string
  readonly values: Values
  readonly interruption: AbortSignal
}

/** Null when others held it as long as `--wait` says. */
async function take(taking: Taking, parts: CommandParts): Promise<Lock | null> {
  const { store, name, values, interruption } = taking
  // So that a cluster that does not answer is told in the usual time, and not waited for.
  await store.get(name)
  const { clock } = await parts.machine()
  const late = new AbortController()
  const { wait, ttl } = values
  const timers: Timer[] = []
  // Before anybody is known to be in front it is the cluster that takes its time, and nobody else.
  const onWait = (): void => {
    if (wait === 0) {
      late.abort()
      return
    }
    if (wait !== undefined) timers.push(clock.after(wait, () => late.abort()))
    timers.push(clock.after(SILENCE_MS, () => tellWaiting(name, parts)))
  }
  try {
    const signal = AbortSignal.any([interruption, late.signal])
    return await store.lock(name, { ttlMs: ttl, signal, onWait })
  } catch (error) {
    if (interruption.aborted) throw new Interrupted(String(interruption.reason))
    if (late.signal.aborted) return null
    throw error
  } finally {
    for (const timer of timers) timer.cancel()
  }
}

function tellWaiting(name: string, { errors }: CommandParts): void {
  if (errors.isTerminal) errors.write(`waits for ${name}…\n`)
}

interface Holding {
  readonly interruption: AbortSignal
  readonly parts: CommandParts
}

async function hold(
  lock: Lock,
  { values, interruption, parts }: Holding & { readonly values: Values },
): Promise<number> {
  const { fence, key, name } = lock
  if (values.json) printJson(parts, { name, key, fence: String(fence) })
  else parts.print(`holds ${name}; fence ${styleFor(values, parts).bold(String(fence))}`)
  await aborted(AbortSignal.any([interruption, lock.lost]))
  if (interruption.aborted) return STATUS.interrupted
  parts.complain(`quorate: the lock ${JSON.stringify(name)} was lost`)
  return STATUS.failed
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

interface Running extends Holding {
  readonly program: readonly string[]
}

async function runHolding(lock: Lock, { program, interruption, parts }: Running): Promise<number> {
  const machine = await parts.machine()
  const { name, fence } = lock
  const variables = { QUORATE_LOCK: name, QUORATE_FENCE: String(fence) }
  const running = parts.runProgram(program, variables)
  const passOn = (): void => {
    // Ctrl-C at a terminal goes to the program as well, without our doing.
    const isThere = parts.input.isTerminal && interruption.reason === 'SIGINT'
    if (!isThere) running.kill(interruption.reason === 'SIGINT' ? 'SIGINT' : 'SIGTERM')
  }
  const stop = (): void => {
    running.kill('SIGTERM')
    machine.clock.after(GRACE_MS, () => running.kill('SIGKILL'))
  }
  interruption.addEventListener('abort', passOn, { once: true })
  lock.lost.addEventListener('abort', stop, { once: true })
  try {
    const end = await running.ended
    if (!lock.lost.aborted) return statusOf(end)
    parts.complain(`quorate: the lock ${JSON.stringify(name)} was lost, and the program killed`)
    return STATUS.failed
  } catch (error) {
    parts.complain(`quorate: ${program[0]} did not start: ${failureText(error)}`)
    return STATUS_NO_PROGRAM
  } finally {
    interruption.removeEventListener('abort', passOn)
    lock.lost.removeEventListener('abort', stop)
  }
}

/** Of POSIX; a shell adds them to 128. */
const SIGNALS: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGABRT: 6,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGPIPE: 13,
  SIGTERM: 15,
}
const SIGNALLED = 128

function statusOf({ code, signal }: ProgramEnd): number {
  return code ?? SIGNALLED + (SIGNALS[signal ?? ''] ?? 0)
}
