import { createHash } from 'node:crypto'
import type { Hashing, RunningHash } from './types.ts'

export function createNodeHashing(): Hashing {
  return { sha256 }
}

function sha256(): RunningHash {
  const hash = createHash('sha256')
  return {
    update: (bytes) => {
      hash.update(bytes)
    },
    // A copy: a Buffer may be a piece of a pool.
    digest: () => new Uint8Array(hash.digest()),
  }
}
