import type { Address, Socket, TlsServer } from '../../io/index.ts'

/** Whoever speaks one protocol, an `RpcServer` for one: it gets the sockets that speak it too. */
export interface ConnectionHandler {
  /**
   * The socket is the handler's from here on, callbacks included. `firstBytes` is everything that
   * was read of it so far, from the very first byte; valid during the call only.
   */
  accept(socket: Socket, firstBytes: Uint8Array): void
  /** What is under way is finished, then the sockets are closed. Settles when all are. */
  leave(): Promise<void>
  /** Drops all sockets now. Idempotent. */
  destroy(): void
}

export interface PortTls {
  readonly server: TlsServer
  /**
   * What becomes of who speaks without TLS. There is no default: where clients have to show a
   * certificate, accepting plain text would be the way around it.
   */
  readonly plaintext: 'accepted' | 'refused'
}

export interface PortLimits {
  readonly connectionsMax: number
  readonly undecidedMax: number
  readonly undecidedMsMax: number
}

export interface Port {
  /** The real port when 0 was asked for. */
  readonly address: Address
  /** Sockets that are open, whoever has them by now. */
  readonly connections: number
  /** Sockets whose first bytes are awaited, or whose handshake is under way. */
  readonly undecided: number
  /** Frees the address, drops who is undecided, and has the handlers leave. Idempotent. */
  close(): Promise<void>
  /** Drops everything that `close` still waits for, or would wait for. Idempotent. */
  destroy(): void
}
