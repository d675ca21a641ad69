import type { Clock } from '../../io/index.ts'

/** Records as the state writes them: `mvccpb.KeyValue`, fields ascending, zero fields left out. */

export interface TestRecord {
  readonly main: number
  readonly sub: number
  readonly record: Uint8Array
  /** The record without its value. */
  readonly header: Uint8Array
}

const TEXT = new TextEncoder()
const FIELD = { key: 1, createRevision: 2, modRevision: 3, version: 4, value: 5 } as const

/** With a value of this many bytes, which is that of no other revision. */
export function put(main: number, sub: number, { key = 'k', valueBytes = 20 } = {}): TestRecord {
  const header = Uint8Array.from([
    ...lengthField(FIELD.key, TEXT.encode(key).length),
    ...TEXT.encode(key),
    ...numberField(FIELD.createRevision, main),
    ...numberField(FIELD.modRevision, main),
    ...numberField(FIELD.version, 1 + (sub % 5)),
  ])
  if (valueBytes === 0) return { main, sub, record: header, header }
  const lead = lengthField(FIELD.value, valueBytes)
  const record = new Uint8Array(header.length + lead.length + valueBytes)
  record.set(header)
  record.set(lead, header.length)
  for (let at = header.length + lead.length, i = 0; at < record.length; at++, i++) {
    record[at] = main * 31 + sub * 7 + i + (i >>> 8)
  }
  return { main, sub, record, header }
}

export function tombstone(main: number, sub: number, { key = 'k' } = {}): TestRecord {
  const record = Uint8Array.from([
    ...lengthField(FIELD.key, TEXT.encode(key).length),
    ...TEXT.encode(key),
    ...numberField(FIELD.modRevision, main),
  ])
  return { main, sub, record, header: record }
}

/** Lets the rest of the world move on. */
export async function turns(clock: Clock, count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise<void>((resolve) => clock.soon(resolve))
}

function lengthField(field: number, length: number): number[] {
  return [(field << 3) | 2, ...varint(length)]
}

function numberField(field: number, value: number): number[] {
  return [field << 3, ...varint(value)]
}

function varint(value: number): number[] {
  const bytes: number[] = []
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest]
    bytes.push((rest % 128) | 128)
  }
}
