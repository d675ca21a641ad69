import { constants, X509Certificate } from 'node:crypto'
import net from 'node:net'
import tls from 'node:tls'
import { assert, KvError } from '../base/index.ts'
import { NodeSocket, toTlsError } from './node-socket.ts'
import type {
  PeerIdentity,
  TlsAgreement,
  TlsClient,
  TlsClientOptions,
  TlsListener,
  TlsServer,
  TlsServerOptions,
} from './tls-types.ts'
import { type Address, type Socket, SocketError } from './types.ts'

/**
 * RFC 9113 §9.2: TLS 1.2 or later, no renegotiation, and of TLS 1.2 only what has forward secrecy
 * and authenticated encryption.
 */
const COMMON: tls.SecureContextOptions = {
  minVersion: 'TLSv1.2',
  ciphers: [
    'TLS_AES_128_GCM_SHA256',
    'TLS_AES_256_GCM_SHA384',
    'TLS_CHACHA20_POLY1305_SHA256',
    'ECDHE-ECDSA-AES128-GCM-SHA256',
    'ECDHE-RSA-AES128-GCM-SHA256',
    'ECDHE-ECDSA-AES256-GCM-SHA384',
    'ECDHE-RSA-AES256-GCM-SHA384',
    'ECDHE-ECDSA-CHACHA20-POLY1305',
    'ECDHE-RSA-CHACHA20-POLY1305',
  ].join(':'),
  // Sessions are not resumed: connections last, and a resumed one would show a certificate that
  // nobody has looked at again.
  secureOptions: constants.SSL_OP_NO_RENEGOTIATION | constants.SSL_OP_NO_TICKET,
}

export function createTlsServer(options: TlsServerOptions): TlsServer {
  return new NodeTlsServer(options)
}

export function createTlsClient(options: TlsClientOptions): TlsClient {
  return new NodeTlsClient(options)
}

class NodeTlsServer implements TlsServer {
  /** Listens nowhere; it makes a TLS socket of each one it is given. */
  readonly #server: tls.Server

  constructor(options: TlsServerOptions) {
    const { identity, protocols, clients, handshakeMsMax, versionMin } = options
    this.#server = usable(() => {
      if (clients !== null) new X509Certificate(clients.authority)
      return tls.createServer({
        ...COMMON,
        ...(versionMin !== undefined && { minVersion: versionMin }),
        cert: Buffer.from(identity.certificate),
        key: Buffer.from(identity.key),
        ALPNProtocols: [...protocols],
        handshakeTimeout: handshakeMsMax,
        ...(clients !== null && {
          ca: Buffer.from(clients.authority),
          requestCert: true,
          rejectUnauthorized: clients.required,
        }),
      })
    })
  }

  accept(socket: Socket, firstBytes: Uint8Array, listener: TlsListener): void {
    assert(socket instanceof NodeSocket, 'the sockets of one kind belong together')
    const handshake = new Handshake(socket.remote, listener)
    // Node tells the server, and not the socket, how a handshake went. So each one gets a server of
    // its own that differs only in whom it tells.
    const teller: tls.Server = Object.create(this.#server, { emit: { value: handshake.told } })
    const inner = socket.handOver(firstBytes)
    // The TLS socket inherits it: a client that ends during the handshake has gone.
    inner.allowHalfOpen = false
    tls.Server.prototype.emit.call(teller, 'connection', inner)
  }
}

class Handshake {
  readonly #remote: Address
  readonly #listener: TlsListener

  constructor(remote: Address, listener: TlsListener) {
    this.#remote = remote
    this.#listener = listener
  }

  /** What `emit` of a server does for the two events there can be. */
  readonly told = (event: string, first: unknown, second: unknown): boolean => {
    if (event === 'secureConnection') this.#secured(first as tls.TLSSocket)
    else if (event === 'tlsClientError') this.#failed(first as Error, second as tls.TLSSocket)
    return true
  }

  #secured(socket: tls.TLSSocket): void {
    // Where certificates are asked for and not required: none is fine, a wrong one is not.
    if (!socket.authorized && socket.getPeerX509Certificate() !== undefined) {
      this.#failed(socket.authorizationError, socket)
      return
    }
    socket.allowHalfOpen = true
    const options = { remote: this.#remote, tls: agreementOf(socket) }
    this.#listener.onSecured(new NodeSocket(socket, options))
  }

  #failed(cause: Error | string, socket: tls.TLSSocket): void {
    socket.destroy()
    // A certificate that is required and not accepted shows as a mere end of the connection.
    const reason = (socket.authorizationError as Error | string | null) ?? cause
    this.#listener.onFailed(this.#error(reason))
  }

  #error(cause: Error | string): SocketError {
    const context = { operation: 'handshake', address: this.#remote }
    return typeof cause === 'string'
      ? new SocketError('tls', { ...context, cause })
      : toTlsError(cause, context)
  }
}

class NodeTlsClient implements TlsClient {
  readonly #options: TlsClientOptions
  readonly #secureContext: tls.SecureContext

  constructor(options: TlsClientOptions) {
    const { authority, identity } = options
    this.#options = options
    this.#secureContext = usable(() => {
      if (authority !== null) new X509Certificate(authority)
      return tls.createSecureContext({
        ...COMMON,
        ...(authority !== null && { ca: Buffer.from(authority) }),
        ...(identity !== null && {
          cert: Buffer.from(identity.certificate),
          key: Buffer.from(identity.key),
        }),
      })
    })
  }

  connect(address: Address): Socket {
    const { protocols, connectMsMax } = this.#options
    const inner = tls.connect(this.#connectOptions(address))
    inner.setNoDelay(true)
    const socket = new NodeSocket(inner, { remote: address, securing: true })
    const context = { operation: 'connection', address }
    const deadline = setTimeout(() => {
      socket.giveUp(new SocketError('timedOut', context))
    }, connectMsMax)
    inner.once('close', () => clearTimeout(deadline))
    inner.once('secureConnect', () => {
      clearTimeout(deadline)
      const agreement = agreementOf(inner)
      if (protocols.includes(agreement.protocol ?? '')) socket.secured(agreement)
      else socket.giveUp(new SocketError('tls', { ...context, cause: 'no common protocol' }))
    })
    return socket
  }

  #connectOptions(address: Address): tls.ConnectionOptions & { allowHalfOpen: boolean } {
    const name = this.#options.serverName ?? address.host
    return {
      host: address.host,
      port: address.port,
      allowHalfOpen: true,
      secureContext: this.#secureContext,
      ALPNProtocols: [...this.#options.protocols],
      rejectUnauthorized: true,
      // RFC 6066 §3: an address is no server name, though a certificate may bear one.
      ...(net.isIP(name) === 0 && { servername: name }),
      checkServerIdentity: (_, certificate) => tls.checkServerIdentity(name, certificate),
    }
  }
}

/** OpenSSL says what is wrong with a file, in its own words. */
function usable<T>(create: () => T): T {
  try {
    return create()
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : ''
    throw new KvError('BAD_REQUEST', `a certificate or key cannot be used: ${reason}`, { cause })
  }
}

function agreementOf(socket: tls.TLSSocket): TlsAgreement {
  const certificate = socket.getPeerX509Certificate()
  return {
    protocol: typeof socket.alpnProtocol === 'string' ? socket.alpnProtocol : null,
    peer: certificate === undefined ? null : identityOf(certificate),
  }
}

function identityOf(certificate: X509Certificate): PeerIdentity {
  const { CN } = certificate.toLegacyObject().subject as { CN?: string | readonly string[] }
  return {
    commonName: typeof CN === 'string' ? CN : null,
    names: alternativeNames(certificate.subjectAltName ?? ''),
  }
}

/** A value that could be mistaken for the end of itself stands in quotes. */
const ALTERNATIVE_NAME = /([^:,"]+):(?:([^",]*)|"(?:[^"\\]|\\.)*")(?:, |$)/y

/**
 * `DNS:a.example, IP Address:10.0.0.1`. Names in quotes are left out, for no honest one needs them;
 * and all are when any of the text cannot be understood.
 */
function alternativeNames(text: string): readonly string[] {
  const names: string[] = []
  const pattern = new RegExp(ALTERNATIVE_NAME)
  while (pattern.lastIndex < text.length) {
    const match = pattern.exec(text)
    if (match === null) return []
    const [, kind, value] = match
    if (value !== undefined) names.push(`${kind}:${value}`)
  }
  return names
}
