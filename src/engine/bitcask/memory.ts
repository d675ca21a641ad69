import { alignUp } from '../../base/index.ts'

/** Bytes that can be looked at as words, for checksums. */
export interface Memory {
  readonly bytes: Uint8Array
  readonly words: Int32Array
  readonly view: DataView
}

export function allocate(length: number): Memory {
  const buffer = new ArrayBuffer(alignUp(length, 4))
  return {
    bytes: new Uint8Array(buffer),
    words: new Int32Array(buffer),
    view: new DataView(buffer),
  }
}
