import assert from 'node:assert/strict'
import type { ClientCase } from './case.ts'
import type { ClientTarget, Outcome, TestClient } from './client-target.ts'
import type { Setting } from './kit/frames.ts'
import { RawListener, type RawServer, type Request } from './kit/raw-server.ts'
import { within } from './kit/within.ts'

const WORD = Buffer.from('word')

/** A client under test, and we who play its server. */
export class Scene {
  readonly client: TestClient
  readonly #listener: RawListener
  readonly #peers: RawServer[] = []

  constructor(client: TestClient, listener: RawListener) {
    this.client = client
    this.#listener = listener
  }

  get peers(): readonly RawServer[] {
    return this.#peers
  }

  async accept(): Promise<RawServer> {
    const peer = await within(this.#listener.accept(), () => 'the client does not connect')
    this.#peers.push(peer)
    return peer
  }

  /** A call whose request has come in full, and waits for its answer. */
  async begin(
    ...values: readonly Setting[]
  ): Promise<{ peer: RawServer; request: Request; outcome: Promise<Outcome> }> {
    const outcome = this.client.call(WORD)
    const peer = await this.accept()
    await peer.handshake(...values)
    const request = await peer.request()
    return { peer, request, outcome }
  }

  /** A connection on which a call has gone well and the client has taken these settings since. */
  async warm(...values: readonly Setting[]): Promise<RawServer> {
    const { peer, request, outcome } = await this.begin()
    peer.send(peer.answer(request.stream, request.body))
    await expectAnswered(outcome)
    if (values.length > 0) await peer.change(...values)
    return peer
  }

  /** The next connection of the client is served as it should be, for one call. */
  serveNext(): void {
    const served = this.#listener.accept().then(async (peer) => {
      await peer.handshake()
      await peer.serve()
    })
    // Whether there is such a call is up to the client; what goes wrong shows in its outcome.
    served.catch(() => {})
  }
}

export async function runClientCase(one: ClientCase, target: ClientTarget): Promise<void> {
  const listener = await RawListener.open()
  const client = target.connect(listener.address)
  const scene = new Scene(client, listener)
  try {
    await one.run(scene)
    const [first] = scene.peers
    if (one.after !== 'fresh' && first?.overUnnoticed === true)
      first.fail('the connection ended after the case')
    if (first !== undefined && !first.over && one.after !== 'fresh') {
      await expectCall(client, () => first.serve())
      return
    }
  } finally {
    client.close()
    listener.close()
  }
  await worksAfresh(target)
}

/** Whatever happened to the one before, another client works. */
async function worksAfresh(target: ClientTarget): Promise<void> {
  const listener = await RawListener.open()
  const client = target.connect(listener.address)
  try {
    await expectCall(client, async () => {
      const peer = await listener.accept()
      await peer.handshake()
      await peer.serve()
    })
  } finally {
    client.close()
    listener.close()
  }
}

async function expectCall(client: TestClient, serve: () => Promise<unknown>): Promise<void> {
  const outcome = client.call(WORD)
  await serve()
  await expectAnswered(outcome)
}

/** The call went well. */
export async function expectAnswered(outcome: Promise<Outcome>, message = WORD): Promise<void> {
  const end = await within(outcome, () => 'the call does not end')
  if (end.kind === 'failed') assert.fail(`the call failed: ${end.reason}`)
  assert.ok(end.message.equals(message), 'the answer is another one')
}

/** The call failed, and was told so. */
export async function expectFailed(outcome: Promise<Outcome>): Promise<void> {
  const end = await within(outcome, () => 'the call does not end')
  assert.equal(end.kind, 'failed')
}

/** Answered or failed: both are right, but one of them must come. */
export async function expectEnd(outcome: Promise<Outcome>): Promise<void> {
  await within(outcome, () => 'the call does not end')
}
