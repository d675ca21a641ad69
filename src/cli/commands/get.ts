/** `quorate get` */

import type { Entry } from '../../client/index.ts'
import type { CommandParts } from '../command-parts.ts'
import type { CallOf } from '../framework/index.ts'
import type { GET } from '../specs/data.ts'
import { STATUS } from '../specs/shared.ts'
import { factLines, hexOf, shownLines, sizeText } from '../terminal/index.ts'
import { withStore } from './connection.ts'
import { bytesText, entryJson, keyOf, leaseText, printJson, styleFor } from './show.ts'

type Values = CallOf<typeof GET>['values']

export async function runGet(call: CallOf<typeof GET>, parts: CommandParts): Promise<number> {
  const { values, words } = call
  const key = keyOf(words[0] ?? '', values.hex)
  const { revision, stale } = values
  const options = { ...(revision === undefined ? {} : { revision }), ...(stale ? { stale } : {}) }
  return withStore(values, parts, async (store) => {
    const entry = await store.get<Uint8Array>(key, options)
    if (entry === null) {
      if (values.json) parts.print('null')
      else parts.complain(`quorate: there is no key ${JSON.stringify(bytesText(key, values.hex))}`)
      return STATUS.notFound
    }
    if (values.json) printJson(parts, entryJson(entry))
    else if (values.long) printFacts(entry, values, parts)
    else printValue(entry.value, values, parts)
    return STATUS.fine
  })
}

/** Byte for byte, but to a terminal, which a value must not be able to command. */
function printValue(value: Uint8Array, { hex }: Values, { output, print }: CommandParts): void {
  if (hex) print(hexOf(value))
  else if (!output.isTerminal) output.write(value)
  else print(shownLines(value).replace(/\n$/, ''))
}

function printFacts(entry: Entry<Uint8Array>, values: Values, parts: CommandParts): void {
  const { keyBytes, value, revision, createRevision, version, lease } = entry
  const facts = [
    ['key', bytesText(keyBytes, values.hex)],
    ['value', bytesText(value, values.hex)],
    ['size', sizeText(value.length)],
    ['revision', String(revision)],
    ['created at', String(createRevision)],
    ['version', String(version)],
    ['lease', leaseText(lease) || 'none'],
  ] as const
  for (const line of factLines(facts, styleFor(values, parts).dim)) parts.print(line)
}
