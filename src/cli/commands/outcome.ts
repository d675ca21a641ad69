/** How commands end: what a person or a program is told of a failure, and the exit status. */

import { ERRORS, type ErrorCode, KvError } from '../../base/index.ts'
import type { QuorateError } from '../../client/index.ts'
import type { CommandParts } from '../command-parts.ts'
import { failureLines, failureText } from '../failure-text.ts'
import { STATUS } from '../specs/shared.ts'
import { OutOfReach, type Reach, reachJson, reachText } from './reach.ts'

const GRPC_UNAVAILABLE = 14
/** What a command finds out before, or beside, the client. */
const OF_A_CLUSTER: ReadonlySet<ErrorCode> = new Set(['UNREACHABLE', 'LEASE_NOT_FOUND'])

/**
 * By its name: its class comes with the client, which a command that fails early has not loaded.
 */
export function isQuorateError(error: unknown): error is QuorateError {
  return error instanceof Error && error.name === 'QuorateError'
}

/** Of a command that did not do what it was told to. */
export function failureStatus(error: unknown): number {
  if (error instanceof OutOfReach) return failureStatus(error.error)
  if (error instanceof Interrupted) return STATUS.interrupted
  const code = codeOf(error)
  if (code === null) return STATUS.failed
  // Of our own errors: that of a disk of this machine is one of UNAVAILABLE to clients only.
  if (error instanceof KvError && !OF_A_CLUSTER.has(code)) return STATUS.failed
  if (code === 'CONDITION_FAILED') return STATUS.conditionFailed
  if (code === 'KEY_NOT_FOUND' || code === 'LEASE_NOT_FOUND') return STATUS.notFound
  return ERRORS[code].grpc === GRPC_UNAVAILABLE ? STATUS.unavailable : STATUS.failed
}

/** Of a cluster that may be there another time. */
export function isUnavailable(error: unknown): boolean {
  return failureStatus(error) === STATUS.unavailable
}

function codeOf(error: unknown): ErrorCode | null {
  return error instanceof KvError || isQuorateError(error) ? error.code : null
}

/** With `--json` as JSON, on the same output as otherwise. */
export function complainOf(thrown: unknown, json: boolean, { complain }: CommandParts): void {
  const [error, reach] =
    thrown instanceof OutOfReach ? [thrown.error, thrown.reach] : [thrown, null]
  const code = codeOf(error)
  if (error instanceof Interrupted) return
  if (json && code !== null) {
    const isTold = isQuorateError(error)
    const message = isTold ? error.message : failureText(error)
    const { retry } = isTold ? error : ERRORS[code]
    const advice = isTold ? adviceOf(error, reach) : ERRORS[code].advice
    const texts = reach === null ? [advice] : [reachText(reach), advice]
    const more = reach === null ? {} : { reach: reachJson(reach) }
    const told = { code, message, retry, advice: texts.join(' ').trim(), ...more }
    complain(JSON.stringify({ error: told }))
    return
  }
  if (!isQuorateError(error)) {
    for (const line of failureLines(error)) complain(line)
    return
  }
  // Its causes are what it was made from, in the words of whoever met them.
  complain(`quorate: ${error.message}`)
  if (reach !== null) complain(`  ${reachText(reach)}`)
  const advice = adviceOf(error, reach)
  if (advice !== '') complain(`  ${advice}`)
}

/** Who answers says what to do, unless a write may have happened: nobody else warns of that. */
function adviceOf({ advice, retry }: QuorateError, reach: Reach | null): string {
  return reach === null || retry === 'unknown-outcome' ? advice : ''
}

/** Ctrl-C and the like, where a command has to stop in the middle. Thrown, and no failure. */
export class Interrupted {
  readonly signal: string

  constructor(signal: string) {
    this.signal = signal
  }
}
