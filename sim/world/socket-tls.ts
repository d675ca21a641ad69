import { assert, KvError } from '../../src/base/index.ts'
import {
  type PeerIdentity,
  type Socket,
  SocketError,
  type TlsAgreement,
  type TlsCertificate,
  type TlsClientOptions,
  type TlsListener,
  type TlsServerOptions,
} from '../../src/io/index.ts'
import type { Endpoint } from './socket-endpoint.ts'
import type { World } from './world.ts'

/**
 * TLS of the simulator: the handshake is three messages, and nothing is encrypted. Who trusts
 * whom and which protocol is agreed on comes out as with the real one; certificates are JSON.
 */

interface Certificate extends PeerIdentity {
  readonly authority: string
  readonly key: string
  readonly expired: boolean
}

/** RFC 8446 §5.1: the first byte of a real handshake, and of this one. */
const HANDSHAKE = 0x16
const VERSION = 3
/** Type, version, length: as long as the head of a real record. */
const HEAD_BYTES = 5
const MESSAGE_BYTES_MAX = 2 ** 16 - 1

export interface SimulatedCertificateRequest {
  readonly commonNames: readonly string[]
  readonly names?: readonly string[]
  readonly expired?: boolean
}

/** Makes certificates that simulated sockets accept. */
export function createSimulatedAuthority(name: string) {
  return {
    certificate: Buffer.from(JSON.stringify({ authority: name })),
    issue: ({ commonNames, names = [], expired = false }: SimulatedCertificateRequest) => {
      const commonName = commonNames.length === 1 ? commonNames[0] : null
      const key = `the key of ${commonNames.join()} by ${name}`
      const certificate = { commonName, names, authority: name, key, expired }
      return { certificate: Buffer.from(JSON.stringify(certificate)), key: Buffer.from(key) }
    },
  }
}

interface ClientHello {
  readonly protocols: readonly string[]
  readonly certificate: Certificate | null
}

interface ServerHello {
  /** Null: refused. */
  readonly protocol: string | null
  readonly certificate: Certificate
}

/** The client has looked at the server's certificate. */
interface Finished {
  readonly accepted: true
}

const NOTHING = new Uint8Array(0)

export function simulateTlsServer(world: World, options: TlsServerOptions) {
  const own = readCertificate(options.identity)
  const clients = options.clients && {
    authority: readAuthority(options.clients.authority),
    required: options.clients.required,
  }
  const judge = ({ protocols, certificate }: ClientHello): string | null => {
    if (clients !== null) {
      if (certificate === null ? clients.required : !trusts(clients.authority, certificate)) {
        return null
      }
    }
    return options.protocols.find((one) => protocols.includes(one)) ?? null
  }
  return (endpoint: Endpoint, firstBytes: Uint8Array, listener: TlsListener): void => {
    const { remote } = endpoint
    const dropped = new SocketError('reset', { operation: 'handshake', address: remote })
    endpoint.onClose = (error) => listener.onFailed((error as SocketError | null) ?? dropped)
    const secured = (agreement: TlsAgreement, rest: Uint8Array): void => {
      endpoint.onClose = null
      endpoint.endHandshake(agreement, rest)
      listener.onSecured(endpoint)
    }
    const reader = new MessageReader(endpoint, (message) => {
      const hello = message as ClientHello
      const protocol = judge(hello)
      endpoint.sendHandshake(encode({ protocol, certificate: own } satisfies ServerHello))
      const peer = clients === null ? null : identityOf(hello.certificate)
      if (protocol === null) endpoint.giveUp('tls')
      else reader.next((_, rest) => secured({ protocol, peer }, rest))
    })
    endpoint.beginHandshake((bytes) => reader.read(bytes), firstBytes)
    setDeadline(world, endpoint, options.handshakeMsMax)
  }
}

export function simulateTlsClient(world: World, options: TlsClientOptions) {
  const authority = options.authority === null ? 'the system' : readAuthority(options.authority)
  const own = options.identity === null ? null : readCertificate(options.identity)
  return (endpoint: Endpoint): Socket => {
    const name = options.serverName ?? endpoint.remote.host
    const reader = new MessageReader(endpoint, (message, rest) => {
      const { protocol, certificate } = message as ServerHello
      const named = ['DNS', 'IP Address'].some((kind) =>
        certificate.names.includes(`${kind}:${name}`),
      )
      if (protocol === null || !named || !trusts(authority, certificate)) {
        endpoint.giveUp('tls')
        return
      }
      endpoint.sendHandshake(encode({ accepted: true } satisfies Finished))
      endpoint.endHandshake({ protocol, peer: identityOf(certificate) }, rest)
    })
    endpoint.beginHandshake((bytes) => reader.read(bytes), NOTHING)
    const hello: ClientHello = { protocols: options.protocols, certificate: own }
    endpoint.sendHandshake(encode(hello))
    setDeadline(world, endpoint, options.connectMsMax)
    return endpoint
  }
}

function setDeadline(world: World, endpoint: Endpoint, delayMs: number): void {
  world.schedule(delayMs * 1000, endpoint.life, () => {
    if (endpoint.handshaking) endpoint.giveUp('timedOut')
  })
}

type OnMessage = (message: object, rest: Uint8Array) => void

/** Gathers the messages of the other side; what is behind the last one is the rest. */
class MessageReader {
  readonly #endpoint: Endpoint
  #onMessage: OnMessage
  #bytes: Uint8Array = NOTHING

  constructor(endpoint: Endpoint, onMessage: OnMessage) {
    this.#endpoint = endpoint
    this.#onMessage = onMessage
  }

  /** There is one more, for somebody else. */
  next(onMessage: OnMessage): void {
    this.#onMessage = onMessage
    this.read(NOTHING)
  }

  read(bytes: Uint8Array): void {
    this.#bytes = Buffer.concat([this.#bytes, bytes])
    const [type = HANDSHAKE, version = VERSION, , high = 0, low = 0] = this.#bytes
    if (type !== HANDSHAKE || version !== VERSION) {
      this.#endpoint.giveUp('tls')
      return
    }
    const end = HEAD_BYTES + high * 0x100 + low
    if (this.#bytes.length < end) return
    const message = decode(this.#bytes.subarray(HEAD_BYTES, end))
    this.#bytes = this.#bytes.subarray(end)
    if (message === null) this.#endpoint.giveUp('tls')
    else this.#onMessage(message, this.#bytes)
  }
}

function encode(message: object): Uint8Array {
  const content = Buffer.from(JSON.stringify(message))
  assert(content.length <= MESSAGE_BYTES_MAX, 'a simulated certificate is short')
  const head = Uint8Array.of(HANDSHAKE, VERSION, 3, content.length >> 8, content.length & 0xff)
  return Buffer.concat([head, content])
}

/** Null when it is none. */
function decode(bytes: Uint8Array): object | null {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch {
    return null
  }
}

function identityOf(certificate: Certificate | null): PeerIdentity | null {
  if (certificate === null) return null
  const { commonName, names } = certificate
  return { commonName, names }
}

function trusts(authority: string, certificate: Certificate): boolean {
  return certificate.authority === authority && !certificate.expired
}

function readCertificate({ certificate, key }: TlsCertificate): Certificate {
  const content = decode(certificate) as Certificate | null
  if (content?.key === Buffer.from(key).toString()) return content
  throw new KvError('BAD_REQUEST', 'a certificate or key cannot be used')
}

function readAuthority(bytes: Uint8Array): string {
  const content = decode(bytes) as { authority: string } | null
  if (content !== null) return content.authority
  throw new KvError('BAD_REQUEST', 'a certificate or key cannot be used')
}
