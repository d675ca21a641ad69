/**
 * The narrow interfaces through which everything that differs between a real node and the simulator
 * comes in: time, disk and sockets (chance is `Chance` in base). Each has a real version here and a
 * simulated one in `sim/`, and both pass the same contract suite.
 */

import type {
  TlsAgreement,
  TlsClient,
  TlsClientOptions,
  TlsServer,
  TlsServerOptions,
} from './tls-types.ts'

export interface Timer {
  /** Idempotent. After it the callback never runs. */
  cancel(): void
}

export interface Clock {
  /** Milliseconds since an arbitrary origin; never steps back. May be fractional. */
  monotonicMs(): number
  /** Milliseconds since 1970; may step in either direction. Never used to decide anything. */
  wallMs(): number
  after(delayMs: number, callback: () => void): Timer
  /** At the end of this event-loop turn, after everything that has already arrived. */
  soon(callback: () => void): void
}

export type OpenMode =
  /** Fails with `notFound` when the file is missing. */
  | 'read'
  /** Fails with `notFound` when the file is missing. */
  | 'readWrite'
  /** Fails with `exists` when the file is there already. */
  | 'create'

export interface OpenOptions {
  readonly mode: OpenMode
  /** Every write is durable when it returns (O_DSYNC): one call instead of write and sync. */
  readonly durable?: boolean
}

/**
 * A disk. Paths are absolute, with `/`. What was created, renamed or removed is durable only after
 * the directory was synced; what was written only after the file was synced.
 * Failures are `DiskError`s with a code; after a failed sync nothing written before may be trusted.
 */
export interface Disk {
  open(path: string, options: OpenOptions): Promise<DiskFile>
  /** Makes the directory and its missing parents, durably. No failure when it exists. */
  makeDirectory(path: string): Promise<void>
  /** Names in the directory, sorted; `notFound` when the directory is missing. */
  list(path: string): Promise<readonly string[]>
  /** Replaces the target when it exists. Durable only after `syncDirectory`. */
  rename(from: string, to: string): Promise<void>
  remove(path: string): Promise<void>
  syncDirectory(path: string): Promise<void>
  /**
   * Takes the directory for this process; fails with `locked` while another live process has it.
   * The lock ends with the process, however it ends.
   */
  lock(path: string): Promise<DiskLock>
  /**
   * How often the device, and not memory of the system, was asked for something that this process
   * reads; it only grows. Absent where nobody counts.
   */
  readonly deviceReads?: () => number
}

export interface DiskLock {
  release(): Promise<void>
}

export interface DiskFile {
  /** Reads up to `length` bytes; fewer only at the end of the file (0 = at or past the end). */
  read(target: Uint8Array, offset: number, length: number, position: number): Promise<number>
  /**
   * As `read`, before it returns: for a few bytes that the system most likely has in memory. Null:
   * not this time.
   */
  readNow(target: Uint8Array, offset: number, length: number, position: number): number | null
  /** Writes all of the range or fails (short writes of the system are continued inside). */
  write(source: Uint8Array, offset: number, length: number, position: number): Promise<void>
  sync(): Promise<void>
  truncate(size: number): Promise<void>
  size(): Promise<number>
  /** Idempotent. Does not sync. */
  close(): Promise<void>
}

export type DiskErrorCode = 'notFound' | 'exists' | 'full' | 'locked' | 'closed' | 'io'

/** Where the name of an operation is no word for people. */
const WORDS: Readonly<Record<string, string>> = {
  makeDirectory: 'make the directory',
  syncDirectory: 'sync the directory',
  size: 'tell the size of',
}

/** What a disk refuses. `path` says to what, `operation` says what. */
export class DiskError extends Error {
  override readonly name = 'DiskError'
  readonly code: DiskErrorCode
  readonly operation: string
  readonly path: string

  constructor(
    code: DiskErrorCode,
    { operation, path, cause }: { operation: string; path: string; cause?: unknown },
  ) {
    const why = cause instanceof Error ? cause.message : code
    const text = `cannot ${WORDS[operation] ?? operation} ${path}: ${why}`
    super(text, cause === undefined ? undefined : { cause })
    this.code = code
    this.operation = operation
    this.path = path
  }
}

/**
 * A host that begins with `unix:` is the path of a socket of this machine; its port means nothing.
 */
export interface Address {
  readonly host: string
  readonly port: number
}

export type SocketErrorCode =
  /** Nobody listens there. */
  | 'refused'
  /** The other side, or something between, dropped the connection. */
  | 'reset'
  | 'timedOut'
  /** No way to that host, or no such name. */
  | 'unreachable'
  /** `listen` on an address that is taken. */
  | 'addressInUse'
  /** The handshake failed: no common version or protocol, or a certificate that is not accepted. */
  | 'tls'
  | 'io'

/** Why a connection ended or never came to be. */
export class SocketError extends Error {
  override readonly name = 'SocketError'
  readonly code: SocketErrorCode
  readonly operation: string
  readonly address: Address

  constructor(
    code: SocketErrorCode,
    { operation, address, cause }: { operation: string; address: Address; cause?: unknown },
  ) {
    super(
      `${operation} ${address.host}:${address.port}: ${code}`,
      cause === undefined ? undefined : { cause },
    )
    // Made in a callback of the event loop: no stack of it leads to anybody who has asked.
    this.stack = `${this.name}: ${this.message}`
    this.code = code
    this.operation = operation
    this.address = address
  }
}

/** One end of a byte stream. Callbacks run in order, never inside a call of ours. */
export interface Socket {
  readonly remote: Address
  /** What TLS agreed on; null on a socket without it, and before the handshake is done. */
  readonly tls: TlsAgreement | null
  /**
   * Bytes that were written and have not left. At 0 every buffer that was given to `write` may be
   * changed again. Without TLS it is 0 right after a `write` that the system took at once, with TLS
   * a turn of the event loop later.
   */
  readonly queuedBytes: number
  /**
   * Queues the bytes; false when more than the high-water mark waits to leave: stop until
   * `onDrain`. The bytes must not be changed until `queuedBytes` is 0.
   * After `end` or `destroy`, or once closed, the bytes are dropped and the answer is false.
   */
  write(bytes: Uint8Array): boolean
  /** Sends what is queued, then closes our direction. */
  end(): void
  /** Drops the connection now. Idempotent. */
  destroy(): void
  /** Stops and resumes `onData`. */
  pause(): void
  resume(): void
  /**
   * While it is null nothing is read, so nothing is lost before somebody listens. The bytes are
   * valid during the call only: the next read overwrites them. They are no Buffer: `slice` copies.
   */
  onData: ((bytes: Uint8Array) => void) | null
  onDrain: (() => void) | null
  /** The other side ended its direction. */
  onEnd: (() => void) | null
  /** Last callback of a socket; called once. The error is absent after an orderly end. */
  onClose: ((error: Error | null) => void) | null
}

export interface ListenOptions {
  /** As many sockets may be open at a time; one more is closed before anybody sees it. */
  readonly connectionsMax?: number
}

export interface Listener {
  /** The real port when 0 was asked for. */
  readonly address: Address
  /** Sockets it accepted that have not closed yet, whoever has them by now. */
  readonly connections: number
  /** Accepts nothing more and frees the address; open sockets stay open. Idempotent. */
  close(): Promise<void>
}

export interface Sockets {
  /** Port 0 picks a free one. */
  listen(
    address: Address,
    onSocket: (socket: Socket) => void,
    options?: ListenOptions,
  ): Promise<Listener>
  /** The socket may be written at once; a failure to connect comes as `onClose(error)`. */
  connect(address: Address): Socket
  /** Throws `BAD_REQUEST` for certificates or keys that cannot be used. */
  tlsServer(options: TlsServerOptions): TlsServer
  /** Throws `BAD_REQUEST` for certificates or keys that cannot be used. */
  tlsClient(options: TlsClientOptions): TlsClient
}

/**
 * gzip (RFC 1952), outside the event loop. Neither call changes the bytes it is given, and nobody
 * else may while it runs.
 */
export interface Gzip {
  deflate(bytes: Uint8Array): Promise<Uint8Array>
  /**
   * Fails with `TOO_LARGE` when more than `bytesMax` would come out, which is all it ever holds in
   * memory; with `BAD_REQUEST` when it is no gzip.
   */
  inflate(bytes: Uint8Array, options: { readonly bytesMax: number }): Promise<Uint8Array>
}

/** A hash of bytes that come in pieces. */
export interface RunningHash {
  update(bytes: Uint8Array): void
  /** Its last word: nothing is added after it. */
  digest(): Uint8Array
}

export interface Hashing {
  sha256(): RunningHash
}
