import type { ServerCase } from './case.ts'
import { RawClient } from './kit/raw-client.ts'
import type { Target } from './target.ts'

/** Higher than any stream a case opens, but for those that ask for a fresh connection after it. */
const LAST_STREAM = 2_000_001

/** `shared` serves many cases; `start` makes a server for the cases that need one of their own. */
export interface Targets {
  readonly shared: Target
  readonly start: () => Promise<Target>
}

export async function runServerCase(one: ServerCase, { shared, start }: Targets): Promise<void> {
  if (one.alone !== true) return runOn(shared, one)
  const target = await start()
  try {
    const peer = await RawClient.connect(target)
    await peer.handshake()
    await one.run(peer)
    peer.destroy()
  } finally {
    await target.close()
  }
}

/**
 * Runs a case, and shows afterwards that the server still serves: on the same connection after
 * a stream error, on a fresh one after a connection error.
 */
async function runOn(target: Target, one: ServerCase): Promise<void> {
  const peer = await RawClient.connect(target)
  try {
    if (one.begin !== 'connected') await peer.handshake()
    await one.run(peer)
    if (one.after !== 'fresh' && peer.overUnnoticed)
      peer.fail('the connection ended after what the case looked at')
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
