/** Where a value, or a script, comes from. */

import { KvError } from '../../base/index.ts'
import type { CommandParts } from '../command-parts.ts'
import { fileText } from '../failure-text.ts'
import { bytesOf } from './show.ts'

/** Far more than a cluster takes, and little enough to hold. */
const INPUT_BYTES_MAX = 64 * 1024 * 1024

interface Source {
  readonly word: string | undefined
  readonly file: string | undefined
  readonly hex: boolean
}

export async function valueFrom(source: Source, parts: CommandParts): Promise<Uint8Array> {
  const { word, file, hex } = source
  if (word !== undefined && file !== undefined) {
    throw new KvError('BAD_REQUEST', 'the value is there twice: as a word and with --file')
  }
  if (file !== undefined) return readFile(file, parts)
  if (word === '-') return readInput(parts)
  if (word !== undefined) return bytesOf(word, hex, 'a value')
  throw new KvError(
    'BAD_REQUEST',
    'VALUE is missing: a word, - for standard input, or --file FILE; "" is an empty value',
  )
}

export function readFile(path: string, { readBytes }: CommandParts): Uint8Array {
  let bytes: Uint8Array
  try {
    bytes = readBytes(path)
  } catch (error) {
    throw new KvError('BAD_REQUEST', `${path} cannot be read: ${fileText(error)}`)
  }
  if (bytes.length > INPUT_BYTES_MAX) throw tooLarge(path)
  return bytes
}

export async function readInput({ input, errors }: CommandParts): Promise<Uint8Array> {
  if (input.isTerminal) errors.write('Reads from the keyboard; Ctrl-D ends it.\n')
  const pieces: Uint8Array[] = []
  let length = 0
  for await (const piece of input.pieces()) {
    length += piece.length
    if (length > INPUT_BYTES_MAX) throw tooLarge('standard input')
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}

function tooLarge(what: string): KvError {
  return new KvError('TOO_LARGE', `${what} has more than ${INPUT_BYTES_MAX} bytes`)
}
