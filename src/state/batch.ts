/**
 * An entry's data is a batch of commands (one entry per batch keeps consensus at a few thousand
 * entries a second whatever the request rate).
 *
 * ```
 * batch    | format 1 | count varint | count x ( length varint | command ) |
 * ```
 */

import { ByteReader, ByteWriter } from './bytes.ts'
import type { StateLimits } from './limits.ts'

const FORMAT = 1

/** Frames commands as they came from `encodeCommand`; nothing is encoded again. */
export function encodeBatch(commands: readonly Uint8Array[]): Uint8Array {
  let bytes = 16
  for (const command of commands) bytes += command.length + 8
  const writer = new ByteWriter(bytes)
  writer.byte(FORMAT)
  writer.varint(commands.length)
  for (const command of commands) writer.blob(command)
  return writer.finish()
}

export type BatchFault = 'malformed' | 'tooLarge'

/** Views of the commands' bytes. A batch that is broken anywhere is refused as a whole. */
export function decodeBatch(data: Uint8Array, limits: StateLimits): Uint8Array[] | BatchFault {
  if (data.length > limits.batchBytesMax) return 'tooLarge'
  const reader = new ByteReader(data)
  if (reader.byte() !== FORMAT) return 'malformed'
  const count = reader.varint()
  if (count > limits.batchCommandsMax) return 'tooLarge'
  const commands: Uint8Array[] = []
  for (let i = 0; i < count && !reader.failed; i++) commands.push(reader.blob())
  return reader.complete ? commands : 'malformed'
}
