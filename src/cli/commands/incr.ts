/** `quorate incr` */

import { KvError } from '../../base/index.ts'
import type { CommandParts } from '../command-parts.ts'
import type { CallOf } from '../framework/index.ts'
import type { INCR } from '../specs/data.ts'
import { STATUS } from '../specs/shared.ts'
import { jsonBytes } from '../terminal/index.ts'
import { withStore } from './connection.ts'
import { keyOf, printJson } from './show.ts'

const INT64_MIN = -(2n ** 63n)
const INT64_MAX = 2n ** 63n - 1n

export async function runIncr(call: CallOf<typeof INCR>, parts: CommandParts): Promise<number> {
  const { values, words } = call
  const key = keyOf(words[0] ?? '', values.hex)
  const by = amountOf(words[1] ?? '1')
  return withStore(values, parts, async (store) => {
    const value = await store.incr(key, by)
    // As a text: programs read numbers of JSON with 53 bits.
    if (values.json) printJson(parts, { ...jsonBytes('key', key), value: String(value) })
    else parts.print(String(value))
    return STATUS.fine
  })
}

function amountOf(text: string): bigint {
  const amount = /^[+-]?\d{1,19}$/.test(text) ? BigInt(text.replace('+', '')) : null
  if (amount !== null && amount >= INT64_MIN && amount <= INT64_MAX) return amount
  throw new KvError(
    'BAD_REQUEST',
    `BY is a whole number of 64 bits such as 1 or -5, not ${JSON.stringify(text)}`,
  )
}
