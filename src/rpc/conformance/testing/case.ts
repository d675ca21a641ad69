import type { RawClient } from './kit/raw-client.ts'
import type { Scene } from './run-client.ts'

/** The groups of h2spec: what everybody does, what RFC 9113 demands, what RFC 7541 demands. */
export type Group = 'generic' | 'http2' | 'hpack'

/** One requirement on a server, shown by one connection. */
export interface ServerCase {
  /** Document, section and a few words: `RFC9113 §5.1.1/decreasing`. Unique. */
  readonly id: string
  readonly title: string
  /** `connected`: nothing has been sent yet. Otherwise the handshake is done. */
  readonly begin?: 'connected'
  readonly run: (peer: RawClient) => Promise<void>
  /** The same connection cannot be used further although it was not ended. */
  readonly after?: 'fresh'
  /** Needs a server of its own, which does not outlive the case. */
  readonly alone?: true
  /** Why node:http2 does not pass, and what the RFC says about that. */
  readonly node?: string
}

/** One requirement on a client, shown by a server that follows or violates it. */
export interface ClientCase {
  readonly id: string
  readonly title: string
  readonly run: (scene: Scene) => Promise<void>
  /** The same connection cannot be used further although it was not ended. */
  readonly after?: 'fresh'
  readonly node?: string
}
