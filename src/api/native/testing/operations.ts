import { etcd, native } from '../../../wire/index.ts'

const UTF8 = new TextEncoder()

export function bytesOf(text: string): Uint8Array {
  return UTF8.encode(text)
}

type What = NonNullable<native.Operation['operation']>

interface Place {
  readonly session?: number
  readonly sequence?: number
}

export function operation(id: number, what: What, place: Place = {}): native.Operation {
  return native.Operation.create({ id, operation: what, ...place })
}

export function putOf(key: string, value = 'value'): What {
  return {
    kind: 'put',
    value: etcd.PutRequest.create({ key: bytesOf(key), value: bytesOf(value) }),
  }
}

export function rangeOf(key: string): What {
  return { kind: 'range', value: etcd.RangeRequest.create({ key: bytesOf(key) }) }
}

/** A message of operations, made of the bytes of each. */
export function wrapped(operations: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(
    operations.flatMap((bytes) => [Uint8Array.of(0x0a, ...varint(bytes.length)), bytes]),
  )
}

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)]
}
