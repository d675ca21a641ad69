/** `quorate put` */

import { KvError } from '../../base/index.ts'
import type { PutOptions } from '../../client/index.ts'
import type { CommandParts } from '../command-parts.ts'
import type { CallOf } from '../framework/index.ts'
import type { PUT } from '../specs/data.ts'
import { STATUS } from '../specs/shared.ts'
import { jsonBytes } from '../terminal/index.ts'
import { withStore } from './connection.ts'
import { bytesText, keyOf, previousJson, printJson, styleFor } from './show.ts'
import { valueFrom } from './value-input.ts'

type Values = CallOf<typeof PUT>['values']

export async function runPut(call: CallOf<typeof PUT>, parts: CommandParts): Promise<number> {
  const { values, words } = call
  const [word = '', given] = words
  const key = keyOf(word, values.hex)
  const options = putOptions(values)
  const value = await valueFrom({ word: given, file: values.file, hex: values.hex }, parts)
  return withStore(values, parts, async (store) => {
    const { revision, previous } = await store.put(key, value, options)
    if (values.json) {
      printJson(parts, { ...jsonBytes('key', key), revision, ...previousJson(previous) })
    } else {
      parts.print(`OK ${styleFor(values, parts).dim(`(revision ${revision})`)}`)
      if (previous === null) parts.print('there was none before')
      else if (previous !== undefined) {
        parts.print(`before: ${bytesText(previous.value, values.hex)}`)
      }
    }
    return STATUS.fine
  })
}

function putOptions({ ttl, lease, ifAbsent, ifRevision, previous }: Values): PutOptions {
  if (ttl !== undefined && lease !== undefined) {
    throw new KvError('BAD_REQUEST', '--ttl and --lease exclude each other: --ttl makes a lease')
  }
  if (ifAbsent && ifRevision !== undefined) {
    throw new KvError('BAD_REQUEST', '--if-absent and --if-revision exclude each other')
  }
  return {
    ...(ttl === undefined ? {} : { ttlMs: ttl }),
    ...(lease === undefined ? {} : { lease }),
    ...(ifAbsent ? { ifAbsent } : {}),
    ...(ifRevision === undefined ? {} : { ifRevision }),
    ...(previous ? { previous } : {}),
  }
}
