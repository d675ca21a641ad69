import { createAuthority } from '../../../io/contract/index.ts'
import type { TlsCertificate } from '../../../io/index.ts'
import { HOST } from './own.ts'

export const SERVER_NAME = 'localhost'

/** An authority of a test, and what a server at this machine shows. */
export interface Identity {
  readonly authority: Uint8Array
  readonly identity: TlsCertificate
}

export function createIdentity(): Identity {
  const authority = createAuthority('authority')
  const names = [`IP Address:${HOST}`, `DNS:${SERVER_NAME}`]
  const identity = authority.issue({ commonNames: [SERVER_NAME], names })
  return { authority: authority.certificate, identity }
}
