import type { Address, Socket, SocketError } from './types.ts'

/** TLS behind the same sockets. Certificates and keys are the bytes of PEM files. */

/** Who the other side is, as its certificate says; it was verified before anybody sees this. */
export interface PeerIdentity {
  /** Null when the certificate has none, or several: nobody guesses which one is meant. */
  readonly commonName: string | null
  /** Subject alternative names with their kind: `DNS:a.example`, `IP Address:10.0.0.1`, `URI:…`. */
  readonly names: readonly string[]
}

export interface TlsAgreement {
  /** The protocol agreed on by ALPN (RFC 7301); null when the client asked for none. */
  readonly protocol: string | null
  /** Null when the other side showed no certificate. */
  readonly peer: PeerIdentity | null
}

/** A certificate, followed by those between it and the authority, and the key of the first. */
export interface TlsCertificate {
  readonly certificate: Uint8Array
  readonly key: Uint8Array
}

export interface TlsServerOptions {
  readonly identity: TlsCertificate
  /** By ALPN, the most wanted first. A client that asks for none of them is refused. */
  readonly protocols: readonly string[]
  /** Null: clients are not asked for a certificate. */
  readonly clients: TlsClientRule | null
  /** A handshake that takes longer has failed. */
  readonly handshakeMsMax: number
  /** Of the protocol; 1.2 when absent. */
  readonly versionMin?: 'TLSv1.2' | 'TLSv1.3'
}

export interface TlsClientRule {
  /** Signs the certificates of clients. One that is shown and not signed by it is refused. */
  readonly authority: Uint8Array
  /** A client without a certificate is refused too. */
  readonly required: boolean
}

export interface TlsClientOptions {
  /** Signs the certificates of servers; null: whom the system trusts. */
  readonly authority: Uint8Array | null
  /** The name the server's certificate must bear; null: the host that is connected to. */
  readonly serverName: string | null
  /** Null: no certificate is shown to the server. */
  readonly identity: TlsCertificate | null
  /** By ALPN, the most wanted first. A server that agrees to none of them is left. */
  readonly protocols: readonly string[]
  /** A connection that does not stand after so long, handshake included, has failed. */
  readonly connectMsMax: number
}

export interface TlsListener {
  /** The socket takes the place of the one that was given away. */
  onSecured(socket: Socket): void
  /** `tls` when the two could not agree; also after `destroy` of the socket that was given away. */
  onFailed(error: SocketError): void
}

/** The server's side: certificates that were read once, for any number of connections. */
export interface TlsServer {
  /**
   * Goes on with TLS on an accepted socket of which `firstBytes` were read. Exactly one call of the
   * listener follows. Of the given socket only `destroy` may be used any more.
   */
  accept(socket: Socket, firstBytes: Uint8Array, listener: TlsListener): void
}

/** The client's side. */
export interface TlsClient {
  /**
   * As `connect` of `Sockets`: the socket may be written at once, and nothing leaves before the
   * server has proved who it is.
   */
  connect(address: Address): Socket
}
