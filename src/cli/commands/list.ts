/** `quorate list` */

import { KvError } from '../../base/index.ts'
import type { ListOptions } from '../../client/index.ts'
import type { CommandParts, Output } from '../command-parts.ts'
import type { CallOf } from '../framework/index.ts'
import type { LIST } from '../specs/data.ts'
import { STATUS } from '../specs/shared.ts'
import { type Column, countText, Progress, sizeText } from '../terminal/index.ts'
import { type Store, withStore } from './connection.ts'
import { rangeOf } from './range.ts'
import { RowPrinter } from './row-printer.ts'
import { cellText, entryJson, type Item, leaseText, printJson, styleFor } from './show.ts'

type ListCall = CallOf<typeof LIST>
type Values = ListCall['values']

export async function runList(call: ListCall, parts: CommandParts): Promise<number> {
  const { values } = call
  const options = listOptions(call)
  if (values.count) check(values)
  return withStore(values, parts, async (store) => {
    if (!values.count) return printAll(store.list(options), values, parts)
    const count = await store.count(options)
    if (values.json) printJson(parts, { count })
    else parts.print(String(count))
    return STATUS.fine
  })
}

function check({ limit, keysOnly, long, reverse }: Values): void {
  if (limit === undefined && !keysOnly && !long && !reverse) return
  throw new KvError('BAD_REQUEST', '--count only counts: it takes a range and a revision')
}

function listOptions({ values, words }: ListCall): ListOptions {
  const [word] = words
  if (word !== undefined && values.prefix !== undefined) {
    throw new KvError('BAD_REQUEST', 'the prefix is there twice: as a word and with --prefix')
  }
  const { limit, keysOnly, reverse, revision } = values
  return {
    ...rangeOf({ ...values, prefix: word ?? values.prefix }),
    ...(limit === undefined ? {} : { limit }),
    // The size of a value is only known with it.
    ...(keysOnly && !values.long ? { keysOnly: true } : {}),
    ...(reverse ? { reverse } : {}),
    ...(revision === undefined ? {} : { revision }),
  }
}

type Listed = ReturnType<Store['list']>

async function printAll(listing: Listed, values: Values, parts: CommandParts): Promise<number> {
  const { output, errors } = parts
  const { clock } = await parts.machine()
  // Beside a table on the screen it would be in the way, and the table shows how far it is.
  const isTerminal = errors.isTerminal && !output.isTerminal
  const progress = new Progress({ ...errors, isTerminal }, () => clock.monotonicMs())
  const rows = new RowPrinter(columnsOf(values), { style: styleFor(values, parts), output })
  let count = 0
  for await (const { entries } of listing.pages()) {
    for (const entry of entries) {
      if (values.json) printJson(parts, entryJson(entry))
      else rows.add(cells(entry, values, output))
    }
    count += entries.length
    if (output.gone.aborted) break
    progress.show(() => `${countText(count)} keys`)
  }
  rows.end()
  progress.clear()
  return STATUS.fine
}

function columnsOf({ keysOnly, long }: Values): readonly Column[] {
  const columns: Column[] = [{ title: 'KEY' }]
  if (!keysOnly) columns.push({ title: 'VALUE' })
  if (!long) return columns
  for (const title of ['REVISION', 'CREATED', 'VERSION']) columns.push({ title, isNumber: true })
  return [...columns, { title: 'SIZE', isNumber: true }, { title: 'LEASE' }]
}

function cells(entry: Item, { keysOnly, long, hex }: Values, output: Output): readonly string[] {
  const value = 'value' in entry ? entry.value : new Uint8Array()
  const row = [cellText(entry.keyBytes, hex, output)]
  if (!keysOnly) row.push(cellText(value, hex, output))
  if (!long) return row
  const { revision, createRevision, version, lease } = entry
  const numbers = [revision, createRevision, version].map(String)
  return [...row, ...numbers, sizeText(value.length), leaseText(lease)]
}
