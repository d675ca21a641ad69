/** `quorate del` */

import { KvError } from '../../base/index.ts'
import type { CommandParts } from '../command-parts.ts'
import type { CallOf } from '../framework/index.ts'
import type { DEL } from '../specs/data.ts'
import { STATUS } from '../specs/shared.ts'
import { plural } from '../terminal/index.ts'
import { type Store, withStore } from './connection.ts'
import { keyOf, printJson } from './show.ts'

type DelCall = CallOf<typeof DEL>

interface Deleted {
  readonly deleted: number
  readonly revision: number
}

export async function runDel(call: DelCall, parts: CommandParts): Promise<number> {
  check(call)
  const { values } = call
  // What is no hexadecimal is found before anything is deleted.
  const keys = call.words.map((word) => keyOf(word, values.hex))
  const prefix = values.all ? '' : values.prefix
  return withStore(values, parts, async (store) => {
    const { deleted, revision } =
      prefix === undefined
        ? await deleteEach(store, keys, values.ifRevision)
        : await store.deletePrefix(keyOf(prefix, values.hex), { all: values.all })
    if (values.json) printJson(parts, { deleted, revision })
    else parts.print(`deleted ${plural(deleted, 'key')}`)
    return deleted > 0 ? STATUS.fine : STATUS.notFound
  })
}

function check({ values, words }: DelCall): void {
  const { prefix, all, ifRevision } = values
  if (prefix === '') {
    throw new KvError('BAD_REQUEST', '--prefix "" would be every key: --all deletes all of them')
  }
  const ways = [words.length > 0, prefix !== undefined, all].filter(Boolean).length
  if (ways === 0) {
    throw new KvError('BAD_REQUEST', 'what? Name keys, --prefix PREFIX, or --all for every key')
  }
  if (ways > 1) throw new KvError('BAD_REQUEST', 'keys, --prefix and --all exclude each other')
  if (ifRevision !== undefined && words.length !== 1) {
    throw new KvError('BAD_REQUEST', '--if-revision goes with exactly one key')
  }
}

async function deleteEach(
  store: Store,
  keys: readonly Uint8Array[],
  ifRevision: number | undefined,
): Promise<Deleted> {
  const options = ifRevision === undefined ? {} : { ifRevision }
  const results = await Promise.all(keys.map((key) => store.delete(key, options)))
  return {
    deleted: results.filter(({ deleted }) => deleted).length,
    revision: Math.max(...results.map(({ revision }) => revision)),
  }
}
