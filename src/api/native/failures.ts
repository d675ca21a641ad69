/** How an operation fails: in the words of the one error table. */

import {
  ERRORS,
  type ErrorCode,
  type ErrorSpec,
  type KvError,
  type Retry,
} from '../../base/index.ts'
import { native } from '../../wire/index.ts'
import type { MajorityLoss } from '../messages/index.ts'

const { NEVER, AT_LEADER, LATER, UNKNOWN_OUTCOME } = native.FailureRetry

const RETRIES: Readonly<Record<Retry, number>> = {
  never: NEVER,
  'at-leader': AT_LEADER,
  later: LATER,
  'unknown-outcome': UNKNOWN_OUTCOME,
}

/** What is known of the operation that failed. */
export type Certainty =
  /** The state has said so, or it was looked at: what the table says holds. */
  | 'told'
  /** It did not take effect and never will, whatever the table says of its code. */
  | 'refused'
  /** Nobody knows, whatever the table says of its code. */
  | 'unknown'

/** Encoded, once for each code and certainty where there is no more to say. */
export class Failures {
  readonly #known = new Map<string, Uint8Array>()

  of(code: ErrorCode, certainty: Certainty, words?: string): Uint8Array {
    if (words !== undefined) return encoded(code, certainty, words)
    const name = `${code} ${certainty}`
    let bytes = this.#known.get(name)
    if (bytes === undefined) {
      bytes = encoded(code, certainty, ERRORS[code].what)
      this.#known.set(name, bytes)
    }
    return bytes
  }

  /** Too few members answer. */
  withLoss(code: ErrorCode, certainty: Certainty, loss: MajorityLoss): Uint8Array {
    const retry = RETRIES[retryOf(ERRORS[code], certainty)]
    return native.Failure.encodeBytes({ code, retry, ...loss })
  }

  /** With words of its own; it has no effect. */
  withText({ code, message }: KvError): Uint8Array {
    return encoded(code, 'refused', message)
  }
}

function encoded(code: ErrorCode, certainty: Certainty, text: string): Uint8Array {
  const spec: ErrorSpec = ERRORS[code]
  const retry = retryOf(spec, certainty)
  // The advice of its code would be for something that certainly did not happen.
  const isOpen = retry === 'unknown-outcome' && spec.retry !== retry
  const { advice } = isOpen ? ERRORS.TIMED_OUT : spec
  return native.Failure.encodeBytes({ code, text, retry: RETRIES[retry], advice, repair: '' })
}

function retryOf({ retry }: ErrorSpec, certainty: Certainty): Retry {
  if (certainty === 'unknown') return 'unknown-outcome'
  return certainty === 'refused' && retry === 'unknown-outcome' ? 'later' : retry
}
