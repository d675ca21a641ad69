/**
 * What doors of our own say of a failure besides its code: which limit, which condition, which key.
 * All of it is told from the request itself; where that does not know, the error table speaks.
 */

import { type ErrorCode, shownKey } from '../../base/index.ts'
import type { StateLimits } from '../../state/index.ts'
import { etcd } from '../../wire/index.ts'

const { CompareCompareResult: RESULT, CompareCompareTarget: TARGET } = etcd

/** What a write was about, as far as its failure may have to say so. With memory of its own. */
export interface Subject {
  readonly conditions?: readonly etcd.Compare[]
  /** The key that was to be added to. */
  readonly counter?: Uint8Array
  /** The one lease that it names. */
  readonly lease?: bigint
}

/** Undefined: the table says all there is to say. */
export function failureWords(code: ErrorCode, subject: Subject): string | undefined {
  const { conditions = [], counter, lease } = subject
  if (code === 'LEASE_NOT_FOUND' && lease !== undefined) {
    return `there is no lease ${BigInt.asUintN(64, lease).toString(16)}`
  }
  if (code === 'NOT_A_COUNTER' && counter !== undefined) {
    const name = shownKey(counter)
    const limit = 'or would leave the range of 64 bits'
    return `the value of ${name} is no whole number in decimal digits, ${limit}`
  }
  if (code !== 'CONDITION_FAILED') return undefined
  const [first, ...others] = conditions.map(oppositeOf)
  if (first === undefined) return undefined
  const all = [...new Set([first, ...others])]
  return all.includes(null) ? undefined : `${all.join(', or ')}; nothing was changed`
}

/** What is the case when the condition does not hold; null: that takes more words. */
function oppositeOf({ key, rangeEnd, target, result, targetUnion }: etcd.Compare): string | null {
  if (rangeEnd.length > 0 || target === TARGET.VALUE || target === TARGET.LEASE) return null
  const isSame = result === RESULT.EQUAL
  if (!isSame && result !== RESULT.NOT_EQUAL) return null
  const number = targetUnion === null ? 0 : targetUnion.value
  const name = shownKey(key)
  // Only a key that is not there has one of them at 0.
  if (number === 0) return isSame ? `the key ${name} is there already` : `there is no key ${name}`
  if (target !== TARGET.MOD) return null
  return isSame
    ? `the key ${name} is not at revision ${number} (any more)`
    : `the key ${name} is at revision ${number}`
}

/** What is too large about a put; undefined: nothing. */
export function sizeWords(
  { key, value }: { readonly key: Sized; readonly value?: Sized },
  { keyBytesMax, valueBytesMax }: StateLimits,
): string | undefined {
  if (key.length > keyBytesMax) return overLimit('the key', key.length, keyBytesMax)
  if (value === undefined || value.length <= valueBytesMax) return undefined
  return overLimit('the value', value.length, valueBytesMax)
}

interface Sized {
  readonly length: number
}

/** The same of all puts of a transaction. */
export function txnSizeWords(
  { success, failure }: etcd.TxnRequest,
  limits: StateLimits,
): string | undefined {
  for (const { request } of [...success, ...failure]) {
    let words: string | undefined
    if (request?.kind === 'requestPut') words = sizeWords(request.value, limits)
    else if (request?.kind === 'requestTxn') words = txnSizeWords(request.value, limits)
    if (words !== undefined) return words
  }
  return undefined
}

export function overLimit(what: string, bytes: number, bytesMax: number): string {
  return `${what} has ${bytes} bytes, at most ${bytesMax} are allowed`
}
