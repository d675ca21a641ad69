/** Certificates and keys, read once at start. */

import { readFileSync } from 'node:fs'
import { KvError, RPC_PORT_UNDECIDED_MS_MAX } from '../base/index.ts'
import type { TlsFiles } from '../cli/index.ts'
import type { Sockets, TlsServer } from '../io/index.ts'
import type { PeerTls } from '../peer/index.ts'

/**
 * The most wanted first. Clients of gRPC offer HTTP/2 alone; browsers and curl offer both, and what
 * they want is answered over HTTP/1.1.
 */
const PROTOCOLS = ['http/1.1', 'h2']

export function clientTls(files: TlsFiles, sockets: Sockets): TlsServer {
  return sockets.tlsServer({
    ...serverSide(files),
    protocols: PROTOCOLS,
    handshakeMsMax: RPC_PORT_UNDECIDED_MS_MAX,
  })
}

/** Nodes show each other the same certificate that they serve with. */
export function peerTls(files: TlsFiles): PeerTls {
  const { identity, clients, versionMin } = serverSide(files)
  return {
    server: { identity, clients, versionMin },
    client: {
      authority: files.authority === null ? null : readPem(files.authority),
      serverName: null,
      identity,
    },
  }
}

function serverSide(files: TlsFiles) {
  const { certificate, key, authority, requireCertificate } = files
  const versionMin = files.versionMin === 'TLS1.3' ? 'TLSv1.3' : 'TLSv1.2'
  const clients =
    authority === null ? null : { authority: readPem(authority), required: requireCertificate }
  return {
    identity: { certificate: readPem(certificate), key: readPem(key) },
    clients,
    versionMin,
  } as const
}

function readPem(path: string): Uint8Array {
  try {
    return readFileSync(path)
  } catch (cause) {
    throw new KvError('BAD_REQUEST', `the file ${path} cannot be read`, { cause })
  }
}
