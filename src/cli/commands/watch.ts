/** `quorate watch` */

import { KvError } from '../../base/index.ts'
import type { WatchEvent, WatchOptions } from '../../client/index.ts'
import type { CommandParts } from '../command-parts.ts'
import type { CallOf } from '../framework/index.ts'
import type { WATCH } from '../specs/data.ts'
import { STATUS } from '../specs/shared.ts'
import { jsonBytes, type Style } from '../terminal/index.ts'
import { withStore } from './connection.ts'
import { rangeOf } from './range.ts'
import { cellText, entryJson, keyOf, previousJson, printJson, styleFor } from './show.ts'

type WatchCall = CallOf<typeof WATCH>
type Values = WatchCall['values']
type Event = WatchEvent<Uint8Array>

export async function runWatch(call: WatchCall, parts: CommandParts): Promise<number> {
  const { values } = call
  const range = watchRange(call)
  const interruption = parts.interruption()
  const signal = AbortSignal.any([interruption, parts.output.gone])
  // Nothing may change for ever, and then nothing is written that would find it out.
  const unheed = await parts.output.heedReader((await parts.machine()).clock)
  const style = styleFor(values, parts)
  const { from, previous, limit } = values
  return withStore(values, parts, async (store) => {
    const options: WatchOptions = {
      ...range,
      ...(from === undefined ? {} : { from }),
      ...(previous ? { previous } : {}),
      signal,
    }
    const watch = store.watch(options)
    watch.ready.then(
      (revision) => tellReady(revision, parts),
      // The iteration fails with the same.
      () => {},
    )
    let count = 0
    for await (const event of watch) {
      if (values.json) printJson(parts, eventJson(event))
      else printEvent(event, { values, style, parts })
      count += 1
      if (count === limit || signal.aborted) break
    }
    return interruption.aborted && count !== limit ? STATUS.interrupted : STATUS.fine
  }).finally(unheed)
}

function watchRange({ words, values }: WatchCall): WatchOptions {
  const [word] = words
  const range = rangeOf(values)
  if (word === undefined) return Object.keys(range).length === 0 ? { prefix: '' } : range
  if (Object.keys(range).length > 0) {
    throw new KvError('BAD_REQUEST', 'KEY excludes --prefix, --start and --end')
  }
  return { key: keyOf(word, values.hex) }
}

function tellReady(revision: number, { errors, output }: CommandParts): void {
  if (!errors.isTerminal || !output.isTerminal) return
  // A watch of the past begins before anybody has said where the store is now.
  const where = revision === 0 ? '' : `; the store is at revision ${revision}`
  errors.write(`Watches${where}. Ctrl-C ends it.\n`)
}

function eventJson(event: Event): unknown {
  const { type, keyBytes, revision, previous } = event
  const fields =
    type === 'put' ? entryJson(event.entry) : { ...jsonBytes('key', keyBytes), revision }
  return { type, ...fields, ...previousJson(previous) }
}

interface Look {
  readonly values: Values
  readonly style: Style
  readonly parts: CommandParts
}

function printEvent(event: Event, { values, style, parts }: Look): void {
  const { type, keyBytes, revision, previous } = event
  const { isTerminal } = parts.output
  const key = cellText(keyBytes, values.hex, parts.output)
  const value = type === 'put' ? cellText(event.entry.value, values.hex, parts.output) : ''
  const before =
    previous === undefined
      ? null
      : previous === null
        ? ''
        : cellText(previous.value, values.hex, parts.output)
  if (!isTerminal) {
    const cells = [revision, type, key, value, ...(before === null ? [] : [before])]
    parts.print(cells.join('\t'))
    return
  }
  const word = type === 'put' ? style.green('put   ') : style.red('delete')
  const tail = before === null ? '' : style.dim(`  (before: ${before === '' ? 'nothing' : before})`)
  const line = [style.dim(String(revision).padStart(8)), word, style.bold(key), value].join('  ')
  parts.print(`${line.trimEnd()}${tail}`)
}
