import type { ServerCase } from './case.ts'
import { RawClient } from './kit/raw-client.ts'
import type { Target } from './target.ts'

/** Higher than any stream a case opens, but for those that ask for a fresh connection after it. */
const LAST_STREAM = 2_000_001

/**
 * Runs a case, and shows afterwards that the server still serves: on the same connection after
 * a stream error, on a fresh one after a connection error.
 */
export async function runServerCase(one: ServerCase, target: Target): Promise<void> {
  const peer = await RawClient.connect(target)
  try {
    if (one.begin !== 'connected') await peer.handshake()
    await one.run(peer)
    if (!peer.over && one.after !== 'fresh') await peer.expectService(LAST_STREAM)
  } finally {
    peer.destroy()
  }
  if (peer.over || one.after === 'fresh') await serves(target)
}

async function serves(target: Target): Promise<void> {
  const peer = await RawClient.connect(target)
  try {
    await peer.handshake()
    await peer.expectService(1)
  } finally {
    peer.destroy()
  }
}
