/**
 * What a service is: for servers and clients that carry it, and for reflection that tells of it.
 */

import { assert } from '../base/index.ts'
import type { Codec } from './codec.ts'

export interface MethodDescription<Request, Response> {
  readonly name: string
  /** The value of `:path`. */
  readonly path: string
  readonly request: Codec<Request>
  readonly response: Codec<Response>
  readonly requestStream: boolean
  readonly responseStream: boolean
}

export interface ServiceDescription {
  /** The fully qualified name. */
  readonly name: string
  readonly file: FileDescription
  readonly methods: Readonly<Record<string, MethodDescription<unknown, unknown>>>
}

/** One file of `proto/`. */
export interface FileDescription {
  readonly name: string
  readonly dependencies: readonly FileDescription[]
  /** Fully qualified names of the messages, enumerations, services and methods in it. */
  readonly symbols: readonly string[]
  /** An encoded `google.protobuf.FileDescriptorProto`, in base64. */
  readonly descriptor: string
}

/** The `FileDescriptorProto` of a file, encoded. */
export function descriptorBytes(file: FileDescription): Uint8Array {
  const text = atob(file.descriptor)
  const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0))
  assert(bytes.length > 0, 'a file has a descriptor')
  return bytes
}
