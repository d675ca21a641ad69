/** Messages of etcd as clients send them, by hand: engines know nothing of their formats. */

type FieldValue = number | bigint | boolean | Uint8Array

/** Fields by their numbers in `proto/etcd/rpc.proto`, in order; a list is a repeated field. */
export function message(fields: Record<number, FieldValue | readonly Uint8Array[]>): Uint8Array {
  const bytes: number[] = []
  for (const [number, value] of Object.entries(fields)) {
    const values = Array.isArray(value) ? value : [value]
    for (const one of values) addField(bytes, Number(number), one)
  }
  return Uint8Array.from(bytes)
}

function addField(bytes: number[], number: number, value: FieldValue): void {
  if (value instanceof Uint8Array) {
    addVarint(bytes, BigInt((number << 3) | 2))
    addVarint(bytes, BigInt(value.length))
    for (const byte of value) bytes.push(byte)
    return
  }
  addVarint(bytes, BigInt(number << 3))
  addVarint(bytes, BigInt(value))
}

function addVarint(bytes: number[], value: bigint): void {
  let rest = value
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80)
  bytes.push(Number(rest))
}
