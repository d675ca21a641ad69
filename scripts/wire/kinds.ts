/** What each type of proto3 is in TypeScript, and which functions of `src/wire` carry it. */

export interface Kind {
  /** The type in TypeScript. */
  readonly type: string
  /** The value of a field that was not sent. */
  readonly initial: string
  readonly wireType: 0 | 1 | 2 | 5
  /** Bytes of every value, or the function that says how many. */
  readonly length: number | string
  readonly write: string
  /** The method of `WireReader`. */
  readonly read: string
  /** When a field without presence is not sent. */
  readonly isInitial: (value: string) => string
}

type Spec = Pick<Kind, 'type' | 'initial' | 'wireType' | 'length' | 'write' | 'read'>

function kind(spec: Spec): Kind {
  return { ...spec, isInitial: (value) => `${value} === ${spec.initial}` }
}

function varint(type: string, initial: string, functions: [string, string, string]): Kind {
  const [length, write, read] = functions
  return kind({ type, initial, wireType: 0, length, write, read })
}

function fixed(bytes: 4 | 8, type: string, [write, read]: [string, string]): Kind {
  const initial = type === 'bigint' ? '0n' : '0'
  return kind({ type, initial, wireType: bytes === 4 ? 5 : 1, length: bytes, write, read })
}

/** Minus zero is not what a field is when it was not sent. */
function floating(one: Kind): Kind {
  return { ...one, isInitial: (value) => `Object.is(${value}, 0)` }
}

const BOOL = kind({
  type: 'boolean',
  initial: 'false',
  wireType: 0,
  length: 1,
  write: 'writeBool',
  read: 'bool',
})

export const ENUM_KIND = varint('number', '0', ['int32Length', 'writeInt32', 'int32'])

export const KINDS: Readonly<Record<string, Kind>> = {
  bool: { ...BOOL, isInitial: (value) => `!${value}` },
  uint32: varint('number', '0', ['uint32Length', 'writeUint32', 'uint32']),
  int32: varint('number', '0', ['int32Length', 'writeInt32', 'int32']),
  sint32: varint('number', '0', ['sint32Length', 'writeSint32', 'sint32']),
  uint64: varint('bigint', '0n', ['uint64Length', 'writeUint64', 'uint64']),
  int64: varint('bigint', '0n', ['int64Length', 'writeInt64', 'int64']),
  sint64: varint('bigint', '0n', ['sint64Length', 'writeSint64', 'sint64']),
  fixed32: fixed(4, 'number', ['writeFixed32', 'fixed32']),
  sfixed32: fixed(4, 'number', ['writeSfixed32', 'sfixed32']),
  fixed64: fixed(8, 'bigint', ['writeFixed64', 'fixed64']),
  sfixed64: fixed(8, 'bigint', ['writeSfixed64', 'sfixed64']),
  float: floating(fixed(4, 'number', ['writeFloat', 'float'])),
  double: floating(fixed(8, 'number', ['writeDouble', 'double'])),
  string: {
    type: 'string',
    initial: "''",
    wireType: 2,
    length: 'stringLength',
    write: 'writeString',
    read: 'string',
    isInitial: (value) => `${value} === ''`,
  },
  bytes: {
    type: 'Uint8Array',
    initial: 'EMPTY_BYTES',
    wireType: 2,
    length: 'bytesLength',
    write: 'writeBytes',
    read: 'bytes',
    isInitial: (value) => `${value}.length === 0`,
  },
}

/** 64 bits in a number, by `jstype = JS_NUMBER`: for what counts, and never gets that far. */
export const NUMBER_KINDS: Readonly<Record<string, Kind>> = {
  uint64: varint('number', '0', ['numberLength', 'writeNumber', 'uint64Number']),
  int64: varint('number', '0', ['numberLength', 'writeNumber', 'int64Number']),
}
