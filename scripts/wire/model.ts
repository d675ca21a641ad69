/** What a file of `proto/` says, in the words of proto3. */

export type ScalarType =
  | 'bool'
  | 'uint32'
  | 'int32'
  | 'sint32'
  | 'uint64'
  | 'int64'
  | 'sint64'
  | 'fixed32'
  | 'sfixed32'
  | 'fixed64'
  | 'sfixed64'
  | 'float'
  | 'double'
  | 'string'
  | 'bytes'

export interface Reserved {
  readonly names: string[]
  /** First and last number. */
  readonly ranges: (readonly [number, number])[]
}

export interface Field {
  readonly name: string
  readonly number: number
  readonly line: number
  /** As written: a scalar, or a name that is looked up from the inside out. */
  readonly type: string
  readonly repeated: boolean
  /** `optional`: present or absent, whatever the value. */
  readonly optional: boolean
  readonly oneof: string | null
  readonly options: ReadonlyMap<string, string>
}

export interface Message {
  readonly name: string
  /** Fully qualified. */
  readonly fullName: string
  readonly fields: Field[]
  readonly oneofs: string[]
  readonly messages: Message[]
  readonly enums: Enumeration[]
  readonly reserved: Reserved
  /** Made for a field `map<K, V>`. */
  readonly isMapEntry: boolean
}

export interface Enumeration {
  readonly name: string
  readonly fullName: string
  readonly values: { readonly name: string; readonly number: number }[]
}

export interface Method {
  readonly name: string
  readonly line: number
  readonly request: string
  readonly response: string
  readonly requestStream: boolean
  readonly responseStream: boolean
}

export interface Service {
  readonly name: string
  readonly fullName: string
  readonly methods: Method[]
}

export interface ProtoFile {
  /** Relative to `proto/`. */
  readonly name: string
  readonly packageName: string
  readonly imports: readonly string[]
  readonly messages: readonly Message[]
  readonly enums: readonly Enumeration[]
  readonly services: readonly Service[]
}

/** What is wrong with a file, and where. */
export class ProtoProblem extends Error {
  readonly file: string
  readonly line: number

  constructor(text: string, { file, line }: { file: string; line: number }) {
    super(text)
    this.file = file
    this.line = line
  }
}
